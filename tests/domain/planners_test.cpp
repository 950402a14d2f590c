#include "actors/domain/matching/matching.hpp"
#include "actors/domain/planning/planner.hpp"
#include "tests/domain/city.hpp"

#include <doctest/doctest.h>

/// The seam between the board and who decides: another planner on the same live path.
using namespace dispatch;
using namespace dispatch::domain;

namespace {

policy planned_by(const std::string& planner, std::uint32_t version = 1) {
  policy p;
  p.planner = planner;
  p.version = version;
  return p;
}

/// An old order and a new order. One rider is between both, and one is behind the old order: the
/// least sum of ways gives the new order to the rider between.
void see_two_orders(city& c) {
  c.see("old", waiting_order(metres(0, 0), dawn - 1s));
  c.see("new", waiting_order(metres(2000, 0)));
  c.see("between", idle_rider(metres(500, 0)));
  c.see("behind", idle_rider(metres(-1000, 0)));
}

} // namespace

TEST_CASE("planners: nearest gives each order to the free rider who is there first") {
  city least_sum{planned_by("greedy")};
  see_two_orders(least_sum);
  CHECK(to_line(least_sum.match(dawn)) == "old->behind new->between");
  city oldest_first{planned_by("nearest")};
  see_two_orders(oldest_first);
  CHECK(to_line(oldest_first.match(dawn)) == "old->between new->behind");
}

TEST_CASE("planners: nearest goes by time, not by distance") {
  city c{planned_by("nearest")};
  auto walker = idle_rider(metres(100, 0));
  walker->vehicle = vehicle::walking;
  auto driver = idle_rider(metres(300, 0));
  driver->vehicle = vehicle::motorcycle;
  c.see("a", waiting_order(metres(0, 0)));
  c.see("walker", walker);
  c.see("driver", driver);
  CHECK(to_line(c.match(dawn)) == "a->driver");
}

TEST_CASE("planners: nearest asks nobody who has work, and says that the order waits for riders") {
  city c{planned_by("nearest")};
  auto busy = idle_rider(metres(100, 0));
  busy->route = route_of("-x");
  c.see("a", waiting_order(metres(0, 0)));
  c.see("busy", busy);
  const auto made = c.match(dawn);
  CHECK(made.proposals.empty());
  REQUIRE(made.decisions.size() == 1);
  CHECK(made.decisions.front().waiting == waiting_reason::riders_busy);
  CHECK(to_line([&] {
          c.see("free", idle_rider(metres(900, 0)));
          return c.match(dawn + 1s);
        }()) == "a->free");
}

TEST_CASE("planners: horizon asks a rider when it is time to set out, and not before") {
  city c{planned_by("horizon")};
  auto later = waiting_order(metres(0, 0));
  later->details.ready_at = dawn + 600s;
  c.see("a", later);
  c.see("r", idle_rider(metres(1000, 0)));
  const auto made = c.match(dawn);
  CHECK(made.proposals.empty());
  REQUIRE(made.decisions.size() == 1);
  CHECK(made.decisions.front().waiting == waiting_reason::planned);
  // 186 s to ride, 60 s at the station before the order is taken, 30 s to answer.
  auto now = dawn;
  while (now < dawn + 600s && c.match(now).proposals.empty()) {
    c.see("r", idle_rider(metres(1000, 0), now));
    now += 1s;
  }
  CHECK(now >= dawn + 600s - 186s - 60s - 32s);
  CHECK(now <= dawn + 600s - 186s - 60s - 28s);
}

TEST_CASE("planners: horizon gives an order that is planned to a rider who suits better") {
  city c{planned_by("horizon")};
  auto later = waiting_order(metres(0, 0));
  later->details.ready_at = dawn + 900s;
  c.see("a", later);
  c.see("far", idle_rider(metres(3000, 0)));
  CHECK(c.match(dawn).proposals.empty());
  c.see("near", idle_rider(metres(100, 0), dawn + 700s));
  c.see("far", idle_rider(metres(3000, 0), dawn + 700s));
  CHECK(c.match(dawn + 300s).proposals.empty()); // The far one would have been asked by now.
  CHECK(to_line(c.match(dawn + 800s)) == "a->near");
}

