#include "messages/limits.hpp"
#include "tests/domain/city.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

const auto here = metres(0, 0);
const auto near_by = metres(300, 0);

policy with_rules(std::vector<policy_rule> rules) {
  policy p;
  p.version = 4;
  p.rules = std::move(rules);
  return p;
}

policy_rule forbids(std::string name, std::string when) {
  return {
      .name = std::move(name), .when = std::move(when), .forbid = true, .cost_s = {}, .group = {}};
}

policy_rule costs(std::string name, std::string when, std::string cost_s) {
  return {
      .name = std::move(name), .when = std::move(when), .cost_s = std::move(cost_s), .group = {}};
}

const decision& decision_of(const plan& p, const std::string& order) {
  const auto d = std::ranges::find(p.decisions, order, &decision::order);
  REQUIRE(d != p.decisions.end());
  return *d;
}

std::shared_ptr<order> order_of_station(const std::string& station, place pick_up,
                                        double metres_to_door) {
  auto o = waiting_order(pick_up);
  o->details.station = station;
  o->details.drop_off = {pick_up.latitude + metres_to_door / 111'195.0, pick_up.longitude};
  return o;
}

} // namespace

TEST_CASE("rules: hazardous goods are not dispatched from 22:00 to 06:00") {
  // The station of the hazardous goods stands for what the order needs.
  city c(with_rules(
      {forbids("hazard-night", "station_is(\"gas\") && (local_hour >= 22 || local_hour < 6)")}));
  const auto midnight = std::chrono::floor<std::chrono::days>(dawn) + std::chrono::days{1};
  const auto ten_pm = midnight - 2h;
  auto gas = waiting_order(here, ten_pm);
  gas->details.station = "gas";
  c.see("gas", gas);
  c.see("meal", waiting_order(here, ten_pm));
  c.see("r1", idle_rider(near_by, ten_pm));
  c.see("r2", idle_rider(near_by, ten_pm));
  const auto p = c.match(ten_pm);
  CHECK(to_line(p) == "meal->r1");
  const auto& held = decision_of(p, "gas");
  CHECK(held.waiting == waiting_reason::rule);
  CHECK(held.rules == std::vector<std::string>{"hazard-night"});
  CHECK(held.policy_version == 4);
  auto taken = waiting_order(here, ten_pm);
  taken->status = order_status::offered;
  c.see("meal", taken);
  SUBCASE("until six, when it is looked at without anybody saying so") {
    c.see("r2", idle_rider(near_by, midnight + 6h));
    CHECK(to_line(c.match(midnight + 6h - 1s)).empty());
    CHECK(c.desk.next_due() <= midnight + 6h + 1min);
    CHECK(to_line(c.match(*c.desk.next_due())) == "gas->r2");
  }
  SUBCASE("by the clock on the wall there, not by UTC") {
    c.see("r2", idle_rider(near_by, midnight + 1h));
    CHECK(to_line(c.match(midnight + 2h, 1 << 19, -3h)).empty()); // 23:00 there
    c.see("r2", idle_rider(near_by, midnight + 4h));
    CHECK(to_line(c.match(midnight + 4h, 1 << 19, 3h)) == "gas->r2"); // 07:00 there
  }
}

TEST_CASE("rules: stations within 3 km are preferred") {
  const auto first_served = [](std::vector<policy_rule> rules) {
    city c(with_rules(std::move(rules)));
    c.see("far", order_of_station("s1", metres(250, 0), 6000));
    c.see("near", order_of_station("s2", metres(0, 0), 2500));
    c.see("r1", idle_rider(metres(300, 0)));
    return to_line(c.match(dawn));
  };
  CHECK(first_served({}) == "far->r1");
  CHECK(first_served({costs("near-first", "station_distance_m <= 3000", "-600")}) == "near->r1");
}

TEST_CASE("rules: the distance of a station is not that of where a rider broke down") {
  city c(with_rules({forbids("no-walks", "station_distance_m < 500")}));
  auto stranded = waiting_order(here);
  stranded->stranded_with = "r9";
  stranded->belongs_at = here;
  stranded->details.pick_up = metres(900, 0);
  stranded->details.drop_off = metres(1000, 0);
  c.see("a", stranded);
  c.see("r1", idle_rider(metres(800, 0)));
  CHECK(to_line(c.match(dawn)) == "a->r1");
}

