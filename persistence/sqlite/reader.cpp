#include "persistence/sqlite/reader.hpp"

#include "persistence/sqlite/write_batch.hpp"

#include <algorithm>
#include <cstring>

namespace dispatch::sqlite {

namespace {

constexpr auto pragmas = R"(
PRAGMA cache_size = -16384;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
)";

constexpr auto position_sql = R"(
SELECT number, log_sequence, hash, epoch, now, input_position, input_fingerprint, digest, checksum
FROM meta)";

constexpr auto announced_sql = R"(
SELECT announced_number, announced_index, announced_sequence FROM meta)";

constexpr auto attempted_sql = R"(
SELECT source, kind, target, sequence, behind, times FROM attempted)";

constexpr auto load_sql = "SELECT state, checksum FROM snapshot WHERE kind = ?1 AND id = ?2";

constexpr auto live_sql = R"(
SELECT kind, id, state, waiting, checksum FROM snapshot INDEXED BY live WHERE live = 1
ORDER BY kind DESC, id DESC)";

constexpr auto applied_sql = R"(
SELECT at, id, kind, target, body_hash, first_event, record FROM applied WHERE at >= ?1
ORDER BY position)";

// The columns that row_of() expects.
constexpr auto get_sql = R"(
SELECT id, live, waiting, record, load, deadline, status, cell, state FROM snapshot
WHERE kind = ?1 AND id = ?2)";

constexpr auto list_all_sql = R"(
SELECT id, live, waiting, record, load, deadline, status, cell, state FROM snapshot
WHERE kind = ?1 AND id > ?2 ORDER BY id LIMIT ?3)";

// Both halves come out of an index in id order and are merged, however many entities are final.
constexpr auto list_status_sql = R"(
SELECT id, live, waiting, record, load, deadline, status, cell, state
FROM snapshot INDEXED BY live WHERE live = 1 AND kind = ?1 AND id > ?2 AND status = ?4
UNION ALL
SELECT id, live, waiting, record, load, deadline, status, cell, state
FROM snapshot INDEXED BY final WHERE live = 0 AND kind = ?1 AND status = ?4 AND id > ?2
ORDER BY id LIMIT ?3)";

// Hardly ever any, among all riders ever known. The literals are those of the index.
constexpr auto list_leaving_sql = R"(
SELECT id, live, waiting, record, load, deadline, status, cell, state
FROM snapshot INDEXED BY leaving
WHERE kind = 2 AND status = 'leaving' AND id > ?1 ORDER BY id LIMIT ?2)";
static_assert(static_cast<int>(entity_kind::rider) == 2);

constexpr auto touched_sql = "SELECT touched FROM snapshot WHERE kind = ?1 AND id = ?2";

constexpr auto entities_sql = R"(
SELECT id, live, waiting, record, load, deadline, status, cell, state, kind, touched
FROM snapshot)";

constexpr auto journal_sql = "SELECT bytes FROM journal WHERE number = ?1";

entity_row row_of(const statement::execution& row, entity_kind kind) {
  entity_row out;
  out.snapshot.entity = {kind, std::string{row.bytes(0)}};
  out.snapshot.live = row.number(1) != 0;
  out.waiting = static_cast<waiting_reason>(row.number(2));
  out.record = row.number(3);
  out.snapshot.load = static_cast<std::uint32_t>(row.number(4));
  if (!row.is_null(5)) {
    out.snapshot.deadline = row.time(5);
  }
  out.snapshot.status = row.bytes(6);
  out.snapshot.cell = row.bytes(7);
  out.snapshot.state = row.bytes(8);
  return out;
}

/// Throws when the state is not as it was written.
void check(const entity_ref& entity, std::string_view state, const statement::execution& row,
           int column) {
  if (!row.is_null(column) && row.number(column) != checksum(entity, state)) {
    throw error{"the state of " + std::string{to_string(entity.kind)} + " " + entity.id +
                    " is not as it was written",
                true};
  }
}

} // namespace

reader::reader(const std::filesystem::path& file)
    : database_{file, true}, position_{(database_.run(pragmas), database_), position_sql},
      announced_{database_, announced_sql}, attempted_{database_, attempted_sql},
      load_{database_, load_sql}, live_{database_, live_sql}, applied_{database_, applied_sql},
      list_all_{database_, list_all_sql}, list_status_{database_, list_status_sql},
      list_leaving_{database_, list_leaving_sql}, get_{database_, get_sql},
      touched_{database_, touched_sql}, journal_{database_, journal_sql}, entities_{database_,
                                                                                    entities_sql} {}

