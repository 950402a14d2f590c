#include "actors/domain/route.hpp"
#include "actors/turn/reactions.hpp"
#include "tests/domain/turns.hpp"

#include <doctest/doctest.h>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

std::string to_line(const std::vector<reaction>& list) {
  std::string line;
  for (const auto& r : list) {
    const auto verb = std::visit(
        overloaded{
            [](const order_command& c) {
              return std::visit(
                  overloaded{
                      [](const confirm_order& x) {
                        return "confirm " + x.offer + " " + x.rider +
                               (x.accepted ? "" : " by hand");
                      },
                      [](const lapse_order& x) {
                        const auto* why =
                            x.reason == lapse_reason::declined ? " declined" : " expired";
                        return "lapse " + x.offer + " " + x.rider + why;
                      },
                      [](const collect_order& x) { return "collect " + x.rider; },
                      [](const complete_order& x) { return "complete " + x.rider; },
                      [](const reach_pick_up& x) { return "reached " + x.rider; },
                      [](const settle_swap& x) {
                        return x.rider + (x.yielded ? " yields" : " keeps it");
                      },
                      [](const lose_stock& x) { return "lose " + x.station; },
                      [](const count_wrong_code& x) { return "wrong code of " + x.rider; },
                      [](const fail_delivery_of& x) {
                        return "failed " + x.rider + " " + x.reason;
                      },
                      [](const lose_rider& x) {
                        const auto* why =
                            x.reason == unassign_reason::breakdown ? " breakdown" : " handed back";
                        return "lose " + x.rider + why + (x.on_board ? " on board" : "");
                      },
                      [](const auto&) { return std::string{"?"}; },
                  },
                  c);
            },
            [](const rider_command& c) {
              return std::visit(overloaded{
                                    [](const release_order& x) { return "release " + x.order; },
                                    [](const yield_order& x) { return "yield " + x.order; },
                                    [](const mark_stop_ready& x) { return "ready " + x.order; },
                                    [](const bring_back& x) { return "bring back " + x.order; },
                                    [](const receive_waybill& x) {
                                      return "waybill " + x.waybill.number + " of " + x.order;
                                    },
                                    [](const auto&) { return std::string{"?"}; },
                                },
                                c);
            },
            [](const station_command& c) {
              return std::visit(overloaded{
                                    [](const release_stock& x) { return "release " + x.order; },
                                    [](const consume_stock& x) { return "consume " + x.order; },
                                    [](const return_stock& x) { return "take back " + x.order; },
                                    [](const auto&) { return std::string{"?"}; },
                                },
                                c);
            },
            [](const auto&) { return std::string{"?"}; },
        },
        r.command);
    line += (line.empty() ? "" : ", ") + r.target.id + ": " + verb;
  }
  return line;
}

std::string of_order(order_event e) {
  return to_line(reactions({{entity_kind::order, "a"}, dawn, {}, {}, std::move(e)}));
}

std::string of_rider(rider_event e) {
  return to_line(reactions({{entity_kind::rider, "r"}, dawn, {}, {}, std::move(e)}));
}

offer offer_of(const std::vector<std::string>& orders, const std::string& route) {
  return {"o1", orders, route_of(route), dawn + 45s};
}

/// Two riders on shift, two orders waiting.
small_zone given_two_of_each() {
  small_zone z;
  z.settle(to_order("a", simple_order()), to_order("b", simple_order()),
           to_rider("r1", start_shift{vehicle::car, 2, metres(0, 0)}),
           to_rider("r2", start_shift{vehicle::car, 2, metres(0, 0)}));
  return z;
}

/// Both orders are offered to the first rider.
small_zone given_a_bundle() {
  auto z = given_two_of_each();
  REQUIRE(z.propose({"r1", offer_of({"a", "b"}, "+a +b -a -b"), false}));
  return z;
}

/// The first order is bound to the first rider, who stands at its pick-up.
small_zone given_at_pick_up() {
  auto z = given_two_of_each();
  REQUIRE(z.propose({"r1", offer_of({"a"}, "+a -a"), false}));
  z.settle(to_rider("r1", accept_offer{"o1"}));
  z.settle(to_rider("r1", arrive_at_stop{"a"}));
  return z;
}

} // namespace

