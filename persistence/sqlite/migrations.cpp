#include "persistence/sqlite/migrations.hpp"

#include <array>
#include <string>

namespace dispatch::sqlite {

namespace {

// The script at index v leads from version v to v + 1. Never edit one that has been released.
//
// `snapshot` is a rowid table, because a row (state, touched) may exceed a quarter of a page, which
// a WITHOUT ROWID table would move to overflow pages. What is short and often read comes first.
constexpr std::array scripts = {
    R"(
CREATE TABLE meta(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  clean INTEGER NOT NULL,
  number INTEGER NOT NULL,
  log_sequence INTEGER NOT NULL,
  hash BLOB NOT NULL,
  epoch INTEGER NOT NULL,
  now INTEGER NOT NULL,
  input_position INTEGER NOT NULL,
  input_fingerprint INTEGER NOT NULL,
  digest INTEGER NOT NULL,
  announced_number INTEGER NOT NULL,
  announced_index INTEGER NOT NULL,
  announced_sequence INTEGER NOT NULL);
INSERT INTO meta VALUES(1, 1, 0, 0, zeroblob(32), 0, 0, 0, 0, 0, 0, 0, 0);
CREATE TABLE journal(
  number INTEGER PRIMARY KEY,
  log_sequence INTEGER NOT NULL,
  bytes BLOB NOT NULL);
CREATE TABLE snapshot(
  kind INTEGER NOT NULL,
  id TEXT NOT NULL,
  live INTEGER NOT NULL,
  waiting INTEGER NOT NULL,
  record INTEGER NOT NULL,
  load INTEGER NOT NULL,
  deadline INTEGER,
  status TEXT NOT NULL,
  cell TEXT NOT NULL,
  state BLOB NOT NULL,
  touched BLOB NOT NULL,
  PRIMARY KEY(kind, id));
CREATE INDEX live ON snapshot(kind, id) WHERE live = 1;
CREATE INDEX final ON snapshot(kind, status, id) WHERE live = 0;
CREATE TABLE applied(
  position INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  id TEXT NOT NULL,
  kind INTEGER NOT NULL,
  target TEXT NOT NULL,
  body_hash INTEGER NOT NULL,
  first_event TEXT NOT NULL,
  record INTEGER NOT NULL);
)",
    R"(
CREATE TABLE attempted(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  source INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  target TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  behind INTEGER NOT NULL,
  times INTEGER NOT NULL);
)",
    // Riders who leave for another zone, whom their zone looks up every second.
    R"(
CREATE INDEX leaving ON snapshot(id) WHERE kind = 2 AND status = 'leaving';
)",
    // Rows of before have no checksum until they are written again.
    R"(
ALTER TABLE meta ADD COLUMN incarnation TEXT NOT NULL DEFAULT '';
ALTER TABLE snapshot ADD COLUMN checksum INTEGER;
)",
    // Likewise.
    R"(
ALTER TABLE meta ADD COLUMN checksum INTEGER;
)",
    // From here on a file has its mark.
    "",
};
constexpr int marked_since = 6;

constexpr auto version_name = "user_version";
constexpr auto mark_name = "application_id";

int read_pragma(connection& database, const std::string& name) {
  statement query{database, "PRAGMA " + name};
  auto row = query.use();
  row.step();
  return static_cast<int>(row.integer(0));
}

void write_pragma(connection& database, const std::string& name, int value) {
  database.run(("PRAGMA " + name + " = " + std::to_string(value)).c_str());
}

/// What else the header of a file of that version says, so that a flipped bit is no newer version.
int mark_of(int version) { return 0x44530000 + version; }

} // namespace

const int schema_version = static_cast<int>(scripts.size());

void migrate(connection& database) {
  auto version = read_pragma(database, version_name);
  const auto mark = read_pragma(database, mark_name);
  if (mark != mark_of(version) && (mark != 0 || version >= marked_since)) {
    throw error{"its schema version is " + std::to_string(version) + ", its mark is not", true};
  }
  if (version > schema_version) {
    throw error{"its schema version is " + std::to_string(version) + ", this build knows up to " +
                std::to_string(schema_version) +
                ": run the newer build, or remove the file and let it be rebuilt from "
                "the log"};
  }
  for (; version < schema_version; ++version) {
    transaction change{database};
    database.run(scripts.at(static_cast<std::size_t>(version)));
    write_pragma(database, version_name, version + 1);
    write_pragma(database, mark_name, mark_of(version + 1));
    change.commit();
  }
}

} // namespace dispatch::sqlite
