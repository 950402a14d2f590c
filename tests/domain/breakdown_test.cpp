#include "actors/domain/matching/matching.hpp"
#include "actors/turn/reactions.hpp"
#include "tests/domain/rider_words.hpp"
#include "tests/domain/turns.hpp"

#include <doctest/doctest.h>

/// What happens to the orders of a rider who stops working.
using namespace dispatch;
using namespace dispatch::domain;

namespace {

/// A car takes two orders, has the first on board and is on the way to collect the second.
small_zone given_one_on_board() {
  small_zone z;
  z.settle(to_order("a", simple_order()), to_order("b", simple_order()),
           to_rider("r1", start_shift{vehicle::car, 2, metres(0, 0)}));
  REQUIRE(z.propose({"r1", {"o1", {"a", "b"}, route_of("+a +b -a -b"), dawn + 45s}, false}));
  z.settle(to_rider("r1", accept_offer{"o1"}), to_rider("r1", arrive_at_stop{"a"}),
           to_rider("r1", pick_up_order{"a"}));
  REQUIRE(to_line(z.riders["r1"].route) == "+b -a -b");
  z.now = dawn + 10min;
  z.settle(to_rider("r1", record_position{metres(300, 400)}));
  return z;
}

const order_stranded* stranding_of(const small_zone& z) {
  for (const auto& e : z.events) {
    if (const auto* of_order = std::get_if<order_event>(&e.body)) {
      if (const auto* stranded = std::get_if<order_stranded>(of_order)) {
        return stranded;
      }
    }
  }
  return nullptr;
}

} // namespace

TEST_CASE("breakdown: what is on board waits where the rider stands, the rest where it was") {
  auto z = given_one_on_board();
  z.policy.max_wait = 5400s;
  z.settle(to_rider("r1", report_breakdown{"flat tyre"}));
  const auto& r = z.riders["r1"];
  CHECK(r.route.empty());
  CHECK_FALSE(r.on_shift);
  const auto& a = z.orders["a"];
  CHECK(status_name(a) == "waiting");
  CHECK(a.details.pick_up == metres(300, 400));
  CHECK(a.details.ready_at == z.now);
  CHECK(a.stranded_with == "r1");
  CHECK(a.rider.empty());
  CHECK(a.waits_until == z.now + 5400s);
  REQUIRE(stranding_of(z) != nullptr);
  CHECK(*stranding_of(z) == order_stranded{"r1", metres(300, 400), z.now, z.now + 5400s});
  const auto& b = z.orders["b"];
  CHECK(status_name(b) == "waiting");
  CHECK(b.details.pick_up == metres(0, 0));
  CHECK(b.stranded_with.empty());
  CHECK(b.waits_until == z.now + 5400s);
  for (const auto* order : {"a", "b"}) {
    CHECK(z.orders[order].passed == std::vector<std::string>{"r1"});
  }
}

TEST_CASE("breakdown: another rider fetches it there, and may break down as well") {
  auto z = given_one_on_board();
  z.settle(to_rider("r1", report_breakdown{"flat tyre"}));
  for (const auto* next : {"r2", "r3"}) {
    z.now += 1min;
    z.settle(to_rider(next, start_shift{vehicle::car, 2, metres(0, 0)}));
    const auto at = z.orders["a"].details.pick_up;
    const std::vector<stop> route{pick_up_of("a", at, 1, z.orders["a"].details.ready_at),
                                  drop_off_of("a", metres(1000, 0))};
    REQUIRE(z.propose({next, {std::string{"o-"} + next, {"a"}, route, z.now + 45s}, false}));
    z.settle(to_rider(next, accept_offer{std::string{"o-"} + next}),
             to_rider(next, arrive_at_stop{"a"}), to_rider(next, pick_up_order{"a"}));
    CHECK(status_name(z.orders["a"]) == "picked_up");
    CHECK(z.orders["a"].stranded_with.empty());
    if (next == std::string{"r2"}) {
      z.settle(to_rider(next, record_position{metres(500, 0)}),
               to_rider(next, report_breakdown{"flat tyre"}));
      CHECK(z.orders["a"].stranded_with == "r2");
      CHECK(z.orders["a"].details.pick_up == metres(500, 0));
      CHECK(z.orders["a"].passed == std::vector<std::string>{"r1", "r2"});
    }
  }
  z.settle(to_rider("r3", arrive_at_stop{"a"}), to_rider("r3", deliver_order{"a"}));
  CHECK(status_name(z.orders["a"]) == "delivered");
}

