#include "actors/zone/quarantine.hpp"
#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"
#include "tests/support/virtual_city.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>

/// Commands that no process survives.
namespace {

using namespace dispatch;
using namespace std::chrono_literals;
using testing::virtual_city;
using testing::virtual_node;

/// A city whose nodes, one after the other, die of every command that `kills` picks.
struct dangerous_city : virtual_city {
  std::function<bool(const command&)> kills;
  std::map<std::string, dispatch::place> reported; ///< of riders, to every process
  std::vector<std::shared_ptr<memory_store>> disks{std::make_shared<memory_store>()};

  /// Starts the process of a node, and says whether it has survived what there is to decide.
  bool survives(std::size_t which) {
    node.reset();
    auto& disk = disks.at(which);
    // A node that survives decides on for as long as it is there.
    const auto left = std::make_shared<std::shared_ptr<memory_store>>();
    testing::virtual_process process{
        .streams = streams, .kept = disk, .clock = clock, .policy = policy};
    process.deciding = [this, left, kept = disk, link = process.connection](const command& c) {
      if (!*left && kills(c)) {
        *left = kept->copy();
        link->up = false;
      }
    };
    node = std::make_unique<virtual_node>(std::move(process));
    for (auto& [rider, at] : reported) {
      at.latitude += 0.1;
      node->positions().publish(rider, at, clock->now());
    }
    node->run();
    node->advance(2s);
    if (*left) {
      node.reset();
      disk = *left;
    }
    return node != nullptr;
  }

  int deaths_until_survival() {
    constexpr int most = 30;
    int deaths = 0;
    while (deaths < most && !survives(static_cast<std::size_t>(deaths) % disks.size())) {
      ++deaths;
    }
    return deaths;
  }

