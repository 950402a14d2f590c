#include "persistence/sqlite/writer.hpp"

#include "messages/limits.hpp"
#include "persistence/sqlite/migrations.hpp"

namespace dispatch::sqlite {

namespace {

// The page size matters before the first table only. Checkpoints are the checkpointer's.
constexpr auto writer_pragmas = R"(
PRAGMA page_size = 2048;
PRAGMA auto_vacuum = NONE;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA wal_autocheckpoint = 0;
PRAGMA journal_size_limit = 67108864;
PRAGMA cache_size = -65536;
PRAGMA secure_delete = OFF;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
)";

// Who opens or writes shares its thread with other zones: a locked file is tried again later.
constexpr auto while_opening = "PRAGMA busy_timeout = 250";
constexpr auto while_open = "PRAGMA busy_timeout = 20";

static_assert(limits::records_per_entity * 8 == 1024, "the SQL below keeps the last 1024 bytes");

// Changes `live` only by inserting, so that no update touches the partial indexes without need.
constexpr auto put_sql = R"(
INSERT INTO snapshot(kind, id, live, waiting, record, load, deadline, status, cell, state, touched,
  checksum)
VALUES(?1, ?2, ?3, coalesce(?4, 0), ?5, ?6, ?7, ?8, ?9, ?10, substr(?11, -1024), ?12)
ON CONFLICT(kind, id) DO UPDATE SET
  waiting = coalesce(?4, waiting), record = ?5, load = ?6, deadline = ?7, status = ?8, cell = ?9,
  state = ?10, touched = substr(CAST(touched || ?11 AS BLOB), -1024), checksum = ?12
WHERE live = ?3)";

constexpr auto turn_sql = R"(
UPDATE snapshot SET
  live = ?3, waiting = coalesce(?4, waiting), record = ?5, load = ?6, deadline = ?7, status = ?8,
  cell = ?9, state = ?10, touched = substr(CAST(touched || ?11 AS BLOB), -1024), checksum = ?12
WHERE kind = ?1 AND id = ?2)";

constexpr auto wait_sql = R"(
UPDATE snapshot SET waiting = ?1, touched =
  iif(substr(touched, -8) = ?4, touched, substr(CAST(touched || ?4 AS BLOB), -1024))
WHERE kind = ?2 AND id = ?3 AND live = 1)";

constexpr auto keep_sql = R"(
INSERT INTO journal(number, log_sequence, bytes) VALUES(?1, ?2, ?3))";

constexpr auto apply_sql = R"(
INSERT INTO applied(at, id, kind, target, body_hash, first_event, record)
VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7))";

constexpr auto move_sql = R"(
UPDATE meta SET number = ?1, log_sequence = ?2, hash = ?3, epoch = ?4, now = ?5,
  input_position = ?6, input_fingerprint = ?7, digest = ?8, checksum = ?9)";

constexpr auto announce_sql = R"(
UPDATE meta SET announced_number = ?1, announced_index = ?2, announced_sequence = ?3
WHERE (announced_number, announced_index) <= (?1, ?2))";

constexpr auto attempt_sql = R"(
INSERT OR REPLACE INTO attempted(id, source, kind, target, sequence, behind, times)
VALUES(1, ?1, ?2, ?3, ?4, ?5, ?6))";

constexpr auto end_attempt_sql = "DELETE FROM attempted";

// Ids lie in the order of application, so this stops at the first one to be kept.
constexpr auto forget_applied_sql = R"(
DELETE FROM applied WHERE position < coalesce(
  (SELECT position FROM applied WHERE at >= ?1 ORDER BY position LIMIT 1), 0x7fffffffffffffff))";

constexpr auto forget_journal_sql = R"(
DELETE FROM journal WHERE number < min(?1, (SELECT min(number) FROM journal) + ?2))";

void quick_check(connection& database) {
  // Not the journal: it is by far the largest, and its records prove themselves by their hashes.
  for (const auto* table : {"meta", "snapshot", "applied"}) {
    statement query{database, "PRAGMA quick_check(" + std::string{table} + ")"};
    auto row = query.use();
    if (!row.step() || row.bytes(0) != "ok") {
      throw error{"check of `" + std::string{table} + "`: " + std::string{row.bytes(0)}, true};
    }
  }
}

/// Where the end of the write-ahead log is lost that was moved into the file already, the log's
/// rest covers newer pages by older ones.
void compare_with_position(connection& database) {
  for (const auto* table : {"snapshot", "applied"}) {
    statement query{database, "SELECT record, number FROM meta, " + std::string{table} +
                                  " WHERE record > number LIMIT 1"};
    auto row = query.use();
    if (row.step()) {
      throw error{"`" + std::string{table} + "` has a row of record " +
                      std::to_string(row.integer(0)) + ", the store stands at record " +
                      std::to_string(row.integer(1)),
                  true};
    }
  }
}

/// What `meta` says of how the file was left.
enum class leaving : std::uint8_t { open = 0, closed = 1, damaged = 2 };

