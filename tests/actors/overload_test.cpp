#include "messages/limits.hpp"
#include "tests/support/virtual_city.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

/// More comes in than goes out: it shows as lag, and memory stays bounded.
namespace {

using namespace dispatch;
using namespace std::chrono_literals;
using testing::virtual_city;

std::size_t positions_in(const record& r) {
  return static_cast<std::size_t>(std::ranges::count_if(
      r.commands, [](const command& c) { return c.source == command_source::position; }));
}

/// Commands that are answered in a record of their own, unless the zone stops taking any.
void tell_many(virtual_city& city, int first, int last) {
  for (auto i = first; i <= last; ++i) {
    city.tell("order", "x" + std::to_string(i), "cancel");
  }
}

/// Every command up to `last` is answered once, in order, and nothing is left over.
void check_all_answered(virtual_city& city, int last) {
  std::vector<std::string> expected{"zone.z.opened"};
  for (int i = 1; i <= last; ++i) {
    expected.push_back("order.x" + std::to_string(i) + ".refused");
  }
  CHECK(city.announced() == expected);
  const auto& m = city.node->metrics();
  CHECK(m.announced_record == m.committed_record);
  CHECK(m.input_position == static_cast<std::uint64_t>(last));
  CHECK_FALSE(city.node->halted());
}

TEST_CASE("commands go with the next turn, however many positions wait") {
  virtual_city city;
  city.start();
  constexpr int riders = 3 * static_cast<int>(limits::batch_positions) + 10;
  for (int i = 0; i < riders; ++i) {
    city.send("rider", "r" + std::to_string(i), "start_shift",
              R"({"vehicle":"VEHICLE_CAR","capacity":1,"at":{"latitude":7.1,"longitude":-73.1}})");
  }
  city.node->run();
  city.clock->advance(10s);
  const auto before = city.records().size();
  for (int i = 0; i < riders; ++i) {
    city.node->positions().publish("r" + std::to_string(i), {7.5, -73.1}, city.clock->now());
  }
  city.tell("order", "x1", "cancel");

  const auto all = city.records();
  REQUIRE(all.size() > before);
  const auto& next = all[before];
  CHECK(positions_in(next) == limits::batch_positions);
  REQUIRE_FALSE(next.commands.empty());
  CHECK(next.commands.back().target.id == "x1");
  std::size_t recorded = 0;
  for (auto i = before; i < all.size(); ++i) {
    CHECK(positions_in(all[i]) <= limits::batch_positions);
    recorded += positions_in(all[i]);
  }
  CHECK(recorded == riders);
}

TEST_CASE("positions that tell nothing new do not keep others waiting") {
  virtual_city city;
  city.start();
  city.begin_shift("z1");
  city.clock->advance(10s);
  for (std::size_t i = 0; i < 2 * limits::batch_positions; ++i) {
    city.node->positions().publish("nobody" + std::to_string(i), {7.5, -73.1}, city.clock->now());
  }
  city.node->positions().publish("z1", {7.5, -73.1}, city.clock->now());
  city.node->run();
  CHECK(positions_in(city.records().back()) == 1);
}

/// The zone stops at a bounded number of records, and afterwards nothing is missing or said twice.
void check_stalled_output(memory::fault f, bool crash) {
  virtual_city city;
  city.start();
  city.streams.out->inject(std::vector(100'000, f));
  constexpr int commands = 300;
  tell_many(city, 1, commands);
  const auto& m = city.node->metrics();
  CHECK(m.committed_record - m.announced_record == limits::unannounced_records_max + 1);
  CHECK(m.input_position < commands);
  const auto last = city.streams.log->last_sequence();
  CHECK(last == limits::unannounced_records_max + 2);
  city.node->advance(10s);
  CHECK(city.streams.log->last_sequence() == last);
  if (crash) {
    city.start();
  }
  CHECK(city.announced().size() == 1);

  city.streams.out->inject({});
  city.node->advance(5s);
  if (!crash) {
    check_all_answered(city, commands);
  }
  auto all = city.announced();
  std::erase(all, "zone.z.opened");
  CHECK(all.size() == commands);
  CHECK(std::set(all.begin(), all.end()).size() == commands);
}

TEST_CASE("an output stream that takes nothing stops the zone until it does") {
  for (const auto f : {memory::fault::full, memory::fault::lose_request}) {
    for (const auto crash : {false, true}) {
      CAPTURE(static_cast<int>(f));
      CAPTURE(crash);
      check_stalled_output(f, crash);
    }
  }
}

TEST_CASE("a full log stops the zone until there is room") {
  virtual_city city;
  city.start();
  city.streams.log->inject(std::vector(100'000, memory::fault::full));
  constexpr int commands = 300;
  tell_many(city, 1, commands);
  const auto& m = city.node->metrics();
  CHECK(m.log_full);
  CHECK(m.committed_record == 1);
  CHECK(m.input_position == 0);
  city.node->advance(10s);
  CHECK(m.committed_record == 1);
  city.streams.log->inject({});
  city.node->advance(2s);
  CHECK_FALSE(m.log_full);
  check_all_answered(city, commands);
}

} // namespace