TEST_CASE("reactions: who hears of an event of an order") {
  CHECK(of_order(order_placed{}) == "");
  CHECK(of_order(order_paid{}) == "");
  CHECK(of_order(order_ready{dawn, ""}) == "");
  CHECK(of_order(order_ready{dawn, "r"}) == "r: ready a");
  CHECK(of_order(order_ready{dawn, "r", {"q", "p"}}) == "r: ready a, q: ready a, p: ready a");
  CHECK(of_order(order_offered{"o", "r"}) == "");
  CHECK(of_order(order_offer_lapsed{"o", "r", lapse_reason::declined}) == "");
  CHECK(of_order(order_offer_lapsed{"o", "r", lapse_reason::expired}) == "");
  CHECK(of_order(order_offer_lapsed{"o", "r", lapse_reason::withdrawn}) == "r: release a");
  CHECK(of_order(order_offer_lapsed{"o", "r", lapse_reason::reassigned}) == "r: release a");
  CHECK(of_order(order_offer_lapsed{"o", "r", lapse_reason::taken}) == "r: release a");
  CHECK(of_order(order_assignment_requested{"r"}) == "");
  CHECK(of_order(order_assignment_refused{"r", "why"}) == "");
  CHECK(of_order(order_assigned{"o", "r"}) == "");
  CHECK(of_order(order_unassigned{"r"}) == "r: release a");
  CHECK(of_order(order_unassigned{"r", unassign_reason::late, dawn}) == "r: release a");
  CHECK(of_order(order_unassigned{"r", unassign_reason::breakdown, dawn}) == "");
  CHECK(of_order(order_unassigned{"r", unassign_reason::better_rider}) == "");
  CHECK(of_order(order_swap_offered{"o", "q"}) == "");
  CHECK(of_order(order_yield_asked{"r", "o", "q"}) == "r: yield a");
  CHECK(of_order(order_offer_lapsed{"o", "q", lapse_reason::kept}) == "q: release a");
  CHECK(of_order(order_stranded{"r", {}, dawn, dawn}) == "");
  CHECK(of_order(order_picked_up{"r", dawn}) == "");
  CHECK(of_order(order_delivered{"r", dawn}) == "");
  CHECK(of_order(order_cancelled{"why", ""}) == "");
  CHECK(of_order(order_cancelled{"why", "r"}) == "r: release a");
  CHECK(of_order(order_undeliverable{}) == "");
  CHECK(of_order(order_refund_requested{}) == "");
  CHECK(of_order(order_sourced{"s", {}}) == "");
  CHECK(of_order(order_unsourced{"s", stock_loss::asked}) == "s: release a");
  CHECK(of_order(order_picked_up{"r", dawn, "s"}) == "s: consume a");
  CHECK(of_order(order_reached{"r", dawn}) == "");
  CHECK(of_order(order_returning{"r", "why", dawn}) == "r: bring back a");
  CHECK(of_order(order_written_off{"r", "why", dawn}) == "r: release a");
  CHECK(of_order(order_goods_lost{"r", "s", {}}) == "");
  CHECK(of_order(order_wrong_code_counted{"r", 1}) == "");
  CHECK(of_order(order_returned{"r", dawn, "", {}}) == "");
  CHECK(of_order(order_returned{"r", dawn, "s", {}}) == "s: take back a");
  CHECK(of_order(waybill_issued{"r", {"a-1", "", "", "", ""}}) == "r: waybill a-1 of a");
}