TEST_CASE("planners: horizon collects orders of one station together, where the policy allows it") {
  auto p = planned_by("horizon");
  const auto asked_of_one = [&] {
    city c{p};
    c.see("a", waiting_order(metres(0, 0)));
    c.see("b", waiting_order(metres(0, 0)));
    c.see("r", idle_rider(metres(100, 0)));
    return to_line(c.match(dawn)).size();
  };
  CHECK(asked_of_one() == std::string{"a->r"}.size());
  p.bundle_orders_max = 2;
  CHECK(asked_of_one() == std::string{"a->r b->r"}.size());
}

TEST_CASE("planners: horizon asks a rider who goes to a station for one order more") {
  auto p = planned_by("horizon");
  p.bundle_orders_max = 3;
  city c{p};
  auto first = waiting_order(metres(0, 0));
  first->status = order_status::assigned;
  first->rider = "r";
  auto rider = idle_rider(metres(100, 0));
  rider->route = {pick_up_stop("a", *first), drop_off_stop("a", *first)};
  rider->frozen = 1;
  rider->arrived = true;
  c.see("a", first);
  c.see("r", rider);
  c.see("b", waiting_order(metres(0, 0)));
  CHECK(c.match(dawn).proposals.empty()); // The rider is there for a while.
  const auto made = c.match(dawn + 60s);
  REQUIRE(to_line(made) == "b->r");
  const auto& route = made.proposals.front().offer.route;
  REQUIRE(route.size() == 4);
  CHECK(route[0] == rider->route.front());
  CHECK(route[1] == pick_up_stop("b", *waiting_order(metres(0, 0))));
}

TEST_CASE("planners: horizon never asks again who has declined") {
  city c{planned_by("horizon")};
  auto declined = waiting_order(metres(0, 0));
  declined->passed = {"r"};
  c.see("a", declined);
  c.see("r", idle_rider(metres(100, 0)));
  const auto made = c.match(dawn);
  CHECK(made.proposals.empty());
  REQUIRE(made.decisions.size() == 1);
  CHECK(made.decisions.front().waiting == waiting_reason::all_riders_gated);
}

TEST_CASE("planners: every planner carries out an operator's assignment") {
  for (const auto* planner : {"greedy", "horizon", "nearest"}) {
    CAPTURE(planner);
    city c{planned_by(planner)};
    auto wished = waiting_order(metres(0, 0));
    wished->requested_rider = "far";
    c.see("a", wished);
    c.see("near", idle_rider(metres(10, 0)));
    c.see("far", idle_rider(metres(4000, 0)));
    CHECK(to_line(c.match(dawn)) == "a=>far");
  }
}

TEST_CASE("planners: another planner is in force from the commit of its policy on") {
  city c{planned_by("greedy")};
  see_two_orders(c);
  c.see_policy(planned_by("nearest", 2));
  CHECK(to_line(c.match(dawn)) == "old->behind new->between");
  see_two_orders(c);
  CHECK(to_line(c.match(dawn + 1s)) == "old->between new->behind");
}

TEST_CASE("planners: an unknown planner is a fault that names the key, the rule and the value") {
  CHECK_FALSE(fault_of(planned_by("greedy")));
  CHECK_FALSE(fault_of(planned_by("nearest")));
  CHECK(fault_of(planned_by("genius")) ==
        "policy.planner: must be greedy, horizon or nearest, is genius");
  // A zone that has such a policy all the same goes on.
  city c{planned_by("genius")};
  see_two_orders(c);
  CHECK(to_line(c.match(dawn)) == "old->behind new->between");
}
