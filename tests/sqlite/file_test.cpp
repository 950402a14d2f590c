#include "persistence/sqlite/migrations.hpp"
#include "persistence/sqlite/statement.hpp"
#include "tests/sqlite/support.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <fstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// What the SQLite store does with its files: locks, crashes, damage, versions.

using namespace dispatch;
using namespace dispatch::testing;

namespace {

auto contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string failure_of(const result<std::unique_ptr<sqlite_store>>& opened) {
  return opened ? "" : opened.error().what;
}

/// Record `number` with so many large states that its write exceeds a small file limit.
materialisation large_record(std::uint64_t number) {
  auto out = make_record(number);
  for (auto i = 0; i < 200; ++i) {
    out.entities.push_back(
        make_row(order_ref(std::to_string(i)), std::string(1000, static_cast<char>('a' + number))));
  }
  return out;
}

/// Runs `action` in a child that may write files up to `file_bytes_max`; returns its wait status.
/// A write beyond the limit ends the child at that instant, or fails when `survive`.
template <class Action> int run_limited(std::size_t file_bytes_max, bool survive, Action action) {
  const auto child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, survive ? SIG_IGN : SIG_DFL);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    const rlimit limit{file_bytes_max, file_bytes_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::_exit(action());
  }
  auto how = 0;
  ::waitpid(child, &how, 0);
  return how;
}

void flip_bytes(const std::filesystem::path& file, std::streamoff at, int count) {
  std::fstream out{file, std::ios::in | std::ios::out | std::ios::binary};
  out.seekp(at);
  for (auto i = 0; i < count; ++i) {
    out.put('\x5a');
  }
}

} // namespace

TEST_CASE("a killed process leaves all or nothing of a transaction") {
  auto killed = 0;
  auto written = 0;
  for (auto limit = std::size_t{40'000}; limit <= 700'000; limit += 60'000) {
    CAPTURE(limit);
    scratch_directory directory;
    { REQUIRE(sqlite_store::open(directory.settings())); }
    const auto how = run_limited(limit, false, [&] {
      auto store = std::move(*sqlite_store::open(directory.settings()));
      auto done = store->write(std::array{large_record(1), large_record(2)});
      ::_exit(done ? 0 : 1);
      return 1;
    });
    WIFSIGNALED(how) ? ++killed : ++written;

    auto store = sqlite_store::open(directory.settings());
    REQUIRE(store);
    const auto number = (*store)->position()->number;
    CHECK(number == (WIFSIGNALED(how) ? 0U : 2U));
    CHECK(live_entities(**store).size() == (number == 0 ? 0U : 200U));
    CHECK((*store)->journal(1)->has_value() == (number == 2));
  }
  CHECK(killed > 2);
  CHECK(written > 2);
}

TEST_CASE("a write that the disk refuses is a failure, and can be repeated") {
  scratch_directory directory;
  const auto how = run_limited(150'000, true, [&] {
    auto store = std::move(*sqlite_store::open(directory.settings()));
    if (!store->write(std::array{make_record(1, {make_row(order_ref("o1"), "a")})})) {
      return 1;
    }
    const auto failed = store->write(std::array{large_record(2)});
    if (failed || !contains(failed.error().what, "z1.db")) {
      return 2;
    }
    if (store->position()->number != 1 || live_entities(*store).size() != 1) {
      return 3;
    }
    return store->write(std::array{make_record(2)}) ? 0 : 4;
  });
  REQUIRE(WIFEXITED(how));
  CHECK(WEXITSTATUS(how) == 0);
  auto store = sqlite_store::open(directory.settings());
  REQUIRE(store);
  CHECK((*store)->position()->number == 2);
}

TEST_CASE("a zone in use is refused, naming the process") {
  scratch_directory directory;
  auto first = sqlite_store::open(directory.settings());
  REQUIRE(first);
  CHECK(contains(failure_of(sqlite_store::open(directory.settings())),
                 " is still being closed by this process"));
  std::ofstream{directory.path() / "z1.lock"} << 12; // As another process leaves it.
  const auto pid = std::string{"is in use by process 12: stop that process"};
  CHECK(contains(failure_of(sqlite_store::open(directory.settings())), pid));
  const auto removed = sqlite_store::remove_files(directory.settings());
  REQUIRE_FALSE(removed);
  CHECK(contains(removed.error().what, pid));
  CHECK(sqlite_store::open({directory.path(), "z2"}));
  first->reset();
  CHECK(sqlite_store::open(directory.settings()));
}