TEST_CASE("reactions: who hears of an event of a rider") {
  CHECK(of_rider(shift_started{}) == "");
  CHECK(of_rider(shift_ended{}) == "");
  CHECK(of_rider(position_recorded{}) == "");
  CHECK(of_rider(offer_received{}) == "");
  CHECK(of_rider(offer_accepted{"o", {"a", "b"}, {}}) == "a: confirm o r, b: confirm o r");
  CHECK(of_rider(route_extended{"o", {"a"}, {}}) == "");
  CHECK(of_rider(offer_declined{"o", {"a", "b"}, "far"}) ==
        "a: lapse o r declined, b: lapse o r declined");
  CHECK(of_rider(offer_expired{"o", {"a"}}) == "a: lapse o r expired");
  CHECK(of_rider(offer_withdrawn{"o"}) == "");
  CHECK(of_rider(stops_released{"a"}) == "");
  CHECK(of_rider(order_yielded{"a"}) == "a: r yields");
  CHECK(of_rider(order_kept{"a"}) == "a: r keeps it");
  CHECK(of_rider(stop_ready{"a", dawn}) == "");
  CHECK(of_rider(rider_arrived{"a", stop_kind::pick_up, dawn}) == "a: reached r");
  CHECK(of_rider(rider_arrived{"a", stop_kind::drop_off, dawn}) == "");
  CHECK(of_rider(delivery_failed{"a", "nobody", dawn}) == "a: failed r nobody");
  CHECK(of_rider(return_started{"a"}) == "");
  CHECK(of_rider(wrong_code_given{"a", dawn}) == "a: wrong code of r");
  CHECK(of_rider(order_collected{"a", dawn}) == "a: collect r");
  CHECK(of_rider(order_handed_over{"a", dawn}) == "a: complete r");
  CHECK(of_rider(transfer_started{}) == "");
  CHECK(of_rider(transfer_ended{}) == "");
  CHECK(of_rider(rider_received{}) == "");
  CHECK(of_rider(transfer_answered{}) == "");
  CHECK(of_rider(break_started{"lunch", dawn}) == "");
  CHECK(of_rider(break_ended{dawn}) == "");
  CHECK(of_rider(broke_down{"flat", {}, dawn, {"a"}, {"b"}}) ==
        "a: lose r breakdown, b: lose r breakdown on board");
  CHECK(of_rider(route_handed_back{{"a", "b"}}) == "a: lose r handed back, b: lose r handed back");
}

TEST_CASE("reactions: who hears of an event of a station") {
  const auto of_station = [](station_event e) {
    return to_line(reactions({{entity_kind::station, "s"}, dawn, {}, {}, std::move(e)}));
  };
  CHECK(of_station(station_closed{}) == "");
  CHECK(of_station(stock_released{"a", stock_loss::asked}) == "");
  CHECK(of_station(stock_released{"a", stock_loss::expired}) == "a: lose s");
  CHECK(of_station(stock_released{"a", stock_loss::closed}) == "a: lose s");
  CHECK(of_station(stock_released{"a", stock_loss::out_of_stock}) == "a: lose s");
}

TEST_CASE("reactions: the zone and refusals cause nothing") {
  CHECK(reactions({{entity_kind::zone, "z"}, dawn, {}, {}, zone_event{zone_paused{}}}).empty());
  CHECK(reactions({{entity_kind::order, "a"}, dawn, {}, {}, command_refused{}}).empty());
}

TEST_CASE("reactions: an accepted bundle binds all its orders") {
  auto z = given_a_bundle();
  CHECK(z.settle(to_rider("r1", accept_offer{"o1"})) == 2);
  for (const auto* id : {"a", "b"}) {
    CHECK(status_name(z.orders[id]) == "assigned");
    CHECK(z.orders[id].rider == "r1");
  }
  CHECK(to_line(z.riders["r1"].route) == "+a +b -a -b");
}

TEST_CASE(
    "reactions: a cancellation and an acceptance in one turn settle alike, whoever is first") {
  const auto cancel = to_order("a", cancel_order{"why"});
  const auto accept = to_rider("r1", accept_offer{"o1"});
  for (const auto cancel_first : {true, false}) {
    auto z = given_a_bundle();
    CHECK((cancel_first ? z.settle(cancel, accept) : z.settle(accept, cancel)) == 2);
    CHECK(status_name(z.orders["a"]) == "cancelled");
    CHECK(z.orders["a"].refunded);
    CHECK(status_name(z.orders["b"]) == "assigned");
    CHECK(to_line(z.riders["r1"].route) == "+b -b");
    CHECK_FALSE(z.riders["r1"].open_offer);
  }
}

