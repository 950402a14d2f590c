#include "tests/actors/checks.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

/// Operators who name a rider for an order that has one.
namespace {

using namespace dispatch;
using namespace dispatch::testing;
using namespace std::chrono_literals;

std::string of(const std::string& field, const std::string& value) {
  return R"({")" + field + R"(":")" + value + R"("})";
}

/// Order o1 is rider r1's, and r2 is idle beside it.
struct assigned_order : virtual_city {
  explicit assigned_order(dispatch::policy with = {}) : virtual_city(std::move(with)) {
    start();
    begin_shift("r1");
    place("o1");
    node->advance(2s);
    tell("rider", "r1", "accept", of("offer", offer_of("r1").id));
    REQUIRE(count_of("order.o1.assigned") == 1);
    begin_shift("r2");
  }

  void wish(const std::string& rider) {
    tell("order", "o1", "assign.anna", of("rider", rider));
    node->advance(2s);
  }

  void check_untouched() const {
    CHECK(count_of("order.o1.unassigned") == 0);
    CHECK(count_of("rider.r1.stops_released") == 0);
  }

  void check() const {
    CHECK_FALSE(node->halted());
    check_audit(*this);
    check_decided_again(*this);
  }
};

} // namespace

TEST_CASE_FIXTURE(assigned_order, "an order changes hands when the named rider has it") {
  wish("r2");
  CHECK(count_of("order.o1.assigned") == 2);
  CHECK(count_of("rider.r2.route_extended") == 1);
  CHECK(count_of("rider.r1.stops_released") == 1);
  for (const auto* step : {"arrive", "pick_up", "arrive", "deliver"}) {
    tell("rider", "r2", step, of("order", "o1"));
  }
  CHECK(count_of("order.o1.delivered") == 1);
  check();
}

TEST_CASE_FIXTURE(assigned_order,
                  "an order stays with its rider when the named one cannot take it") {
  tell("rider", "r2", "start_break");
  wish("r2");
  CHECK(count_of("order.o1.assignment_refused") == 1);
  check_untouched();
  wish("r1");
  CHECK(count_of("order.o1.refused") == 1);
  check_untouched();
  check();
}

TEST_CASE_FIXTURE(assigned_order, "a rider of whom the zone has never heard is refused as such") {
  wish("nobody");
  const auto told = events().back();
  REQUIRE(std::holds_alternative<command_refused>(told.body));
  CHECK(std::get<command_refused>(told.body).code == refusal::unknown_rider);
  CHECK(count_of("order.o1.assignment_requested") == 0);
  check_untouched();
  // One who comes with the same turn is known.
  send("rider", "r3", "start_shift",
       R"({"vehicle":"VEHICLE_BICYCLE","capacity":1,"at":{"latitude":7.1,"longitude":-73.1}})");
  send("order", "o1", "assign.anna", of("rider", "r3"));
  node->advance(2s);
  CHECK(count_of("rider.r3.route_extended") == 1);
  check();
}

TEST_CASE_FIXTURE(assigned_order,
                  "an order that is collected before the next match is nobody else's") {
  place("o2"); // The match of this turn is over.
  tell("rider", "r1", "arrive", of("order", "o1"));
  send("order", "o1", "assign.anna", of("rider", "r2"));
  send("rider", "r1", "pick_up", of("order", "o1"));
  node->advance(2s);
  CHECK(count_of("order.o1.picked_up") == 1);
  CHECK(count_of("order.o1.assignment_refused") == 1);
  check_untouched();
  check();
}

TEST_CASE("goods that are held stay held when their order changes hands") {
  virtual_city city;
  city.start();
  city.tell("station", "s1", "open", R"({"at":{"latitude":7.1,"longitude":-73.1}})");
  city.tell("station", "s1", "stock", R"({"levels":[{"item":"gas","on_hand":1}]})");
  city.begin_shift("r1");
  city.tell("order", "g1", "place",
            R"({"station":"s1","prepaid":true,"items":[{"item":"gas"}],)"
            R"("pick_up":{"latitude":7.1,"longitude":-73.1},)"
            R"("drop_off":{"latitude":7.11,"longitude":-73.1}})");
  city.node->advance(2s);
  city.tell("rider", "r1", "accept", of("offer", city.offer_of("r1").id));
  city.begin_shift("r2");
  SUBCASE("while the station works") {}
  SUBCASE("while the station is paused") { city.tell("station", "s1", "pause.anna"); }
  city.tell("order", "g1", "assign.anna", of("rider", "r2"));
  city.node->advance(2s);
  CHECK(city.count_of("order.g1.assigned") == 2);
  CHECK(city.count_of("order.g1.unsourced") == 0);
  check_audit(city);
  check_decided_again(city);
}