TEST_CASE("who writes does not wait for a file that somebody has locked") {
  scratch_directory directory;
  auto store = sqlite_store::open(directory.settings());
  REQUIRE(store);
  sqlite::connection other{directory.path() / "z1.db", false};
  other.run("BEGIN IMMEDIATE");
  const auto begun = std::chrono::steady_clock::now();
  CHECK_FALSE((*store)->write(std::array{make_record(1)}));
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds{1});
  other.run("ROLLBACK");
  CHECK((*store)->write(std::array{make_record(1)}));
}

TEST_CASE("a zone's name is no path") {
  scratch_directory directory;
  CHECK_FALSE(sqlite_store::open({directory.path(), "../z1"}));
  CHECK_FALSE(sqlite_store::open({directory.path(), ""}));
}

TEST_CASE("the files are the owner's only") {
  scratch_directory directory;
  const auto inside = directory.path() / "new" / "data";
  auto store = sqlite_store::open({inside, "z1"});
  REQUIRE(store);
  using std::filesystem::perms;
  const auto others = perms::group_all | perms::others_all;
  CHECK((std::filesystem::status(inside).permissions() & others) == perms::none);
  for (const auto* name : {"z1.db", "z1.db-wal", "z1.db-shm", "z1.lock"}) {
    CHECK((std::filesystem::status(inside / name).permissions() & others) == perms::none);
  }
}

