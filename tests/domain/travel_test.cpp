#include "actors/domain/geohash.hpp"
#include "actors/domain/travel.hpp"
#include "messages/limits.hpp"
#include "tests/domain/city.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

const auto here = metres(0, 0);
const auto near_by = metres(300, 0);
const auto farther = metres(900, 0);

travel_leg leg(const place& from, const place& to, vehicle by = vehicle::motorcycle) {
  return {by, cell_of(from, limits::travel_cell_precision).bits,
          cell_of(to, limits::travel_cell_precision).bits};
}

policy routed() {
  policy p;
  p.routed = true;
  return p;
}

/// An engine to which everything takes `seconds`, but for ways that begin at `slow_from`: ten times
/// that.
std::vector<travel_answer> told(const std::vector<wanted_travel>& wanted, double seconds,
                                const place& slow_from) {
  std::vector<travel_answer> answers;
  for (const auto& one : wanted) {
    travel_answer said{one.order, {}};
    for (const auto& way : one.legs) {
      said.times.push_back({way, way.from == leg(slow_from, here).from ? 10 * seconds : seconds});
    }
    answers.push_back(std::move(said));
  }
  return answers;
}

/// An order, a rider near by, and one who is farther away.
city with_two_riders() {
  city c{routed()};
  c.see("a", waiting_order(here));
  c.see("r1", idle_rider(near_by));
  c.see("r2", idle_rider(farther));
  return c;
}

/// With which the order has been asked for.
city given_what_is_wanted() {
  auto c = with_two_riders();
  REQUIRE(to_line(c.match(dawn)).empty());
  REQUIRE(c.wanted.size() == 1);
  return c;
}

const candidate& about(const plan& p, const std::string& rider) {
  const auto& all = p.decisions.at(0).candidates;
  return *std::ranges::find(all, rider, &candidate::rider);
}

} // namespace

TEST_CASE("travel: the newest times are kept, at least half as many as fit") {
  known_travel known{100};
  for (std::uint64_t i = 0; i < 1000; ++i) {
    known.learn({{vehicle::car, i, i + 1}, static_cast<double>(i)});
    CHECK(known.size() <= 100);
    for (auto old = i < 49 ? 0 : i - 49; old <= i; ++old) {
      REQUIRE(known.find({vehicle::car, old, old + 1}) == static_cast<double>(old));
    }
  }
  CHECK_FALSE(known.find({vehicle::car, 0, 1}));
  CHECK_FALSE(known.find({vehicle::bicycle, 999, 1000}));
  CHECK_FALSE(known.find({vehicle::car, 1000, 999}));
  known.learn({{vehicle::car, 999, 1000}, 5.0});
  CHECK(known.find({vehicle::car, 999, 1000}) == 5.0);
}

TEST_CASE("travel: what the engine did not tell is estimated, remembered, and said") {
  const policy policy;
  known_travel known{100};
  known.learn({leg(here, near_by), 77.0});
  engine_times engine{known};
  const travel_model with{policy, &engine};
  const auto estimate_s = travel_s(near_by, here, vehicle::motorcycle, policy);
  CHECK(estimate_s == doctest::Approx(300 * 1.3 / 7.0).epsilon(0.001));

  engine.begin();
  CHECK(engine.used() == travel_source::estimate);
  CHECK(travel_s(here, near_by, vehicle::motorcycle, with) == 77.0);
  CHECK(travel_s(here, here, vehicle::car, with) == 0.0);
  CHECK(engine.used() == travel_source::engine);
  CHECK(engine.missing().empty());
  CHECK(travel_s(near_by, here, vehicle::motorcycle, with) == estimate_s);
  CHECK(engine.used() == travel_source::partly);
  engine.begin();
  CHECK(travel_s(near_by, here, vehicle::motorcycle, with) == estimate_s);
  CHECK(engine.used() == travel_source::estimate);
  CHECK(engine.missing() == std::vector{leg(near_by, here)});
}

