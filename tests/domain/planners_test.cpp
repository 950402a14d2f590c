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

TEST_CASE("planners: every planner carries out an operator's assignment") {
  for (const auto* planner : {"greedy", "nearest"}) {
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
  CHECK(fault_of(planned_by("genius")) == "policy.planner: must be greedy or nearest, is genius");
  // A zone that has such a policy all the same goes on.
  city c{planned_by("genius")};
  see_two_orders(c);
  CHECK(to_line(c.match(dawn)) == "old->behind new->between");
}