TEST_CASE("reactions: a cancellation and a refusal to carry in one turn") {
  auto z = given_a_bundle();
  z.settle(to_order("a", cancel_order{"why"}), to_rider("r1", decline_offer{"o1", "far"}));
  CHECK(status_name(z.orders["a"]) == "cancelled");
  CHECK(status_name(z.orders["b"]) == "waiting");
  CHECK(z.orders["b"].passed == std::vector<std::string>{"r1"});
  CHECK(status_name(z.riders["r1"]) == "idle");
}

TEST_CASE("reactions: an operator takes the order while its rider accepts it") {
  for (const auto* named : {"r1", "r2"}) {
    CAPTURE(named);
    auto z = given_two_of_each();
    REQUIRE(z.propose({"r1", offer_of({"a"}, "+a -a"), false}));
    z.settle(to_order("a", assign_order{named}, true), to_rider("r1", accept_offer{"o1"}));
    CHECK(z.riders["r1"].route.empty());
    CHECK(status_name(z.orders["a"]) == "waiting");
    CHECK(z.orders["a"].requested_rider == named);
    CHECK(z.propose({named, {"h", {"a"}, route_of("+a -a"), dawn}, true}));
    CHECK(status_name(z.orders["a"]) == "assigned");
    CHECK(z.orders["a"].rider == named);
    CHECK(to_line(z.riders[named].route) == "+a -a");
  }
}

TEST_CASE("reactions: a cancellation while the rider collects the order empties the route") {
  auto z = given_at_pick_up();
  z.settle(to_order("a", cancel_order{"why"}), to_rider("r1", pick_up_order{"a"}));
  CHECK(status_name(z.orders["a"]) == "cancelled");
  CHECK(z.riders["r1"].route.empty());
  CHECK(status_name(z.riders["r1"]) == "idle");
}

TEST_CASE("reactions: an order that becomes ready can be collected in the same turn's rounds") {
  auto z = given_two_of_each();
  auto later = simple_order();
  later.ready_at = dawn + 30min;
  z.settle(to_order("c", later));
  auto proposed = offer_of({"c"}, "+c -c");
  proposed.route[0].not_before = later.ready_at;
  REQUIRE(z.propose({"r1", proposed, false}));
  z.settle(to_rider("r1", accept_offer{"o1"}), to_rider("r1", arrive_at_stop{"c"}));
  z.now = dawn + 5min;
  z.settle(to_rider("r1", pick_up_order{"c"}));
  CHECK(status_name(z.orders["c"]) == "assigned");
  z.settle(to_order("c", ready_order{}));
  z.settle(to_rider("r1", pick_up_order{"c"}));
  CHECK(status_name(z.orders["c"]) == "picked_up");
}

TEST_CASE("reactions: the end of a shift gives the offer back and keeps the route") {
  auto z = given_at_pick_up();
  REQUIRE(z.propose({"r1", {"o2", {"b"}, route_of("+a +b -a -b"), dawn + 45s}, false}));
  z.settle(to_rider("r1", end_shift{}));
  CHECK(status_name(z.orders["b"]) == "waiting");
  CHECK(status_name(z.orders["a"]) == "assigned");
  CHECK(to_line(z.riders["r1"].route) == "+a -a");
  z.settle(to_rider("r1", pick_up_order{"a"}), to_rider("r1", arrive_at_stop{"a"}),
           to_rider("r1", deliver_order{"a"}));
  CHECK(status_name(z.orders["a"]) == "delivered");
}

TEST_CASE("reactions: an ended shift is no reason to forget a proposal's half") {
  auto z = given_two_of_each();
  z.settle(to_rider("r1", end_shift{}));
  CHECK_FALSE(z.propose({"r1", offer_of({"a", "b"}, "+a +b -a -b"), false}));
  z.settle(to_order("b", cancel_order{"why"}));
  CHECK_FALSE(z.propose({"r2", offer_of({"a", "b"}, "+a +b -a -b"), false}));
  CHECK(status_name(z.orders["a"]) == "waiting");
  CHECK(status_name(z.riders["r2"]) == "idle");
}