store_position reader::position() {
  auto row = position_.use();
  row.step();
  store_position out;
  out.number = row.number(0);
  out.log_sequence = row.number(1);
  const auto hash = row.bytes(2);
  std::memcpy(out.hash.data(), hash.data(), std::min(hash.size(), out.hash.size()));
  out.epoch = row.number(3);
  out.now = row.time(4);
  out.input_position = row.number(5);
  out.input_fingerprint = row.number(6);
  out.digest = row.number(7);
  if (!row.is_null(8) && row.number(8) != checksum(out)) {
    throw error{"where it stands in the log is not as it was written", true};
  }
  return out;
}

std::string reader::incarnation() {
  statement query{database_, "SELECT incarnation FROM meta"};
  auto row = query.use();
  row.step();
  return std::string{row.bytes(0)};
}

announced_position reader::announced() {
  auto row = announced_.use();
  row.step();
  return {row.number(0), static_cast<std::uint32_t>(row.number(1)), row.number(2)};
}

std::optional<attempted_command> reader::attempted() {
  auto row = attempted_.use();
  if (!row.step()) {
    return std::nullopt;
  }
  attempted_command out;
  out.source = static_cast<command_source>(row.number(0));
  out.target = {static_cast<entity_kind>(row.number(1)), std::string{row.bytes(2)}};
  out.sequence = row.number(3);
  out.behind = row.number(4);
  out.times = static_cast<std::uint32_t>(row.number(5));
  return out;
}

std::vector<std::optional<std::string>> reader::load(std::span<const entity_ref> entities) {
  const transaction snapshot{database_, transaction::kind::reading};
  std::vector<std::optional<std::string>> states;
  states.reserve(entities.size());
  for (const auto& entity : entities) {
    auto row = load_.use(entity.kind, entity.id);
    if (!row.step()) {
      states.push_back(std::nullopt);
      continue;
    }
    check(entity, row.bytes(0), row, 1);
    states.emplace_back(row.bytes(0));
  }
  return states;
}

void reader::for_each_live(
    const std::function<void(const entity_ref&, std::string_view, waiting_reason)>& visit) {
  entity_ref entity;
  for (auto row = live_.use(); row.step();) {
    entity.kind = static_cast<entity_kind>(row.number(0));
    entity.id = row.bytes(1);
    check(entity, row.bytes(2), row, 4);
    visit(entity, row.bytes(2), static_cast<waiting_reason>(row.number(3)));
  }
}

void reader::for_each_applied(timestamp since,
                              const std::function<void(const applied_id&)>& visit) {
  applied_id id;
  for (auto row = applied_.use(since); row.step();) {
    id.at = row.time(0);
    id.id = row.bytes(1);
    id.target = {static_cast<entity_kind>(row.number(2)), std::string{row.bytes(3)}};
    id.body_hash = row.number(4);
    id.first_event = row.bytes(5);
    id.record = row.number(6);
    visit(id);
  }
}

std::vector<entity_row> reader::list(entity_kind kind, std::string_view status,
                                     std::string_view after, std::size_t limit) {
  std::vector<entity_row> rows;
  const auto leaving = kind == entity_kind::rider && status == "leaving";
  auto row = leaving          ? list_leaving_.use(after, limit)
             : status.empty() ? list_all_.use(kind, after, limit)
                              : list_status_.use(kind, after, limit, status);
  while (row.step()) {
    rows.push_back(row_of(row, kind));
  }
  return rows;
}

std::optional<entity_row> reader::get(const entity_ref& entity) {
  auto row = get_.use(entity.kind, entity.id);
  return row.step() ? std::optional{row_of(row, entity.kind)} : std::nullopt;
}

std::vector<std::uint64_t> reader::touched(const entity_ref& entity) {
  auto row = touched_.use(entity.kind, entity.id);
  return row.step() ? parse_numbers(row.bytes(0)) : std::vector<std::uint64_t>{};
}

status reader::copy_to(store_sink& to) {
  const transaction snapshot{database_, transaction::kind::reading};
  const auto last = position();
  auto put = to.put(store_head{last, announced(), journal(last.number).value_or("")});
  for (auto row = entities_.use(); put && row.step();) {
    auto found = row_of(row, static_cast<entity_kind>(row.number(9)));
    put = to.put(kept_entity{std::move(found.snapshot), found.record, found.waiting,
                             parse_numbers(row.bytes(10))});
  }
  if (put) {
    for_each_applied(timestamp::min(), [&](const applied_id& id) {
      if (put) {
        put = to.put(id);
      }
    });
  }
  return put;
}

std::optional<std::string> reader::journal(std::uint64_t number) {
  auto row = journal_.use(number);
  return row.step() ? std::optional{std::string{row.bytes(0)}} : std::nullopt;
}

} // namespace dispatch::sqlite
