#include "actors/upkeep/retention.hpp"
#include "persistence/files/archive.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/virtual_city.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// Snapshots that are shipped and loaded, and a log that is archived and trimmed.
namespace {

using namespace dispatch;
using namespace std::chrono_literals;
using testing::virtual_city;
using testing::virtual_node;
using testing::virtual_process;
using call = memory::connection::call;

constexpr std::size_t small_chunks = 64;

/// A city whose past is kept as short as possible.
struct short_lived_city : virtual_city {
  testing::temporary_directory directory;
  std::unique_ptr<retention> upkeep;

  short_lived_city() { start_both(); }

  /// Starts the owner, and what keeps its past in bounds.
  void start_both() {
    start();
    retention::settings how;
    how.definition.name = "z";
    how.definition.retention = {.log = 0s, .snapshot_interval = 1s, .snapshot_records = 1};
    how.data = directory.path();
    how.chunk_bytes = small_chunks;
    upkeep = std::make_unique<retention>(std::move(how), node->ports());
  }

  /// Something happens, then a round.
  void live(const std::string& rider) {
    begin_shift(rider);
    clock->advance(1s);
    const auto done = upkeep->go_round();
    REQUIRE_MESSAGE(done, done.error().what);
  }

  std::uint64_t log_begins() const { return streams.log->first_sequence(); }

  /// Archive and log together hold every record that ever was, as it was.
  void check_nothing_lost() const {
    std::uint64_t last = 0;
    const auto all = streams.log->all();
    const files::archive archived{{files::archive_directory(directory.path(), "z")}};
    const auto scanned = archived.scan([&](std::uint64_t sequence, std::string_view bytes) {
      CHECK(sequence == last + 1);
      CHECK(bytes == all.at(sequence - 1).body);
      last = sequence;
    });
    CHECK(scanned);
    CHECK(log_begins() <= last + 1);
  }

  /// A node that has nothing of the zone.
  std::unique_ptr<virtual_node> other_node(std::shared_ptr<memory_store> store) const {
    virtual_process p;
    p.streams = streams;
    p.kept = std::move(store);
    p.clock = clock;
    p.owner = p.connection->name = "other";
    auto opened = std::make_unique<virtual_node>(std::move(p));
    opened->run();
    return opened;
  }