TEST_CASE("breakdown: a stranded order can be cancelled, and its search can fail") {
  auto z = given_one_on_board();
  z.settle(to_rider("r1", report_breakdown{"flat tyre"}));
  SUBCASE("cancelled") {
    z.settle(to_order("a", cancel_order{"cold by now"}));
    CHECK(status_name(z.orders["a"]) == "cancelled");
  }
  SUBCASE("nobody comes") {
    z.now = z.orders["a"].waits_until.value();
    z.settle(to_order("a", pass_deadline{}));
    CHECK(status_name(z.orders["a"]) == "undeliverable");
  }
  CHECK(z.orders["a"].refunded);
  CHECK(z.orders["a"].stranded_with == "r1"); // Somebody may want the goods back.
}

TEST_CASE("breakdown: a paused order strands as well, and is not searched for until resumed") {
  auto z = given_one_on_board();
  z.settle(to_order("a", pause_actor{"why"}, true), to_order("b", pause_actor{"why"}, true));
  z.settle(to_rider("r1", report_breakdown{"flat tyre"}));
  CHECK(z.orders["a"].stranded_with == "r1");
  CHECK(status_name(z.orders["b"]) == "waiting");
  CHECK_FALSE(deadline(z.orders["a"]));
  z.settle(to_order("a", resume_actor{}, true));
  CHECK(deadline(z.orders["a"]).has_value());
}

TEST_CASE("hand back: only what is not on board goes to others") {
  auto z = given_one_on_board();
  z.settle(to_rider("r1", end_shift{true}));
  CHECK(to_line(z.riders["r1"].route) == "-a");
  CHECK(status_name(z.orders["a"]) == "picked_up");
  CHECK(status_name(z.orders["b"]) == "waiting");
  CHECK(z.orders["b"].passed == std::vector<std::string>{"r1"});
  CHECK(stranding_of(z) == nullptr);
  z.settle(to_rider("r1", arrive_at_stop{"a"}), to_rider("r1", deliver_order{"a"}));
  CHECK(status_name(z.orders["a"]) == "delivered");
}

TEST_CASE("hand back: who stands at the pick-up has arrived nowhere") {
  auto r = given({start, do_(by_hand("ab", "+a -a +b -b")), arrive_a, collect_a, arrive_a});
  auto at_pick_up = given({start, do_(by_hand("ab", "+a +b -a -b")), arrive_a});
  says(r, end_shift{true}, dawn + 21min, {});
  CHECK(r.arrived);
  CHECK(to_line(r.route) == "-a");
  says(at_pick_up, end_shift{true}, dawn + 21min, {});
  CHECK_FALSE(at_pick_up.arrived);
  CHECK(at_pick_up.route.empty());
}

TEST_CASE("breakdown: with a cancellation or the rider's own steps in one turn, riders and orders "
          "agree") {
  const auto down = to_rider("r1", report_breakdown{"flat tyre"});
  SUBCASE("the order that is to be collected is cancelled") {
    for (const auto cancel_first : {true, false}) {
      auto z = given_one_on_board();
      const auto cancel = to_order("b", cancel_order{"why"});
      cancel_first ? z.settle(cancel, down) : z.settle(down, cancel);
      CHECK(status_name(z.orders["b"]) == "cancelled");
      CHECK(z.riders["r1"].route.empty());
    }
  }
  SUBCASE("it is collected and handed over before") {
    auto z = given_one_on_board();
    z.settle(to_rider("r1", arrive_at_stop{"b"}), to_rider("r1", pick_up_order{"b"}),
             to_rider("r1", arrive_at_stop{"a"}), to_rider("r1", deliver_order{"a"}), down);
    CHECK(status_name(z.orders["a"]) == "delivered");
    CHECK(z.orders["b"].stranded_with == "r1");
  }
  SUBCASE("an offer is accepted before") {
    auto z = given_one_on_board();
    z.settle(to_order("c", simple_order()));
    REQUIRE(z.propose({"r1", {"o2", {"c"}, route_of("+b -a -b +c -c"), z.now + 45s}, false}));
    z.settle(to_rider("r1", accept_offer{"o2"}), down);
    CHECK(status_name(z.orders["c"]) == "waiting");
    CHECK(z.orders["c"].passed == std::vector<std::string>{"r1"});
  }
}