leaving how_left(connection& database) {
  statement query{database, "SELECT clean FROM meta"};
  auto row = query.use();
  return row.step() ? static_cast<leaving>(row.integer(0)) : leaving::open;
}

/// Runs before the first statement is prepared.
connection& prepare(connection& database) {
  database.run(while_opening);
  database.run(writer_pragmas);
  migrate(database);
  const auto left = how_left(database);
  if (left == leaving::damaged) {
    throw error{"a damaged row was found in it before", true};
  }
  if (left != leaving::closed) {
    quick_check(database);
    compare_with_position(database);
  }
  database.run("UPDATE meta SET clean = 0");
  return database;
}

} // namespace

writer::writer(const std::filesystem::path& file)
    : database_{file, false}, put_{prepare(database_), put_sql}, turn_{database_, turn_sql},
      wait_{database_, wait_sql}, keep_{database_, keep_sql}, apply_{database_, apply_sql},
      move_{database_, move_sql}, announce_{database_, announce_sql}, attempt_{database_,
                                                                               attempt_sql},
      end_attempt_{database_, end_attempt_sql}, forget_applied_{database_, forget_applied_sql},
      forget_journal_{database_, forget_journal_sql} {
  database_.run(while_open);
}

void writer::write(std::span<const materialisation> records) {
  const auto batch = coalesce(records);
  transaction change{database_};
  for (const auto& [row, number] : batch.waiting_first) {
    wait_.run(row->reason, entity_kind::order, row->order, blob{number});
  }
  for (const auto& entity : batch.changes) {
    put(entity);
  }
  for (const auto& record : records) {
    keep(record);
  }
  move(records.back().position);
  write(records.back().announced);
  change.commit();
}

void writer::put(const entity_change& change) {
  const auto& row = *change.row;
  const auto run = [&](statement& with) {
    with.run(row.entity.kind, row.entity.id, row.live, change.waiting, change.record, row.load,
             row.deadline, row.status, row.cell, blob{row.state}, blob{change.touched},
             checksum(row.entity, row.state));
  };
  run(put_);
  if (database_.changes() == 0) {
    run(turn_);
  }
}

void writer::keep(const materialisation& record) {
  keep_.run(record.position.number, record.position.log_sequence, blob{record.bytes});
  for (const auto& id : record.applied) {
    keep(id);
  }
}

void writer::keep(const applied_id& id) {
  apply_.run(id.at, id.id, id.target.kind, id.target.id, id.body_hash, id.first_event, id.record);
}

void writer::move(const store_position& position) {
  const auto* hash = reinterpret_cast<const char*>(position.hash.data());
  move_.run(position.number, position.log_sequence, blob{{hash, position.hash.size()}},
            position.epoch, position.now, position.input_position, position.input_fingerprint,
            position.digest, checksum(position));
}

void writer::write(const announced_position& position) {
  announce_.run(position.number, position.index, position.out_sequence);
}

void writer::write(const std::optional<attempted_command>& command) {
  if (command) {
    attempt_.run(command->source, command->target.kind, command->target.id, command->sequence,
                 command->behind, command->times);
  } else {
    end_attempt_.run();
  }
}

bool writer::forget(timestamp before, std::uint64_t first_kept) {
  transaction change{database_};
  forget_applied_.run(before);
  forget_journal_.run(first_kept, limits::journal_records_per_forget);
  const auto more = database_.changes() > 0;
  change.commit();
  return more;
}

/// Writes a copy row by row.
struct writer::copier final : store_sink {
  explicit copier(writer& of) : to(of) {}

  writer& to;

  status put(const store_head& head) override {
    to.move(head.position);
    to.write(head.announced);
    if (head.position.number > 0) {
      to.keep_.run(head.position.number, head.position.log_sequence, blob{head.record});
    }
    return nothing{};
  }

  status put(const kept_entity& entity) override {
    entity_change change;
    change.row = &entity.snapshot;
    change.record = entity.record;
    change.waiting = entity.waiting;
    for (const auto number : entity.touched) {
      append_number(change.touched, number);
    }
    to.put(change);
    return nothing{};
  }

  status put(const applied_id& id) override {
    to.keep(id);
    return nothing{};
  }
};

status writer::become(const std::function<status(store_sink&)>& from) {
  transaction change{database_};
  database_.run("DELETE FROM snapshot; DELETE FROM applied; DELETE FROM journal;"
                "UPDATE meta SET announced_number = 0, announced_index = 0;");
  copier copying{*this};
  auto copied = from(copying);
  if (copied) {
    change.commit();
  }
  return copied;
}

void writer::close() { database_.run("UPDATE meta SET clean = 1"); }

void writer::condemn() { database_.run("UPDATE meta SET clean = 2"); }

void writer::set_incarnation(const std::string& of_zone) {
  statement{database_, "UPDATE meta SET incarnation = ?1"}.run(of_zone);
}

} // namespace dispatch::sqlite
