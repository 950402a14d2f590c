#include "tests/actors/checks.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What is promised to riders, shops and operators, in a whole zone: the audit judges what became
/// of it, with no check left out.
namespace {

using namespace dispatch;
using namespace dispatch::testing;
using namespace std::chrono_literals;

std::string of(const std::string& field, const std::string& value) {
  return R"({")" + field + R"(":")" + value + R"("})";
}

void accept(virtual_city& city, const std::string& rider) {
  city.tell("rider", rider, "accept", of("offer", city.offer_of(rider).id));
}

void check_kept(const virtual_city& city) {
  CHECK_FALSE(city.node->halted());
  const auto report = audited(city);
  CHECK_MESSAGE(report.clean(), audit::to_text(report));
}

void count_gas(virtual_city& city, int pieces) {
  city.tell("station", "s1", "stock",
            R"({"levels":[{"item":"gas","on_hand":)" + std::to_string(pieces) + "}]}");
}

/// A station with one piece, a rider beside it, and an order of this piece.
void given_goods(virtual_city& city) {
  city.start();
  city.tell("station", "s1", "open", R"({"at":{"latitude":7.1,"longitude":-73.1}})");
  count_gas(city, 1);
  city.begin_shift("r1");
  city.tell("order", "g1", "place",
            R"({"station":"s1","prepaid":true,"items":[{"item":"gas"}],)"
            R"("pick_up":{"latitude":7.1,"longitude":-73.1},)"
            R"("drop_off":{"latitude":7.11,"longitude":-73.1}})");
  city.node->advance(2s);
  REQUIRE(city.count_of("order.g1.offered") == 1);
}

/// The same, and the rider stands at the station.
void given_rider_at_station(virtual_city& city) {
  given_goods(city);
  accept(city, "r1");
  city.tell("rider", "r1", "arrive", of("order", "g1"));
  REQUIRE(city.count_of("rider.r1.arrived") == 1);
}

void collect_and_deliver(virtual_city& city) {
  city.tell("rider", "r1", "pick_up", of("order", "g1"));
  city.tell("rider", "r1", "arrive", of("order", "g1"));
  city.tell("rider", "r1", "deliver", of("order", "g1"));
}

/// The rider who was asked last about the order.
std::string asked_last(const virtual_city& city, const std::string& order) {
  std::string rider;
  for (const auto& e : city.events()) {
    const auto* body = std::get_if<order_event>(&e.body);
    const auto* offered = body != nullptr ? std::get_if<order_offered>(body) : nullptr;
    if (offered != nullptr && e.entity.id == order) {
      rider = offered->rider;
    }
  }
  return rider;
}

/// Riders come, one per turn.
void let_turns_pass(virtual_city& city, int turns) {
  for (int i = 0; i < turns; ++i) {
    city.node->advance(2s);
    city.begin_shift("new" + std::to_string(i), 9.0, -70.0);
  }
}

} // namespace

TEST_CASE("an operator's wish for goods at a paused station is answered") {
  virtual_city city;
  given_goods(city);
  city.tell("rider", "r1", "decline", of("offer", city.offer_of("r1").id));
  city.tell("station", "s1", "pause.anna");
  city.tell("order", "g1", "assign.anna", of("rider", "r1"));
  city.node->advance(5s);
  check_kept(city);
}

TEST_CASE("a sensor that misses the piece in a rider's hand takes the order from nobody") {
  virtual_city city;
  given_rider_at_station(city);
  count_gas(city, 0);
  collect_and_deliver(city);
  check_kept(city);
}

TEST_CASE("goods are held for the rider who waits for them at the station") {
  policy policy;
  policy.reservation_ttl = 60s;
  virtual_city city{policy};
  given_rider_at_station(city);
  city.node->advance(3min);
  collect_and_deliver(city);
  check_kept(city);
}

TEST_CASE("offers that another rider won are not in vain") {
  policy policy;
  policy.offers_at_once = 3;
  policy.offers_max = 3;
  virtual_city city{policy};
  city.start();
  for (const auto* rider : {"r1", "r2", "r3"}) {
    city.begin_shift(rider);
  }
  city.place("o1");
  city.node->advance(2s);
  REQUIRE(city.count_of("order.o1.offered") == 3);
  accept(city, "r1");
  city.tell("rider", "r1", "end_shift", R"({"hand_back":true})");
  city.node->advance(2s);
  REQUIRE(city.count_of("order.o1.offered") > 3);
  const auto asked = asked_last(city, "o1");
  city.tell("rider", asked, "decline", of("offer", city.offer_of(asked).id));
  city.node->advance(2s);
  check_kept(city);
}

TEST_CASE("an order says again what it waits for after a wish that was refused") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.tell("rider", "r1", "start_break");
  city.tell("order", "o1", "place",
            R"({"station":"s1","prepaid":true,"ready_at":"2026-01-02T00:00:00Z",)"
            R"("pick_up":{"latitude":7.1,"longitude":-73.1},)"
            R"("drop_off":{"latitude":7.11,"longitude":-73.1}})");
  city.node->advance(2s);
  city.tell("order", "o1", "assign.anna", of("rider", "r1"));
  REQUIRE(city.count_of("order.o1.assignment_refused") == 1);
  let_turns_pass(city, 6);
  check_kept(city);
}

