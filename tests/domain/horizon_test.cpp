#include "actors/domain/horizon/plan_search.hpp"
#include "tests/simulation/dice.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

/// The search for a plan, on problems of its own.
using namespace dispatch::domain::horizon;

namespace {

problem random_problem(std::uint64_t seed, std::size_t orders, std::size_t riders) {
  dispatch::testing::dice dice{seed};
  problem p;
  p.pick_up_service_s = 240.0;
  p.drop_off_service_s = 240.0;
  p.together_max = 3;
  const auto somewhere = [&] {
    p.places.push_back(
        {static_cast<double>(dice.pick(0, 6000)), static_cast<double>(dice.pick(0, 6000))});
    p.end_value_s.push_back(static_cast<double>(dice.pick(0, 300)));
    return p.places.size() - 1;
  };
  const std::vector<std::size_t> stations = {somewhere(), somewhere(), somewhere()};
  for (std::size_t i = 0; i < orders; ++i) {
    const auto placed_s = static_cast<double>(dice.pick(-1200, 0));
    p.orders.push_back({.pick_up = stations[static_cast<std::size_t>(dice.pick(0, 2))],
                        .drop_off = somewhere(),
                        .placed_s = placed_s,
                        .ready_s = placed_s + dice.pick(300, 1800)});
  }
  for (std::size_t i = 0; i < riders; ++i) {
    p.riders.push_back({.at = somewhere(),
                        .free_s = static_cast<double>(dice.pick(-60, 900)),
                        .off_s = static_cast<double>(dice.pick(900, 7200)),
                        .capacity = 3});
  }
  p.rider_weight = rider_weight_of(p);
  return p;
}

solution nothing_planned(const problem& p) {
  solution s;
  s.routes.resize(p.riders.size());
  s.unplaced.resize(p.orders.size());
  std::iota(s.unplaced.begin(), s.unplaced.end(), 0U);
  return s;
}

double cost_of(const problem& p, const solution& s) {
  auto sum = 0.0;
  for (const auto order : s.unplaced) {
    sum += unplaced_cost_of(p, order);
  }
  for (std::size_t rider = 0; rider < p.riders.size(); ++rider) {
    sum += cost_of(p, rider, s.routes[rider]);
  }
  return sum;
}

/// Each order exactly once, where it is collected, and no more together than may be.
bool is_whole(const problem& p, const solution& s) {
  std::vector<int> seen(p.orders.size(), 0);
  for (const auto order : s.unplaced) {
    ++seen[order];
  }
  auto fits = true;
  for (const auto& route : s.routes) {
    for (const auto& visit : std::span(route.visits).first(route.count)) {
      fits = fits && visit.count > 0 && visit.count <= p.together_max;
      for (const auto order : std::span(visit.orders).first(visit.count)) {
        ++seen[order];
        fits = fits && p.orders[order].pick_up == visit.place;
      }
    }
  }
  return fits && std::ranges::all_of(seen, [](int times) { return times == 1; });
}

/// All ways to put the orders from `next` on into the routes, one after the other.
void try_all(const problem& p, solution& s, std::uint32_t next, double& least) {
  if (next == p.orders.size()) {
    least = std::min(least, cost_of(p, s));
    return;
  }
  const auto put_into = [&](std::size_t rider, const route& with) {
    const auto before = s.routes[rider];
    s.routes[rider] = with;
    try_all(p, s, next + 1, least);
    s.routes[rider] = before;
  };
  s.unplaced.push_back(next);
  try_all(p, s, next + 1, least);
  s.unplaced.pop_back();
  for (std::size_t rider = 0; rider < p.riders.size(); ++rider) {
    const auto now = s.routes[rider];
    for (std::size_t v = 0; v <= now.count; ++v) {
      auto with = now;
      std::shift_right(with.visits.begin() + static_cast<std::ptrdiff_t>(v),
                       with.visits.begin() + static_cast<std::ptrdiff_t>(now.count + 1), 1);
      with.visits.at(v) = {p.orders[next].pick_up, 1, {next}};
      ++with.count;
      put_into(rider, with);
    }
    for (std::size_t v = 0; v < now.count; ++v) {
      const auto& visit = now.visits.at(v);
      if (visit.place != p.orders[next].pick_up || visit.count == p.together_max) {
        continue;
      }
      for (std::size_t i = 0; i <= visit.count; ++i) {
        auto with = now;
        auto& orders = with.visits.at(v).orders;
        std::shift_right(orders.begin() + static_cast<std::ptrdiff_t>(i),
                         orders.begin() + static_cast<std::ptrdiff_t>(visit.count + 1), 1);
        orders.at(i) = next;
        ++with.visits.at(v).count;
        put_into(rider, with);
      }
    }
  }
}

double least_cost(const problem& p) {
  solution s;
  s.routes.resize(p.riders.size());
  auto least = impossible_s;
  try_all(p, s, 0, least);
  return least;
}

} // namespace