  long announced_as(const std::string& name) const {
    const auto all = announced();
    return std::ranges::count(all, name);
  }
};

/// The newest records, from the bytes of their kinds: an O opens after a death, an H after a
/// hand-over, an i takes an input, a t does not.
caution care_after(const std::string& kinds, const std::optional<attempted_command>& note) {
  memory_store kept;
  store_position position;
  std::uint64_t taken = 0;
  for (const auto kind : kinds) {
    record r;
    r.kind = kind == 'O' || kind == 'H' ? record_kind::open : record_kind::turn;
    r.handed_over = kind == 'H';
    r.number = ++position.number;
    taken += kind == 'i' ? 1 : 0;
    r.input_position = position.input_position = taken;
    materialisation m;
    m.position = position;
    m.bytes = wire::encode_record(r, {});
    REQUIRE(kept.write({&m, 1}));
  }
  REQUIRE(kept.write_attempted(note));
  return look_for_deaths(kept, position);
}

TEST_CASE("care begins with the third opening after a death without an input") {
  for (const auto* careless : {"O", "OO", "OtiO",
                               "OttOttO"
                               "i"
                               "O",
                               "OOiOO", "OOOOiO", "HHHHHH", "HOHtHOH"}) {
    CAPTURE(careless);
    CHECK(care_after(careless, std::nullopt).turns == 0);
  }
  for (const auto* careful : {"OOO", "iOOO", "OtOtO", "OOiOOO", "iOtttOtO", "HOOHO"}) {
    CAPTURE(careful);
    CHECK(care_after(careful, std::nullopt).turns == limits::careful_turns);
  }
  CHECK(care_after("OO" + std::string(limits::standstill_records, 't') + "O", {}).turns == 0);
}

TEST_CASE("a note is believed until what it names has been committed") {
  const auto suspected = [](const std::string& kinds, const attempted_command& note) {
    const auto care = care_after(kinds, note);
    CHECK((care.turns > 0 || !care.suspect));
    return care.suspect == note;
  };
  const attempted_command input{command_source::input, {}, 3, 4};
  CHECK(suspected("OiitO", input));
  CHECK(suspected("OiitOtO", input));
  CHECK_FALSE(suspected("OiitiO", input));
  const attempted_command deadline{command_source::deadline, {entity_kind::order, "o1"}, 0, 3};
  CHECK(suspected("OitO", deadline));
  CHECK(suspected("OitOtO", deadline));
  CHECK_FALSE(suspected("OittO", deadline));
  CHECK_FALSE(suspected("OitOiO", deadline));
}

TEST_CASE("a command that kills becomes a dead letter, once, and the others are decided") {
  dangerous_city city;
  city.kills = [](const command& c) { return c.target.id == "bad"; };
  REQUIRE(city.survives(0));
  // At every opening there is a match, and a position.
  city.place("o1");
  city.begin_shift("r1", 8.0);
  city.reported["r1"] = {8.1, -73.1};
  city.send("order", "o1", "ready");
  const auto sequence = city.send("order", "bad", "cancel", R"({"reason":"kill"})");
  city.send("station", "s1", "open", R"({"at":{"latitude":7.1,"longitude":-73.1}})");

  std::size_t nodes = 1;
  SUBCASE("on one node") {}
  SUBCASE("on three nodes in turns") {
    nodes = 3;
    while (city.disks.size() < nodes) {
      city.disks.push_back(std::make_shared<memory_store>());
    }
  }
  // Each node notes it for itself.
  CHECK(city.deaths_until_survival() ==
        limits::openings_before_care - 1 + limits::attempts_max * nodes);

  CHECK(city.announced_as("dead.quarantined") == 1);
  CHECK(city.announced_as("order.o1.ready") == 1);
  CHECK(city.announced_as("station.s1.opened") == 1);
  for (const auto& r : city.records()) {
    for (const auto& letter : r.dead_letters) {
      CHECK(letter.sequence == sequence);
      CHECK(letter.subject == "dispatch.in.z.order.bad.cancel");
      CHECK(letter.excerpt == R"({"reason":"kill"})");
    }
  }
  // Nothing is held against it any more.
  CHECK(city.deaths_until_survival() == 0);
}

TEST_CASE("several commands that kill cost two openings each once care is taken") {
  dangerous_city city;
  city.kills = [](const command& c) { return c.target.id.starts_with("bad"); };
  REQUIRE(city.survives(0));
  city.place("o1");
  for (int i = 0; i < 5; ++i) {
    city.send("order", "bad" + std::to_string(i), "cancel");
    city.send("order", "good" + std::to_string(i), "cancel");
  }
  CHECK(city.deaths_until_survival() ==
        limits::openings_before_care - 1 + limits::attempts_max * 5);
  CHECK(city.announced_as("dead.quarantined") == 5);
  for (int i = 0; i < 5; ++i) {
    CHECK(city.announced_as("order.good" + std::to_string(i) + ".refused") == 1);
  }
}

TEST_CASE("a deadline and a position that kill are quarantined as well") {
  for (const auto source : {command_source::deadline, command_source::position}) {
    CAPTURE(static_cast<int>(source));
    dangerous_city city;
    city.kills = [=](const command& c) { return c.source == source; };
    REQUIRE(city.survives(0));
    city.begin_shift("r1");
    city.place("o1");
    city.node->advance(2s);
    REQUIRE_FALSE(city.offer_of("r1").id.empty());
    city.clock->advance(10min);
    city.reported["r1"] = {7.2, -73.1};
    CHECK(city.deaths_until_survival() == limits::openings_before_care + 1);
    CHECK(city.announced_as("dead.quarantined") == 1);
    CHECK(city.announced_as("rider.r1.offer_expired") ==
          (source == command_source::deadline ? 0 : 1));
  }
}

TEST_CASE("of several positions the one that kills is quarantined, and no other") {
  for (const std::string killer : {"r1", "r2", "r3"}) {
    CAPTURE(killer);
    dangerous_city city;
    city.kills = [&](const command& c) {
      return c.source == command_source::position && c.target.id == killer;
    };
    REQUIRE(city.survives(0));
    for (const auto* rider : {"r1", "r2", "r3"}) {
      city.begin_shift(rider);
      city.reported[rider] = {7.2, -73.1};
    }
    city.clock->advance(1min);
    city.deaths_until_survival();
    REQUIRE(city.announced_as("dead.quarantined") == 1);
    for (const auto& r : city.records()) {
      for (const auto& letter : r.dead_letters) {
        CHECK(letter.subject == "rider." + killer);
      }
    }
  }
}

TEST_CASE("where commands are decided one at a time, inputs and positions take turns") {
  virtual_city city;
  city.start();
  for (int i = 1; i <= 8; ++i) {
    city.begin_shift("r" + std::to_string(i));
  }
  city.crash();
  const auto before = city.records().size();
  REQUIRE(city.kept->write_attempted(attempted_command{command_source::input, {}, 100, before}));
  for (int i = 1; i <= 8; ++i) {
    city.send("rider", "r" + std::to_string(i), "end_shift");
  }
  city.clock->advance(10min);
  virtual_node node{
      {.streams = city.streams, .kept = city.kept, .clock = city.clock, .policy = city.policy}};
  for (int i = 1; i <= 8; ++i) {
    node.positions().publish("r" + std::to_string(i), {7.2, -73.1}, city.clock->now());
  }
  node.run();
  std::string sources;
  for (const auto& r : city.records()) {
    CHECK((r.number <= before || r.commands.size() <= 1));
    for (const auto& c : r.commands) {
      if (r.number > before) {
        sources += c.source == command_source::position ? 'p' : 'i';
      }
    }
  }
  CHECK(std::ranges::count(sources, 'i') == 8);
  CHECK(std::ranges::count(sources.substr(0, 8), 'p') >= 2);
  CHECK(std::ranges::count(sources.substr(0, 8), 'i') >= 2);
}

} // namespace