TEST_CASE("a damaged file is found, named, and can be removed") {
  scratch_directory directory;
  SUBCASE("not a database") { std::ofstream{directory.file()} << std::string(8192, 'x'); }
  SUBCASE("pages overwritten, found by the check after a crash") {
    { REQUIRE((*sqlite_store::open(directory.settings()))->write(std::array{large_record(1)})); }
    // The next process writes to its log only, so that the file keeps its damage.
    const auto how = run_limited(RLIM_INFINITY, false, [&] {
      auto store = std::move(*sqlite_store::open(directory.settings()));
      ::_exit(0);
      return 1;
    });
    REQUIRE(WEXITSTATUS(how) == 0);
    flip_bytes(directory.file(), 100'000, 20'000);
  }
  SUBCASE("cut off") {
    { REQUIRE((*sqlite_store::open(directory.settings()))->write(std::array{large_record(1)})); }
    std::filesystem::resize_file(directory.file(), 50'000);
  }
  const auto what = failure_of(sqlite_store::open(directory.settings()));
  CAPTURE(what);
  CHECK(contains(what, "z1.db"));
  CHECK(contains(what, "rebuilt from the log"));
  REQUIRE(sqlite_store::remove_files(directory.settings()));
  auto fresh = sqlite_store::open(directory.settings());
  REQUIRE(fresh);
  CHECK((*fresh)->position()->number == 0);
}

TEST_CASE("a state that is not as it was written is found when it is read, and the file given up") {
  scratch_directory directory;
  const auto row = make_row(order_ref("o1"), "a");
  {
    REQUIRE((*sqlite_store::open(directory.settings()))->write(std::array{make_record(1, {row})}));
  }
  sqlite::connection{directory.file(), false}.run("UPDATE snapshot SET state = x'62'");
  {
    auto store = std::move(*sqlite_store::open(directory.settings()));
    const auto loaded = store->load(std::array{order_ref("o1")});
    REQUIRE_FALSE(loaded);
    CHECK(contains(loaded.error().what, "order o1"));
    CHECK_FALSE(store->for_each_live([](const auto&, auto, auto) {}));
  }
  CHECK(contains(failure_of(sqlite_store::open(directory.settings())), "damaged row"));
  auto settings = directory.settings();
  settings.replace_damaged = true;
  settings.incarnation = "first";
  {
    auto fresh = sqlite_store::open(settings);
    REQUIRE(fresh);
    CHECK((*fresh)->position()->number == 0);
    REQUIRE((*fresh)->write(std::array{make_record(1)}));
  }
  CHECK((*sqlite_store::open(settings))->position()->number == 1);
}

TEST_CASE("a position that is not as it was written is found when the file is opened") {
  for (const auto* damage : {"number = number - 1", "digest = digest + 1", "hash = x'00'"}) {
    CAPTURE(damage);
    scratch_directory directory;
    {
      REQUIRE((*sqlite_store::open(directory.settings()))
                  ->write(std::array{make_record(1), make_record(2)}));
    }
    sqlite::connection{directory.file(), false}.run(
        (std::string{"UPDATE meta SET "} + damage).c_str());
    CHECK(contains(failure_of(sqlite_store::open(directory.settings())), "where it stands"));
    auto settings = directory.settings();
    settings.replace_damaged = true;
    CHECK((*sqlite_store::open(settings))->position()->number == 0);
  }
}

TEST_CASE("a file that is older in some places than in others is given up") {
  scratch_directory directory;
  const auto log = directory.file().string() + "-wal";
  const auto cut = directory.path() / "cut";
  const auto row = [](int which, char state) {
    return make_row(order_ref(std::to_string(which)), std::string(1000, state));
  };
  {
    auto first = make_record(1);
    for (auto which = 100; which < 200; ++which) {
      first.entities.push_back(row(which, 'a'));
    }
    REQUIRE((*sqlite_store::open(directory.settings()))->write(std::array{first}));
  }
  {
    auto store = std::move(*sqlite_store::open(directory.settings()));
    REQUIRE(store->write(std::array{make_record(2, {row(100, 'b')})}));
    std::filesystem::copy_file(log, cut);
    REQUIRE(store->write(std::array{make_record(3, {row(199, 'c')})}));
  }
  std::filesystem::rename(cut, log);
  CHECK(contains(failure_of(sqlite_store::open(directory.settings())),
                 "has a row of record 3, the store stands at record 2"));
  auto settings = directory.settings();
  settings.replace_damaged = true;
  CHECK((*sqlite_store::open(settings))->position()->number == 0);
}

TEST_CASE("a file with another schema than its version has is given up") {
  scratch_directory directory;
  { REQUIRE((*sqlite_store::open(directory.settings()))->write(std::array{make_record(1)})); }
  sqlite::connection{directory.file(), false}.run(
      "PRAGMA writable_schema = ON;"
      "UPDATE sqlite_schema SET sql = replace(sql, 'sequence', 'sequencf') WHERE name = "
      "'attempted'");
  CHECK(contains(failure_of(sqlite_store::open(directory.settings())), "no column named sequence"));
  auto settings = directory.settings();
  settings.replace_damaged = true;
  CHECK((*sqlite_store::open(settings))->position()->number == 0);
}

TEST_CASE("files of another incarnation of a zone are set aside") {
  scratch_directory directory;
  auto settings = directory.settings();
  settings.incarnation = "first";
  { REQUIRE((*sqlite_store::open(settings))->write(std::array{make_record(1)})); }
  {
    auto again = std::move(*sqlite_store::open(settings));
    CHECK(again->position()->number == 1);
    CHECK_FALSE(again->is_new_incarnation());
  }
  settings.incarnation = "second";
  {
    auto other = sqlite_store::open(settings);
    REQUIRE(other);
    CHECK((*other)->position()->number == 0);
    CHECK((*other)->is_new_incarnation());
    REQUIRE((*other)->write(std::array{make_record(1), make_record(2)}));
  }
  sqlite::connection former{directory.path() / "z1.former.db", true};
  sqlite::statement query{former, "SELECT number, incarnation FROM meta"};
  auto row = query.use();
  REQUIRE(row.step());
  CHECK(row.number(0) == 1);
  CHECK(row.bytes(1) == "first");
  CHECK((*sqlite_store::open(settings))->position()->number == 2);
}

TEST_CASE("a file of a newer build is refused") {
  scratch_directory directory;
  { REQUIRE(sqlite_store::open(directory.settings())); }
  sqlite::connection{directory.file(), false}.run(
      "PRAGMA user_version = 99; PRAGMA application_id = 0x44530063");
  const auto what = failure_of(sqlite_store::open(directory.settings()));
  CHECK(contains(what, "99"));
  CHECK(contains(what, "newer build"));
}

TEST_CASE("a file whose version is not as it was written is given up") {
  scratch_directory directory;
  auto settings = directory.settings();
  settings.replace_damaged = true;
  for (const auto* damage : {"user_version = 517", "user_version = 4", "application_id = 7"}) {
    CAPTURE(damage);
    { REQUIRE((*sqlite_store::open(settings))->write(std::array{make_record(1)})); }
    sqlite::connection{directory.file(), false}.run((std::string{"PRAGMA "} + damage).c_str());
    CHECK(contains(failure_of(sqlite_store::open(directory.settings())), "its mark is not"));
    CHECK((*sqlite_store::open(settings))->position()->number == 0);
  }
}

// The file as version 1 wrote it. Never edit: this is what is out there.
constexpr auto version_1 = R"(
PRAGMA user_version = 1;
CREATE TABLE meta(id INTEGER PRIMARY KEY CHECK(id = 1), clean INTEGER NOT NULL,
  number INTEGER NOT NULL, log_sequence INTEGER NOT NULL, hash BLOB NOT NULL,
  epoch INTEGER NOT NULL, now INTEGER NOT NULL, input_position INTEGER NOT NULL,
  input_fingerprint INTEGER NOT NULL, digest INTEGER NOT NULL, announced_number INTEGER NOT NULL,
  announced_index INTEGER NOT NULL, announced_sequence INTEGER NOT NULL);
INSERT INTO meta VALUES(1, 0, 2, 9,
  x'0202020202020202020202020202020202020202020202020202020202020202',
  3, 2000000, 4, -3, -1152921504606846974, 1, 5, 6);
CREATE TABLE journal(number INTEGER PRIMARY KEY, log_sequence INTEGER NOT NULL,
  bytes BLOB NOT NULL);
INSERT INTO journal VALUES(2, 9, x'7265636f7264');
CREATE TABLE snapshot(kind INTEGER NOT NULL, id TEXT NOT NULL, live INTEGER NOT NULL,
  waiting INTEGER NOT NULL, record INTEGER NOT NULL, load INTEGER NOT NULL, deadline INTEGER,
  status TEXT NOT NULL, cell TEXT NOT NULL, state BLOB NOT NULL, touched BLOB NOT NULL,
  PRIMARY KEY(kind, id));
CREATE INDEX live ON snapshot(kind, id) WHERE live = 1;
CREATE INDEX final ON snapshot(kind, status, id) WHERE live = 0;
INSERT INTO snapshot VALUES(1, 'o1', 1, 7, 2, 2, 90000000, 'waiting', 'wtw3sj', x'61',
  x'00000000000000010000000000000002');
CREATE TABLE applied(position INTEGER PRIMARY KEY, at INTEGER NOT NULL, id TEXT NOT NULL,
  kind INTEGER NOT NULL, target TEXT NOT NULL, body_hash INTEGER NOT NULL,
  first_event TEXT NOT NULL, record INTEGER NOT NULL);
INSERT INTO applied VALUES(1, 2000000, 's.2', 1, 'o1', -3, 'placed', 2);
)";

TEST_CASE("a file of schema version 1 opens") {
  scratch_directory directory;
  sqlite::connection{directory.file(), false}.run(version_1);
  auto opened = sqlite_store::open(directory.settings());
  REQUIRE(opened);
  auto& store = **opened;
  CHECK(*store.position() == make_record(2).position);
  CHECK(*store.announced() == announced_position{1, 5, 6});
  CHECK(*store.journal(2) == "record");
  CHECK((*store.get(order_ref("o1")))->snapshot == make_row(order_ref("o1"), "a"));
  CHECK(live_entities(store) == std::vector<std::string>{"order/o1=a:7"});
  CHECK(*store.touched(order_ref("o1")) == std::vector<std::uint64_t>{1, 2});
  std::vector<applied_id> ids;
  REQUIRE(store.for_each_applied(second(0), [&](const applied_id& id) { ids.push_back(id); }));
  CHECK(ids == std::vector{applied("s.2", 2)});
  CHECK(store.write(std::array{make_record(3, {make_row(order_ref("o1"), "b", "done", false)})}));
}