TEST_CASE("an order whose only rider has just got another one says so") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.send("order", "o1", "place",
            R"({"station":"s1","prepaid":true,"pick_up":{"latitude":7.1,"longitude":-73.1},)"
            R"("drop_off":{"latitude":7.11,"longitude":-73.1}})");
  city.send("order", "o1", "assign.anna", of("rider", "r1"));
  city.place("o2");
  city.node->advance(2s);
  REQUIRE(city.count_of("order.o1.assigned") == 1);
  check_kept(city);
}

TEST_CASE("a swap that a rider lets go by is no reason for a break") {
  policy policy;
  policy.swap_gain = 60s;
  policy.swap_pause = 5s;
  policy.ignored_offers_max = 1;
  virtual_city city{policy};
  city.start();
  city.begin_shift("r1", 7.1, -73.1, 2);
  city.place("o1", 7.1, -73.1);
  city.node->advance(2s);
  accept(city, "r1");
  city.place("o2", 7.12, -73.1);
  city.node->advance(2s);
  accept(city, "r1");
  city.begin_shift("r2", 7.12, -73.1, 1);
  city.node->advance(10s);
  REQUIRE(city.count_of("order.o2.swap_offered") == 1);
  city.node->advance(50s);
  REQUIRE(city.count_of("rider.r2.offer_expired") == 1);
  check_kept(city);
}

TEST_CASE("an assignment to nobody leaves the order with its rider") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.place("o1");
  city.node->advance(2s);
  accept(city, "r1");
  city.tell("order", "o1", "assign.anna", of("rider", "nobody"));
  city.node->advance(2s);
  check_kept(city);
}

namespace {

/// Publishes a command with a trace, and lets the node deal with it.
void tell_traced(virtual_city& city, const std::string& to, const std::string& json,
                 const std::string& trace) {
  city.streams.in->publish("dispatch.in.z." + to, json, city.clock->now(), {}, {}, trace);
  city.node->run();
}

constexpr std::string_view shop_trace = "00-11111111111111111111111111111111-1111111111111111-01";
constexpr std::string_view desk_trace = "00-22222222222222222222222222222222-2222222222222222-01";

constexpr std::string_view an_order =
    R"({"station":"s1","prepaid":true,"pick_up":{"latitude":7.1,"longitude":-73.1},)"
    R"("drop_off":{"latitude":7.11,"longitude":-73.1}})";

} // namespace

TEST_CASE("an offer has the trace of the order that it is of") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  tell_traced(city, "order.o1.place", std::string{an_order}, std::string{shop_trace});
  REQUIRE(city.count_of("order.o1.offered") == 1);
  check_kept(city);
}

namespace {

class prompt_signer final : public waybill_signer {
public:
  void sign(std::string document, std::function<void(std::optional<signature>)> done) override {
    done(signature{"none", "key", std::move(document)});
  }
};

/// An order that came with a trace waits, and an operator assigns it with another one.
void assign_traced(virtual_city& city) {
  city.start();
  tell_traced(city, "order.o1.place", std::string{an_order}, std::string{shop_trace});
  city.tell("order", "o1", "hold.anna"); // Nobody is asked before the operator decides.
  city.begin_shift("r1");
  city.node->advance(5s); // The next match is due.
  tell_traced(city, "order.o1.assign.anna", of("rider", "r1"), std::string{desk_trace});
  REQUIRE(city.count_of("order.o1.assigned") == 1);
}

} // namespace

TEST_CASE("an operator's assignment has the trace of the wish") {
  virtual_city city;
  assign_traced(city);
  check_kept(city);
}

TEST_CASE("a waybill has the trace of the wish that the order was assigned by") {
  virtual_city city;
  city.signer = std::make_shared<prompt_signer>();
  assign_traced(city);
  city.node->run();
  REQUIRE(city.count_of("rider.r1.waybill_received") == 1);
  for (const auto& e : city.events()) {
    if (event_name(e.body) == "waybill_issued" || event_name(e.body) == "waybill_received") {
      CHECK(e.trace == desk_trace);
    }
  }
}

TEST_CASE("a command without an id is nobody else's") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  // Of the sequence that the next command gets, in a later turn.
  const auto reused = std::to_string(city.streams.in->state().last_sequence + 2);
  city.tell("rider", "r1", "start_break", "{}", reused);
  city.tell("rider", "r1", "end_break");
  CHECK(city.count_of("rider.r1.break_ended") == 1);
  city.node->advance(2s);
  check_kept(city);
}

TEST_CASE("no seal of a delivery code is announced") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.tell("order", "o1", "place",
            R"({"station":"s1","prepaid":true,"delivery_code":"4711",)"
            R"("pick_up":{"latitude":7.1,"longitude":-73.1},)"
            R"("drop_off":{"latitude":7.11,"longitude":-73.1}})");
  city.node->advance(2s);
  accept(city, "r1");
  const auto seal = city.offer_of("r1").route.back().delivery_code;
  REQUIRE_FALSE(seal.empty());
  REQUIRE(city.count_of("rider.r1.offer_accepted") == 1);
  for (const auto& message : city.streams.out->all()) {
    CHECK(message.body.find(seal) == std::string::npos);
  }
}
