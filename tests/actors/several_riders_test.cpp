#include "tests/actors/checks.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

/// Orders that several riders consider, in a whole zone.
namespace {

using namespace dispatch;
using namespace dispatch::testing;
using namespace std::chrono_literals;

std::string offer_json(const virtual_city& city, const std::string& rider) {
  return R"({"offer":")" + city.offer_of(rider).id + R"("})";
}

/// Commands that one turn takes.
void in_one_turn(virtual_city& city, const std::vector<std::array<std::string, 4>>& commands) {
  const auto before = city.records().size();
  for (const auto& [kind, id, verb, json] : commands) {
    city.send(kind, id, verb, json);
  }
  city.node->run();
  const auto records = city.records();
  REQUIRE(records.size() > before);
  CHECK(records[before].commands.size() == commands.size());
}

void check_sound(const virtual_city& city) {
  CHECK_FALSE(city.node->halted());
  check_audit(city);
  check_decided_again(city);
}

/// An order that two riders consider.
virtual_city given_two_asked() {
  policy policy;
  policy.offers_at_once = 2;
  virtual_city city{policy};
  city.start();
  city.begin_shift("r1");
  city.begin_shift("r2");
  city.place("o1");
  city.node->advance(2s);
  REQUIRE(city.count_of("order.o1.offered") == 2);
  return city;
}

TEST_CASE("two riders accept in one turn, and the first of them has the order") {
  for (const auto& [first, second] : {std::pair{"r1", "r2"}, std::pair{"r2", "r1"}}) {
    auto city = given_two_asked();
    in_one_turn(city, {{"rider", first, "accept", offer_json(city, first)},
                       {"rider", second, "accept", offer_json(city, second)}});
    CHECK(city.count_of("order.o1.assigned") == 1);
    CHECK(city.count_of("order.o1.offer_lapsed") == 1);
    CHECK(city.count_of(std::string{"rider."} + second + ".stops_released") == 1);
    city.tell("rider", first, "arrive", R"({"order":"o1"})");
    CHECK(city.count_of(std::string{"rider."} + first + ".arrived") == 1);
    check_sound(city);
  }
}

TEST_CASE("who was too slow collects nothing, even in the same turn") {
  auto city = given_two_asked();
  in_one_turn(city, {{"rider", "r1", "accept", offer_json(city, "r1")},
                     {"rider", "r2", "accept", offer_json(city, "r2")},
                     {"rider", "r2", "arrive", R"({"order":"o1"})"},
                     {"rider", "r2", "pick_up", R"({"order":"o1"})"}});
  CHECK(city.count_of("rider.r2.arrived") == 0);
  CHECK(city.count_of("rider.r2.refused") == 2);
  check_sound(city);
}

TEST_CASE("a cancellation and an acceptance in one turn leave no rider with the order") {
  for (const auto cancel_first : {true, false}) {
    auto city = given_two_asked();
    std::vector<std::array<std::string, 4>> said{{"order", "o1", "cancel", "{}"},
                                                 {"rider", "r2", "accept", offer_json(city, "r2")}};
    if (!cancel_first) {
      std::swap(said[0], said[1]);
    }
    in_one_turn(city, said);
    CHECK(city.count_of("order.o1.cancelled") == 1);
    CHECK(city.count_of("rider.r1.offer_withdrawn") == 1);
    CHECK(city.count_of("rider.r2.stops_released") == 1);
    check_sound(city);
  }
}

/// r1 has o1 in hand and o2 behind it; r2, who came later and stands beside o2, considers it.
virtual_city given_a_better_rider() {
  policy policy;
  policy.swap_gain = 60s;
  policy.swap_pause = 5s;
  virtual_city city{policy};
  city.start();
  city.begin_shift("r1", 7.1, -73.1, 2);
  city.place("o1", 7.1, -73.1);
  city.node->advance(2s);
  city.tell("rider", "r1", "accept", offer_json(city, "r1"));
  city.place("o2", 7.12, -73.1);
  city.node->advance(2s);
  city.tell("rider", "r1", "accept", offer_json(city, "r1"));
  REQUIRE(city.count_of("order.o2.assigned") == 1);
  city.begin_shift("r2", 7.12, -73.1, 1);
  city.node->advance(10s);
  REQUIRE(city.count_of("order.o2.swap_offered") == 1);
  return city;
}

TEST_CASE("an order changes hands in the turn in which the better rider accepts") {
  auto city = given_a_better_rider();
  const auto before = city.announced().size();
  in_one_turn(city, {{"rider", "r2", "accept", offer_json(city, "r2")}});
  auto said = city.announced();
  said.erase(said.begin(), said.begin() + static_cast<std::ptrdiff_t>(before));
  CHECK(said == std::vector<std::string>{"rider.r2.offer_accepted", "order.o2.yield_asked",
                                         "rider.r1.order_yielded", "order.o2.unassigned",
                                         "order.o2.assigned"});
  check_sound(city);
}

TEST_CASE("the better rider accepts while the other one collects, or breaks down") {
  const std::array<std::string, 4> arrive{"rider", "r1", "arrive", R"({"order":"o2"})"};
  const std::array<std::string, 4> collect{"rider", "r1", "pick_up", R"({"order":"o2"})"};
  const std::array<std::string, 4> break_down{"rider", "r1", "report_breakdown", "{}"};
  for (const auto accept_first : {true, false}) {
    for (const auto breaks_down : {true, false}) {
      CAPTURE(accept_first);
      CAPTURE(breaks_down);
      auto city = given_a_better_rider();
      // Until o2 is the stop in hand.
      for (const auto* verb : {"arrive", "pick_up", "arrive", "deliver"}) {
        city.tell("rider", "r1", verb, R"({"order":"o1"})");
      }
      REQUIRE(city.count_of("order.o1.delivered") == 1);
      REQUIRE(city.count_of("order.o2.offer_lapsed") == 0);
      auto said = breaks_down ? std::vector{break_down} : std::vector{arrive, collect};
      said.insert(accept_first ? said.begin() : said.end(),
                  {"rider", "r2", "accept", offer_json(city, "r2")});
      in_one_turn(city, said);
      CHECK(city.count_of("order.o2.picked_up") == (breaks_down ? 0 : 1));
      CHECK(city.count_of("order.o2.assigned") == 1);
      CHECK(city.count_of("rider.r2.stops_released") == 1);
      check_sound(city);
    }
  }
}

TEST_CASE("a process that ends while a better rider considers goes on where it was") {
  auto city = given_a_better_rider();
  city.crash();
  city.start();
  city.tell("rider", "r2", "accept", offer_json(city, "r2"));
  CHECK(city.count_of("order.o2.assigned") == 2);
  check_sound(city);
}

TEST_CASE("orders that an operator gives one rider at once are all the rider's") {
  virtual_city city;
  city.start();
  city.begin_shift("r1", 7.1, -73.1, 3);
  city.tell("zone", "z", "pause.ops");
  city.place("o1");
  city.place("o2");
  city.place("o3");
  in_one_turn(city, {{"order", "o1", "assign.ops", R"({"rider":"r1"})"},
                     {"order", "o2", "assign.ops", R"({"rider":"r1"})"},
                     {"order", "o3", "assign.ops", R"({"rider":"r1"})"}});
  city.node->advance(5s);
  CHECK(city.count_of("order.o1.assigned") == 1);
  CHECK(city.count_of("order.o2.assigned") == 1);
  CHECK(city.count_of("order.o3.assigned") == 1);
  check_sound(city);
}

} // namespace
