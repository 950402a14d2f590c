#include "actors/domain/matching/assignment.hpp"
#include "actors/domain/matching/matching.hpp"
#include "actors/domain/route.hpp"
#include "messages/limits.hpp"
#include "tests/domain/city.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

const auto here = metres(0, 0);

/// The gate of a rider after a change to what would pass.
template <class Change> std::string gate_after(Change change) {
  auto who = *idle_rider(here);
  auto what = *waiting_order(here);
  change(who, what);
  return std::string{to_string(gate_of({"r1", who}, what, dawn + 1min, {}))};
}

search_result search_among(const fleet& riders, const order& what, timestamp now,
                           const policy& policy) {
  rider_index index;
  for (const auto& [id, r] : riders) {
    index.put(id, r->at);
  }
  const rule_set compiled{policy.rules};
  return search({"a", what}, {riders, index, {}, compiled, policy, now, {}});
}

struct best_sum {
  std::size_t served = 0;
  double cost_s = 0.0;
};

/// Of all ways to give riders to orders: as many as can be, then the least cost.
best_sum exhaustive(const std::vector<search_result>& searches, std::size_t i,
                    std::set<std::string>& taken) {
  if (i == searches.size()) {
    return {};
  }
  auto best = exhaustive(searches, i + 1, taken);
  for (const auto& c : searches[i].candidates) {
    if (!taken.insert(c.terms.rider).second) {
      continue;
    }
    auto with = exhaustive(searches, i + 1, taken);
    taken.erase(c.terms.rider);
    with = {with.served + 1, with.cost_s + c.terms.cost_s};
    if (with.served > best.served || (with.served == best.served && with.cost_s < best.cost_s)) {
      best = with;
    }
  }
  return best;
}

} // namespace

TEST_CASE("matching: every gate has its reason") {
  CHECK(gate_after([](rider&, order&) {}) == "none");
  CHECK(gate_after([](rider& r, order&) { r.on_shift = false; }) == "off_shift");
  CHECK(gate_after([](rider& r, order&) { r.open_offer = offer{}; }) == "has_offer");
  CHECK(gate_after([](rider& r, order&) { r.at_time = dawn - 121s; }) == "stale_position");
  CHECK(gate_after([](rider& r, order&) { r.at_time = dawn - 120s; }) == "none");
  CHECK(gate_after([](rider&, order& o) { o.details.vehicles = {vehicle::car}; }) == "vehicle");
  CHECK(gate_after([](rider&, order& o) {
          o.details.vehicles = {vehicle::car, vehicle::motorcycle};
        }) == "none");
  CHECK(gate_after([](rider& r, order&) { r.on_break = pause_note{}; }) == "on_break");
  CHECK(gate_after([](rider&, order& o) { o.details.skills = {"hazardous"}; }) == "skill");
  CHECK(gate_after([](rider& r, order& o) {
          o.details.skills = {"hazardous", "heavy"};
          r.skills = {"heavy"};
        }) == "skill");
  CHECK(gate_after([](rider& r, order& o) {
          o.details.skills = {"hazardous", "heavy"};
          r.skills = {"heavy", "swift", "hazardous"};
        }) == "none");
  CHECK(gate_after([](rider&, order& o) { o.details.load = 3; }) == "capacity");
  CHECK(gate_after([](rider&, order& o) { o.details.load = 2; }) == "none");
  CHECK(gate_after([](rider& r, order&) { r.route = route_of("-a -b -c"); }) == "route_full");
  CHECK(gate_after([](rider& r, order&) { r.route = route_of("-a +b -b"); }) == "none");
  CHECK(gate_after([](rider&, order& o) { o.passed = {"r2", "r1"}; }) == "passed_before");
  CHECK(gate_after([](rider&, order& o) { o.passed = {"r2"}; }) == "none");
}

TEST_CASE("matching: the radius grows while an order waits, up to a limit") {
  policy policy;
  policy.radius_m = 1000;
  policy.radius_growth_m_per_min = 100;
  policy.radius_max_m = 1500;
  policy.dispatch_ahead = 10min;
  auto o = *waiting_order(here);
  CHECK(search_radius_m(o, dawn, policy) == doctest::Approx(1000));
  CHECK(search_radius_m(o, dawn + 90s, policy) == doctest::Approx(1150));
  CHECK(search_radius_m(o, dawn + 1h, policy) == doctest::Approx(1500));
  // For an order of later the waiting begins when riders are first looked for.
  o.details.ready_at = dawn + 30min;
  CHECK(search_radius_m(o, dawn + 20min, policy) == doctest::Approx(1000));
  CHECK(search_radius_m(o, dawn + 22min, policy) == doctest::Approx(1200));
}