TEST_CASE("rules: an order that has waited 10 minutes counts more") {
  const auto served = [](std::vector<policy_rule> rules, timestamp now) {
    auto with = with_rules(std::move(rules));
    with.age_weight = 0.0;
    city c(std::move(with));
    c.see("old", waiting_order(metres(900, 0), dawn));
    c.see("new", waiting_order(metres(0, 0), now));
    c.see("r1", idle_rider(metres(100, 0), now));
    return c.match(now);
  };
  const policy_rule boost{
      .name = "boost", .when = "order_waited_min > 10", .cost_s = {}, .weight = 2.0, .group = {}};
  CHECK(to_line(served({}, dawn + 11min)) == "new->r1");
  CHECK(to_line(served({boost}, dawn + 9min)) == "new->r1");
  const auto p = served({boost}, dawn + 11min);
  CHECK(to_line(p) == "old->r1");
  const auto& d = decision_of(p, "old");
  CHECK(d.rules == std::vector<std::string>{"boost"});
  const auto& terms = d.candidates.at(0);
  CHECK(terms.rules_cost_s == doctest::Approx(2.0 * terms.order_wait_s));
}

TEST_CASE("rules: a rider whom a rule forbids is passed over, with its name") {
  city c(with_rules({forbids("no-cars", "vehicle_is(\"car\")"),
                     costs("full", "rider_orders > 0", "rider_orders * 100")}));
  c.see("a", waiting_order(here));
  auto car = idle_rider(here);
  car->vehicle = vehicle::car;
  auto busy = idle_rider(near_by);
  busy->capacity = 5;
  busy->route = {pick_up_of("x", near_by), drop_off_of("x", near_by)};
  busy->frozen = 1;
  c.see("r1", car);
  c.see("r2", idle_rider(metres(900, 0)));
  c.see("r3", busy);
  const auto p = c.match(dawn);
  const auto& d = decision_of(p, "a");
  CHECK(d.gated == std::vector<gated_rider>{{"r1", gate::rule, "no-cars"}});
  CHECK(d.counts == std::vector<gate_count>{{gate::rule, 1}});
  const auto of_busy = std::ranges::find(d.candidates, "r3", &candidate::rider);
  REQUIRE(of_busy != d.candidates.end());
  CHECK(of_busy->rules_cost_s == 100.0);
  CHECK(of_busy->rules == std::vector<std::string>{"full"});
  CHECK(d.rules.empty());
}

TEST_CASE("rules: one that comes to no number is skipped, told and counted") {
  city c(with_rules({forbids("odd", "1 / rider_orders > 0")}));
  c.see("a", waiting_order(here));
  c.see("r1", idle_rider(near_by));
  const auto p = c.match(dawn);
  CHECK(to_line(p) == "a->r1");
  CHECK(p.failed_rules == 1);
  CHECK(decision_of(p, "a").failed_rules == std::vector<std::string>{"odd"});
}

TEST_CASE("rules: an operator's wish is above them") {
  city c(with_rules({forbids("never", "1")}));
  auto o = waiting_order(here);
  o->requested_rider = "r1";
  c.see("a", o);
  c.see("r1", idle_rider(near_by));
  CHECK(to_line(c.match(dawn)) == "a=>r1");
}

TEST_CASE("dispatcher: another policy is in force from the next turn on, for all who wait") {
  city c;
  c.see("a", waiting_order(here));
  c.see("r1", idle_rider(near_by));
  auto next = with_rules({forbids("never", "1")});
  SUBCASE("the turn that makes it true still has the one before") {
    c.see_policy(next);
    const auto p = c.match(dawn);
    CHECK(to_line(p) == "a->r1");
    CHECK(decision_of(p, "a").policy_version == 1);
    c.see("a", waiting_order(here));
    CHECK(decision_of(c.match(dawn + 1s), "a").waiting == waiting_reason::rule);
  }
  SUBCASE("orders that nothing has happened to are looked at again") {
    c.see("r1", idle_rider(metres(40'000, 0)));
    CHECK(decision_of(c.match(dawn), "a").waiting == waiting_reason::no_rider_in_reach);
    CHECK(*c.desk.next_due() == dawn + 1min);
    next = {};
    next.version = 2;
    next.radius_m = next.radius_max_m = 60'000;
    c.see_policy(next);
    c.desk.commit();
    CHECK(*c.desk.next_due() == dawn + 1s);
    c.see("r1", idle_rider(metres(40'000, 0)));
    CHECK(to_line(c.match(dawn + 1s)) == "a->r1");
  }
  SUBCASE("what is rolled back never was") {
    c.desk.commit();
    c.see_policy(next);
    c.desk.roll_back();
    CHECK(to_line(c.match(dawn)) == "a->r1");
    c.see("a", waiting_order(here));
    CHECK(to_line(c.match(dawn + 1s)) == "a->r1");
  }
}
