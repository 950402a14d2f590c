#include "tests/actors/checks.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

/// Orders, riders and stations that an operator pauses while the zone runs.
namespace {

using namespace dispatch;
using namespace std::chrono_literals;
using testing::check_audit;
using testing::check_decided_again;
using testing::virtual_city;

waiting_reason reason_of(const virtual_city& city, const std::string& order) {
  return (*city.kept->get({entity_kind::order, order}))->waiting;
}

TEST_CASE("a paused order waits without offers or deadlines, through restarts, and then goes on") {
  virtual_city city;
  city.start();
  city.place("o1");
  city.tell("order", "o1", "pause.ops", R"({"reason":"odd address"})");
  CHECK(city.announced().back() == "order.o1.paused");
  city.begin_shift("r1");
  city.node->advance(5s);
  CHECK(city.count_of("order.o1.offered") == 0);
  CHECK(reason_of(city, "o1") == waiting_reason::order_paused);
  city.start();
  city.clock->advance(12h); // The rider is still on shift.
  city.node->advance(2s);
  CHECK(city.count_of("order.o1.undeliverable") == 0);

  city.tell("order", "o1", "cancel", "{}", "shop.7");
  CHECK(city.announced().back() == "order.o1.refused");
  city.tell("order", "o1", "resume.ops");
  CHECK(city.count_of("order.o1.resumed") == 1);
  CHECK(city.announced().back() == "order.o1.deadlines_moved");
  // The refusal has not used the command's id up: what was held can be sent again.
  city.tell("order", "o1", "cancel", "{}", "shop.7");
  CHECK(city.count_of("order.o1.cancelled") == 1);
  city.tell("order", "o1", "cancel", "{}", "shop.7");
  CHECK(city.announced().back() == "order.o1.repeated");
  check_audit(city);
  check_decided_again(city);
}

TEST_CASE("a paused rider is passed over until resumed") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.tell("rider", "r1", "pause.ops");
  city.place("o1");
  city.node->advance(5s);
  CHECK(city.count_of("order.o1.offered") == 0);
  CHECK(reason_of(city, "o1") == waiting_reason::all_riders_gated);
  city.tell("order", "o1", "assign.ops", R"({"rider":"r1"})");
  city.node->advance(2s);
  CHECK(city.announced().back() == "order.o1.assignment_refused");
  city.tell("rider", "r1", "resume.ops");
  city.node->advance(2s);
  CHECK(city.count_of("order.o1.offered") == 1);
  check_audit(city);
  check_decided_again(city);
}

TEST_CASE("a paused station's orders wait") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.tell("station", "s1", "open", R"({"at":{"latitude":7.1,"longitude":-73.1}})");
  city.tell("station", "s1", "pause.ops");
  city.place("o1");
  city.node->advance(5s);
  CHECK(reason_of(city, "o1") == waiting_reason::station_paused);
  city.start();
  city.node->advance(5s);
  CHECK(city.count_of("order.o1.offered") == 0);
  city.tell("station", "s1", "resume.ops");
  city.node->advance(2s);
  CHECK(city.count_of("order.o1.offered") == 1);
  check_audit(city);
  check_decided_again(city);
}

TEST_CASE("an order that is paused while a rider considers it is delivered all the same") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.place("o1");
  city.node->advance(2s);
  const auto offer = city.offer_of("r1").id;
  city.send("rider", "r1", "accept", R"({"offer":")" + offer + R"("})");
  city.send("order", "o1", "pause.ops");
  city.send("rider", "r1", "pause.ops");
  city.node->run();
  for (const auto* step : {"arrive", "pick_up", "arrive", "deliver"}) {
    city.tell("rider", "r1", step, R"({"order":"o1"})");
  }
  CHECK(city.announced().back() == "order.o1.delivered");
  check_audit(city);
  check_decided_again(city);
}

/// An order whose rider has four seconds to be at the pick-up.
virtual_city given_hurried_rider() {
  policy policy;
  policy.late_after = 4s;
  virtual_city city{policy};
  city.start();
  city.begin_shift("r1");
  city.place("o1");
  city.node->advance(2s);
  city.tell("rider", "r1", "accept", R"({"offer":")" + city.offer_of("r1").id + R"("})");
  REQUIRE(city.count_of("order.o1.assigned") == 1);
  return city;
}

TEST_CASE("a rider has as much time as before when a paused order goes on") {
  auto city = given_hurried_rider();
  city.tell("order", "o1", "pause.ops");
  city.node->advance(60s);
  city.tell("order", "o1", "resume.ops");
  city.node->advance(1s);
  CHECK(city.count_of("order.o1.unassigned") == 0);
  check_audit(city);
}

TEST_CASE("an order that is held can have a rider who is late") {
  auto city = given_hurried_rider();
  city.tell("order", "o1", "hold.ops");
  city.node->advance(60s);
  CHECK(city.count_of("order.o1.unassigned") == 1);
  check_audit(city);
}

TEST_CASE("an order that is held is to be paid in time") {
  virtual_city city;
  city.start();
  city.tell("order", "o1", "place",
            R"({"station":"s1","pick_up":{"latitude":7.1,"longitude":-73.1},)"
            R"("drop_off":{"latitude":7.11,"longitude":-73.1}})");
  city.tell("order", "o1", "hold.ops");
  city.node->advance(16min);
  CHECK(city.count_of("order.o1.cancelled") == 1);
  check_audit(city);
}

} // namespace