TEST_CASE("matching: the terms of the cost, by hand") {
  policy policy;
  policy.detour_factor = 1.0;
  policy.speed_m_per_s = {1, 1, 10, 10};
  policy.order_wait_weight = 2.0;
  policy.rider_wait_weight = 0.5;
  policy.detour_weight = 3.0;
  const auto r = idle_rider(metres(-1000, 0));
  auto o = *waiting_order(here);
  o.details.drop_off = metres(2000, 0);
  const auto terms = [&](timestamp ready) {
    o.details.ready_at = ready;
    const auto evaluated = evaluate({"r1", *r}, {"a", o}, dawn, policy);
    CHECK(evaluated.possible);
    CHECK(to_line(evaluated.candidate.route) == "+a -a");
    return evaluated.candidate.terms;
  };
  // 1,000 m at 10 m/s.
  const auto late_rider = terms(dawn + 40s);
  CHECK(late_rider.travel_s == doctest::Approx(100).epsilon(0.001));
  CHECK(late_rider.order_wait_s == doctest::Approx(60).epsilon(0.002));
  CHECK(late_rider.rider_wait_s == 0.0);
  CHECK(late_rider.detour_s == doctest::Approx(0).epsilon(0.001));
  CHECK(late_rider.distance_m == doctest::Approx(1000).epsilon(0.001));
  CHECK(late_rider.cost_s == doctest::Approx(100 + 2 * 60).epsilon(0.002));
  const auto early_rider = terms(dawn + 160s);
  CHECK(early_rider.order_wait_s == 0.0);
  CHECK(early_rider.rider_wait_s == doctest::Approx(60).epsilon(0.002));
  CHECK(early_rider.cost_s == doctest::Approx(100 + 0.5 * 60).epsilon(0.002));
  // What has been ready for long waits from now on.
  const auto long_ready = terms(dawn - 1h);
  CHECK(long_ready.order_wait_s == long_ready.travel_s);
}

TEST_CASE("matching: what an order left out costs grows with its priority and with its rules") {
  const auto weight_of = [](std::uint32_t priority, std::vector<policy_rule> rules) {
    policy with;
    with.rules = std::move(rules);
    auto o = *waiting_order(here);
    o.details.priority = priority;
    return search_among({}, o, dawn, with).weight;
  };
  const policy_rule doubles{
      .name = "double", .when = "1", .cost_s = {}, .weight = 2.0, .group = {}};
  CHECK(weight_of(0, {}) == 1.0);
  CHECK(weight_of(2, {}) == 3.0);
  CHECK(weight_of(0, {doubles}) == 2.0);
  CHECK(weight_of(2, {doubles}) == 6.0);
}

TEST_CASE("matching: the cost is the weighted sum of its terms, the detour what others lose") {
  const policy policy;
  std::mt19937 random(11);
  for (int i = 0; i < 300; ++i) {
    auto who = *idle_rider(somewhere(random, 5000));
    const auto to = somewhere(random, 5000);
    who.route = {pick_up_of("x", somewhere(random, 5000)), drop_off_of("x", to)};
    who.frozen = 1;
    auto what = *waiting_order(somewhere(random, 5000));
    what.details.ready_at = dawn + 1s * (random() % 1200);
    const auto found = evaluate({"r1", who}, {"a", what}, dawn, policy);
    REQUIRE(found.possible);
    const auto& t = found.candidate.terms;
    REQUIRE(t.cost_s == doctest::Approx(t.travel_s + policy.order_wait_weight * t.order_wait_s +
                                        policy.rider_wait_weight * t.rider_wait_s +
                                        policy.detour_weight * t.detour_s));
    REQUIRE((t.order_wait_s == 0.0 || t.rider_wait_s == 0.0));
    const auto leaves =
        departures_s(found.candidate.route, who.at, false, who.vehicle, dawn, policy);
    const auto alone = departures_s(who.route, who.at, false, who.vehicle, dawn, policy);
    const auto& route = found.candidate.route;
    const auto when = [&](const std::string& id) {
      const auto at = std::ranges::find_if(
          route, [&](const stop& s) { return s.order == id && s.kind == stop_kind::drop_off; });
      return leaves[static_cast<std::size_t>(at - route.begin())];
    };
    const auto pick_up = std::ranges::find(route, pick_up_stop("a", what));
    const auto direct = leaves[static_cast<std::size_t>(pick_up - route.begin())] +
                        travel_s(what.details.pick_up, what.details.drop_off, who.vehicle, policy) +
                        static_cast<double>(policy.drop_off_service.count());
    REQUIRE(t.detour_s == doctest::Approx(when("x") - alone.back() + when("a") - direct));
  }
}