TEST_CASE("travel: the engine's times decide, and the decision says so") {
  auto c = given_what_is_wanted();
  const auto& legs = c.wanted[0].legs;
  CHECK(c.wanted[0].order == "a");
  CHECK(std::ranges::is_sorted(legs));
  CHECK(std::ranges::count(legs, leg(near_by, here)) == 1);
  CHECK(std::ranges::count(legs, leg(farther, here)) == 1);
  CHECK_FALSE(c.desk.next_due());

  c.desk.learn(told(c.wanted, 60.0, near_by));
  CHECK(c.desk.commit().empty());
  const auto p = c.match(dawn + 1s);
  CHECK(to_line(p) == "a->r2");
  CHECK(about(p, "r2").travel_s == 60.0);
  CHECK(about(p, "r1").travel_s == 600.0);
  CHECK(about(p, "r1").travel == travel_source::engine);
  CHECK(about(p, "r2").travel == travel_source::engine);
}

TEST_CASE("travel: without an answer it is estimated, and the decision says so") {
  auto c = given_what_is_wanted();
  CHECK_FALSE(c.match(dawn + 1s).ran);
  c.desk.learn({{"a", {}}});
  CHECK(c.desk.commit().empty());
  const auto p = c.match(dawn + 2s);
  CHECK(to_line(p) == "a->r1");
  CHECK(about(p, "r1").travel == travel_source::estimate);
}

TEST_CASE("travel: a rider who moved after the question is estimated, and nothing waits again") {
  auto c = given_what_is_wanted();
  c.see("r1", idle_rider(metres(0, 400)));
  c.desk.learn(told(c.wanted, 60.0, near_by));
  CHECK(c.desk.commit().empty());
  const auto p = c.match(dawn + 1s);
  CHECK(about(p, "r1").travel == travel_source::partly); // The ride to the customer is known.
  CHECK(about(p, "r2").travel == travel_source::engine);
  CHECK(p.proposals.size() == 1);
}

TEST_CASE("travel: what is known is not asked for again") {
  auto c = given_what_is_wanted();
  c.desk.learn(told(c.wanted, 60.0, near_by));
  c.desk.commit();
  auto passed = waiting_order(here);
  passed->passed = {"r2"};
  c.see("a", passed);
  CHECK(c.desk.commit().empty());
  CHECK(to_line(c.match(dawn + 1s)) == "a->r1");
}

TEST_CASE("travel: each look at an order asks for what is new") {
  city c{routed()};
  c.see("a", waiting_order(here));
  c.match(dawn);
  CHECK(c.wanted.empty()); // Nobody is there.
  CHECK(c.match(dawn + 1s).decisions.at(0).waiting == waiting_reason::no_rider_in_reach);
  c.see("r1", idle_rider(near_by));
  c.match(dawn + 2s);
  REQUIRE(c.wanted.size() == 1);
  c.desk.learn(told(c.wanted, 60.0, here));
  c.desk.commit();
  CHECK(to_line(c.match(dawn + 3s)) == "a->r1");
}

TEST_CASE("travel: an operator's wish waits for nobody") {
  auto c = with_two_riders();
  auto wished = waiting_order(here);
  wished->requested_rider = "r2";
  c.see("a", wished);
  const auto p = c.match(dawn);
  CHECK(to_line(p) == "a=>r2");
  CHECK(about(p, "r2").travel == travel_source::estimate);
  CHECK(c.wanted.empty());
}

TEST_CASE("travel: what is taken back is wanted once more") {
  auto c = with_two_riders();
  c.desk.commit();
  c.desk.match({dawn, "f1", 512 * 1024});
  c.desk.roll_back();
  CHECK(to_line(c.match(dawn)).empty());
  REQUIRE(c.wanted.size() == 1);
  CHECK(c.wanted[0].order == "a");
  CHECK(c.desk.commit().empty());
}