TEST_CASE("breakdown: what is brought back stays with the rider, who brings it back some time") {
  auto z = given_one_on_board();
  z.settle(to_order("a", cancel_order{"too late"}));
  REQUIRE(status_name(z.orders["a"]) == "returning");
  z.settle(to_rider("r1", report_breakdown{"flat tyre"}));
  CHECK(status_name(z.orders["a"]) == "returning");
  CHECK(status_name(z.orders["b"]) == "waiting");
  CHECK(to_line(z.riders["r1"].route) == "-a");
  CHECK_FALSE(z.riders["r1"].on_shift);
  z.settle(to_rider("r1", arrive_at_stop{"a"}), to_rider("r1", deliver_order{"a"}));
  CHECK(status_name(z.orders["a"]) == "returned");
}

TEST_CASE(
    "breakdown: goods that strand were taken from the stock once, and go back where they came "
    "from") {
  small_zone z;
  auto placed = simple_order();
  placed.station.clear();
  placed.items = {{"gas", 2}};
  z.settle(to_station("s1", open_station{metres(5, 5)}),
           to_station("s1", report_stock{{{"gas", 3, 0}}}));
  z.settle(to_order("a", placed));
  const auto carry = [&](const std::string& rider, const std::string& offer) {
    const auto& o = z.orders["a"];
    proposal p{rider,
               {offer, {"a"}, {pick_up_stop("a", o), drop_off_stop("a", o)}, z.now + 45s},
               false,
               {{"a"}}};
    if (o.stranded_with.empty()) {
      p.orders = {{"a", wanted_goods{"s1", placed.items, z.now + 10min},
                   chosen_station{"s1", metres(5, 5)}}};
      p.offer.route.front().at = metres(5, 5);
    }
    z.settle(to_rider(rider, start_shift{vehicle::car, 2, metres(0, 0)}));
    REQUIRE(z.propose(p));
    z.settle(to_rider(rider, accept_offer{offer}), to_rider(rider, arrive_at_stop{"a"}),
             to_rider(rider, pick_up_order{"a"}));
    REQUIRE(status_name(z.orders["a"]) == "picked_up");
  };
  const auto on_hand = [&] { return z.stations["s1"].stock.front().on_hand; };
  carry("r1", "o1");
  CHECK(on_hand() == 1);
  z.settle(to_rider("r1", record_position{metres(300, 400)}),
           to_rider("r1", report_breakdown{"flat tyre"}));
  CHECK(on_hand() == 1);
  SUBCASE("delivered") {
    carry("r2", "o2");
    CHECK(on_hand() == 1);
    z.settle(to_rider("r2", arrive_at_stop{"a"}), to_rider("r2", deliver_order{"a"}));
    CHECK(on_hand() == 1);
  }
  SUBCASE("brought back to the station, not to the roadside") {
    carry("r2", "o2");
    z.settle(to_order("a", cancel_order{"too late"}));
    CHECK(z.riders["r2"].route.front().at == metres(5, 5));
    z.settle(to_rider("r2", arrive_at_stop{"a"}), to_rider("r2", deliver_order{"a"}));
    CHECK(status_name(z.orders["a"]) == "returned");
    CHECK(on_hand() == 3);
  }
  SUBCASE("cancelled where it lies: somebody has to fetch it") {
    z.settle(to_order("a", cancel_order{"too late"}));
    CHECK(status_name(z.orders["a"]) == "cancelled");
    CHECK(on_hand() == 1);
  }
  CHECK(z.stations["s1"].reservations.empty());
}