TEST_CASE("matching: a search looks outward until enough riders pass, and keeps bounded evidence") {
  fleet riders;
  for (int i = 0; i < 400; ++i) {
    auto r = idle_rider(metres(10.0 * i, 0));
    r->at_time = i < 300 ? dawn - 1h : dawn;
    riders["r" + std::to_string(1000 + i)] = r;
  }
  const auto o = waiting_order(here);
  const auto found = search_among(riders, *o, dawn, {});
  CHECK(found.candidates.size() == limits::candidates_per_order);
  CHECK(found.in_reach == 300 + limits::candidates_per_order);
  CHECK(found.gated.size() == limits::gated_kept);
  CHECK(found.gated.front().rider == "r1000");
  CHECK(found.counts == std::map<gate, std::uint32_t>{{gate::stale_position, 300}});
  CHECK(found.candidates.front().terms.rider == "r1300");
  CHECK(std::ranges::is_sorted(found.candidates, {}, [](const auto& c) { return c.terms.cost_s; }));
}

TEST_CASE("matching: a rider with no room on the route is gated by capacity") {
  auto full = idle_rider(here);
  full->capacity = 1;
  full->route = {drop_off_of("x", metres(100, 0))};
  full->frozen = 1;
  auto o = waiting_order(here);
  // Behind the drop-off there is room.
  CHECK(search_among({{"r1", full}}, *o, dawn, {}).candidates.size() == 1);
  o->details.load = 2;
  CHECK(search_among({{"r1", full}}, *o, dawn, {}).counts.at(gate::capacity) == 1);
}

TEST_CASE("matching: nobody is asked for work that ends too long after the shift") {
  policy policy;
  policy.overtime = 600s;
  auto who = *idle_rider(here);
  who.route = {drop_off_of("x", metres(2000, 0))};
  who.frozen = 1;
  const auto what = waiting_order(metres(500, 0));
  const auto finish = [&] {
    const auto found = evaluate({"r1", who}, {"a", *what}, dawn, policy);
    return departures_s(found.candidate.route, who.at, false, who.vehicle, dawn, policy).back();
  }();
  const auto gate_if_shift_ends = [&](double after_s) {
    who.ends_at =
        dawn + std::chrono::duration_cast<duration>(std::chrono::duration<double>(after_s));
    const auto found = search_among({{"r1", std::make_shared<rider>(who)}}, *what, dawn, policy);
    return found.candidates.empty() ? std::string{to_string(found.counts.begin()->first)} : "none";
  };
  CHECK(gate_if_shift_ends(finish - 599) == "none");
  CHECK(gate_if_shift_ends(finish - 601) == "shift_ends");
  CHECK(gate_if_shift_ends(-7200) == "shift_ends");
  // An operator may ask for it.
  CHECK(evaluate({"r1", who}, {"a", *what}, dawn, policy).possible);
}

TEST_CASE("matching: behind a rider whose shift ends too early the search goes on") {
  auto going_home = idle_rider(here);
  going_home->ends_at = dawn - 2h;
  const fleet riders{{"r1", going_home}, {"r2", idle_rider(metres(500, 0))}};
  const auto found = search_among(riders, *waiting_order(here), dawn, {});
  CHECK(found.gated == std::vector<gated_rider>{{"r1", gate::shift_ends, ""}});
  REQUIRE(found.candidates.size() == 1);
  CHECK(found.candidates.front().terms.rider == "r2");
}

TEST_CASE("matching: the choice is the best of all choices") {
  std::mt19937 random(5);
  for (int i = 0; i < 400; ++i) {
    CAPTURE(i);
    fleet riders;
    for (std::uint64_t r = random() % 6; r > 0; --r) {
      riders["r" + std::to_string(r)] = idle_rider(somewhere(random, 12'000));
    }
    std::vector<search_result> searches;
    for (std::uint64_t o = random() % 6; o > 0; --o) {
      const auto what = waiting_order(somewhere(random, 12'000));
      searches.push_back(search_among(riders, *what, dawn, {}));
    }
    const auto chosen = choose(searches, 1.0);
    REQUIRE(chosen.size() == searches.size());
    std::set<std::string> taken;
    best_sum sum;
    for (std::size_t o = 0; o < chosen.size(); ++o) {
      if (chosen[o] != unassigned) {
        const auto& terms = searches[o].candidates.at(chosen[o]).terms;
        REQUIRE(taken.insert(terms.rider).second);
        sum = {sum.served + 1, sum.cost_s + terms.cost_s};
      }
    }
    taken.clear();
    const auto best = exhaustive(searches, 0, taken);
    REQUIRE(sum.served == best.served);
    // Costs are compared in milliseconds.
    REQUIRE(std::abs(sum.cost_s - best.cost_s) <= 0.001 * static_cast<double>(sum.served));
  }
}