TEST_CASE("horizon: small problems are solved as well as by trying everything") {
  auto total = 0.0;
  auto total_least = 0.0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    const auto p = random_problem(seed, 4, 2);
    auto s = nothing_planned(p);
    improve(p, s, {.seed = seed, .iterations_least = 100});
    CHECK(is_whole(p, s));
    const auto least = least_cost(p);
    CHECK(cost_of(p, s) >= least - 1e-6);
    total += cost_of(p, s);
    total_least += least;
  }
  CHECK(total <= total_least * 1.001);
}

TEST_CASE("horizon: a plan never gets worse, and the same chance gives the same plan") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    const auto p = random_problem(seed, 40, 8);
    auto s = nothing_planned(p);
    auto before = cost_of(p, s);
    for (std::uint64_t round = 1; round <= 5; ++round) {
      auto twin = s;
      improve(p, s, {.seed = round});
      improve(p, twin, {.seed = round});
      CHECK(is_whole(p, s));
      CHECK(cost_of(p, s) <= before + 1e-6);
      CHECK(cost_of(p, s) == cost_of(p, twin));
      before = cost_of(p, s);
    }
  }
}

TEST_CASE("horizon: who is on the way to a station collects there first, and may collect more") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    auto p = random_problem(seed, 12, 3);
    p.riders[1].anchored = true;
    p.riders[1].at = p.orders[0].pick_up;
    p.riders[1].off_s = 7200.0;
    p.orders[0].bound_to = 1;
    auto s = nothing_planned(p);
    std::erase(s.unplaced, 0U);
    s.routes[1].count = 1;
    s.routes[1].visits[0] = {p.orders[0].pick_up, 1, {0}};
    improve(p, s, {.seed = seed});
    CHECK(is_whole(p, s));
    const auto& first = s.routes[1].visits[0];
    const auto collected = std::span(first.orders).first(first.count);
    CHECK(std::ranges::find(collected, 0U) != collected.end());
  }
}

TEST_CASE("horizon: what nobody may have, or can have in time, stays unplaced") {
  auto p = random_problem(1, 6, 2);
  p.pair_s = [](std::size_t order, std::size_t) { return order == 3 ? impossible_s : 0.0; };
  auto s = nothing_planned(p);
  improve(p, s, {});
  CHECK(s.unplaced == std::vector<std::uint32_t>{3});
  for (auto& rider : p.riders) {
    rider.off_s = -1.0;
  }
  s = nothing_planned(p);
  improve(p, s, {});
  CHECK(s.unplaced.size() == 6);
}

TEST_CASE("horizon: of orders that ask for the same, the oldest is collected first") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    auto p = random_problem(seed, 6, 2);
    p.together_max = 1;
    p.riders[1].off_s = -1.0;
    p.riders[0].off_s = 3600.0;
    for (auto& order : p.orders) {
      order.pick_up = p.orders[0].pick_up;
      order.drop_off = p.orders[0].drop_off;
      order.ready_s = order.placed_s;
    }
    auto s = nothing_planned(p);
    improve(p, s, {.seed = seed});
    auto before_s = -impossible_s;
    for (const auto& visit : visits_of(s.routes[0])) {
      CHECK(p.orders[visit.orders[0]].placed_s >= before_s);
      before_s = p.orders[visit.orders[0]].placed_s;
    }
    for (const auto order : s.unplaced) {
      CHECK(p.orders[order].placed_s >= before_s);
    }
  }
}

TEST_CASE("horizon: a rider is dearer where riders are scarce") {
  auto p = random_problem(1, 4, 8);
  const auto idle = rider_weight_of(p);
  p.riders.resize(1);
  CHECK(rider_weight_of(p) > idle);
  p.riders.clear();
  CHECK(rider_weight_of(p) == p.judged_by.rider_most);
}