  /// Such a node opens the zone, and knows what was known.
  void check_opens_without_a_disk() {
    const auto before = kept->copy();
    crash();
    const auto store = std::make_shared<memory_store>();
    const auto opened = other_node(store);
    CHECK_MESSAGE(opened->running(), opened->cause());
    const auto known = *before->list(entity_kind::rider, "", "", 100);
    for (const auto& row : known) {
      const auto found = *store->get(row.snapshot.entity);
      REQUIRE(found);
      CHECK(found->snapshot == row.snapshot);
    }
    CHECK(streams.log->all().size() == before->position()->number + 1);
  }
};

snapshot_manifest manifest_of(std::uint64_t number, timestamp made_at = {},
                              std::uint64_t input_position = 0) {
  snapshot_manifest m;
  m.number = number;
  m.made_at = made_at;
  m.input_position = input_position;
  return m;
}

TEST_CASE("a snapshot is due after so many records, inputs, or so long if anything happened") {
  const retention_rules rules{.log = 0s, .snapshot_interval = 60s, .snapshot_records = 10};
  const timestamp start{1h};
  const auto last = manifest_of(5, start, 100);
  store_position at;
  at.number = 5;
  at.input_position = 100;
  CHECK_FALSE(snapshot_due(rules, &last, at, start, start + 1h));
  at.number = 6;
  CHECK_FALSE(snapshot_due(rules, &last, at, start, start + 59s));
  CHECK(snapshot_due(rules, &last, at, start, start + 60s));
  CHECK(snapshot_due(rules, &last, at, start, start - 1s)); // The clock was set back.
  at.input_position = 100 + limits::input_retention_messages;
  CHECK(snapshot_due(rules, &last, at, start, start));
  at.input_position = 50; // A stream that lost its end is read again.
  CHECK_FALSE(snapshot_due(rules, &last, at, start, start));
  at.number = 15;
  CHECK(snapshot_due(rules, &last, at, start, start));
  CHECK(snapshot_due(rules, nullptr, at, start, start));
  at.number = 0;
  CHECK_FALSE(snapshot_due(rules, nullptr, at, start, start + 1h));
  at.number = 4; // A log that lost its end.
  CHECK_FALSE(snapshot_due(rules, &last, at, start, start + 1h));
}

TEST_CASE("what is older than the newest two goes, and what nobody will complete") {
  const auto complete = std::vector{manifest_of(9), manifest_of(7), manifest_of(3)};
  CHECK(superfluous(complete, {1, 3, 7, 8, 9, 11}) == std::vector<std::uint64_t>{1, 3, 8});
  CHECK(superfluous({manifest_of(9)}, {4, 9}) == std::vector<std::uint64_t>{4});
  CHECK(superfluous({}, {4, 9}).empty());
}

TEST_CASE("the newest two snapshots are kept, and the log from the older one on") {
  short_lived_city city;
  for (const auto* rider : {"r1", "r2", "r3", "r4"}) {
    city.live(rider);
  }
  REQUIRE(city.streams.snapshots->size() == 2);
  const auto& [number, older] = *city.streams.snapshots->begin();
  CHECK(older.chunks.size() > 1);
  CHECK(city.streams.snapshots->rbegin()->first == 5);
  CHECK(number == 4);
  CHECK(city.log_begins() == 4);
  city.check_nothing_lost();
  city.check_opens_without_a_disk();
}

TEST_CASE("what is not announced stays in the log, however many snapshots follow") {
  short_lived_city city;
  city.live("r1");
  const auto out = city.streams.out->last_sequence();
  city.streams.out->inject(std::vector(100, memory::fault::lose_request));
  for (int i = 2; i <= 6; ++i) {
    city.live("r" + std::to_string(i));
  }
  REQUIRE(city.streams.out->last_sequence() == out);
  CHECK(city.log_begins() == 2);
  city.streams.out->inject({});
  city.check_opens_without_a_disk();
}

TEST_CASE("records stay in the log for its retention") {
  short_lived_city city;
  retention::settings how;
  how.definition.name = "z";
  how.definition.retention = {.log = 80s, .snapshot_interval = 1s, .snapshot_records = 1};
  how.data = city.directory.path();
  city.upkeep = std::make_unique<retention>(std::move(how), city.node->ports());
  for (int i = 1; i <= 5; ++i) { // At 20 s, 40 s, ...
    city.clock->advance(19s);
    city.live("r" + std::to_string(i));
    CHECK(city.log_begins() == (i < 5 ? 1 : 3));
  }
  city.check_nothing_lost();
}

TEST_CASE("a snapshot that is torn or changed is passed over for the one before") {
  short_lived_city city;
  city.live("r1");
  city.live("r2");
  auto& newest = city.streams.snapshots->rbegin()->second;
  SUBCASE("a chunk is missing") { newest.chunks.erase(1); }
  SUBCASE("a chunk has another byte") { newest.chunks.at(1).front() ^= 1; }
  SUBCASE("its manifest is of another record") { newest.manifest->hash.fill(std::byte{7}); }
  SUBCASE("it is incomplete") { newest.manifest.reset(); }
  city.check_opens_without_a_disk();
}

TEST_CASE("without a snapshot that fits, a trimmed log is not opened, and the cause is said") {
  short_lived_city city;
  city.live("r1");
  city.live("r2");
  city.live("r3");
  city.crash();
  auto expected = std::string{"there is none"};
  SUBCASE("none is there") { city.streams.snapshots->clear(); }
  SUBCASE("all are torn") {
    for (auto& [number, snapshot] : *city.streams.snapshots) {
      snapshot.chunks.erase(0);
    }
    expected = "chunk 0 is missing";
  }
  const auto opened = city.other_node(std::make_shared<memory_store>());
  CHECK(opened->halted());
  CHECK(opened->cured_by() == cure::person);
  CHECK_MESSAGE(opened->cause().find(expected) != std::string::npos, opened->cause());
  CHECK(city.streams.log->last_sequence() == 4);
}

TEST_CASE("a store that ends before the log begins becomes a snapshot") {
  short_lived_city city;
  city.live("r1");
  const auto stale = city.kept->copy();
  for (const auto* rider : {"r2", "r3", "r4"}) {
    city.live(rider);
  }
  REQUIRE(city.log_begins() > stale->position()->number + 1);
  city.crash();
  const auto opened = city.other_node(stale);
  CHECK_MESSAGE(opened->running(), opened->cause());
  CHECK(stale->position()->number == 6);
}

TEST_CASE("a log that ends before a shipped snapshot is not continued") {
  short_lived_city city;
  city.live("r1");
  city.live("r2");
  city.crash();
  city.streams.log->truncate(2);
  city.streams.out->truncate(2);
  const auto opened = city.other_node(std::make_shared<memory_store>());
  CHECK(opened->halted());
  CHECK(opened->cause().find("regressed") != std::string::npos);
  CHECK(city.streams.log->last_sequence() == 2);
}

TEST_CASE("what a snapshot contains but nobody announced is announced from the log") {
  short_lived_city city;
  city.live("r1");
  city.streams.out->inject({memory::fault::lose_request});
  city.begin_shift("r2");
  const auto announced = city.streams.out->last_sequence();
  city.clock->advance(1s);
  REQUIRE(city.upkeep->go_round());
  REQUIRE(city.streams.out->last_sequence() == announced);
  REQUIRE(city.streams.snapshots->rbegin()->first == 3);
  city.check_opens_without_a_disk();
  CHECK(std::ranges::count(city.announced(), "rider.r2.shift_started") == 1);
}

TEST_CASE("a death at any call of a round loses nothing, and the next owner goes on") {
  auto died = true;
  for (int at = 1; died; ++at) {
    CAPTURE(at);
    short_lived_city city;
    city.live("r1");
    city.live("r2");
    city.begin_shift("r3");
    city.clock->advance(1s);
    auto& connection = *city.node->connection();
    died = false;
    connection.before_call = [&, left = at](call) mutable {
      if (--left == 0) {
        connection.up = false;
        died = true;
      }
    };
    const auto done = city.upkeep->go_round();
    CHECK(static_cast<bool>(done) == !died);
    city.check_nothing_lost();
    city.start_both();
    REQUIRE_MESSAGE(city.node->running(), city.node->cause());
    city.live("r4");
    CHECK(city.streams.snapshots->size() == 2);
    city.check_nothing_lost();
    city.check_opens_without_a_disk();
  }
}

TEST_CASE("states that do not add up are not shipped") {
  short_lived_city city;
  city.live("r1");
  auto damaged = materialisation{};
  damaged.position = *city.kept->position();
  ++damaged.position.number;
  ++damaged.position.digest;
  REQUIRE(city.kept->write({&damaged, 1}));
  city.clock->advance(1s);
  const auto done = city.upkeep->go_round();
  REQUIRE_FALSE(done);
  CHECK(done.error().what.find("do not add up") != std::string::npos);
  CHECK(city.streams.snapshots->size() == 1);
}

} // namespace
