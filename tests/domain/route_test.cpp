#include "actors/domain/geohash.hpp"
#include "actors/domain/route.hpp"
#include "tests/domain/scenario.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

/// Written as a story of the ride, and not as the product computes it.
struct ride {
  double hand_overs_s = 0.0; ///< sum over the drop-offs of others
  double own_s = 0.0;        ///< of order "new"
  bool possible = true;
};

ride drive(const rider& who, const std::vector<stop>& route, const policy& policy, timestamp now) {
  ride result;
  std::map<std::string, std::uint32_t> on_board;
  for (const auto& s : who.route) {
    if (s.kind == stop_kind::drop_off && !has_stop(who.route, stop_kind::pick_up, s.order)) {
      on_board[s.order] = s.load;
    }
  }
  const auto speed = policy.speed_m_per_s[static_cast<std::size_t>(who.vehicle) - 1];
  auto here = who.at;
  auto clock_s = 0.0;
  for (std::size_t i = 0; i < route.size(); ++i) {
    const auto& s = route[i];
    if (i > 0 || !who.arrived) {
      clock_s += distance_m(here, s.at) * policy.detour_factor / speed;
    }
    here = s.at;
    if (s.kind == stop_kind::pick_up) {
      const auto ready_s = std::chrono::duration<double>(s.not_before - now).count();
      clock_s = clock_s < ready_s ? ready_s : clock_s;
      clock_s += static_cast<double>(policy.pick_up_service.count());
      on_board[s.order] = s.load;
    } else {
      clock_s += static_cast<double>(policy.drop_off_service.count());
      on_board.erase(s.order);
      (s.order == "new" ? result.own_s : result.hand_overs_s) += clock_s;
    }
    const auto load = std::accumulate(on_board.begin(), on_board.end(), 0U,
                                      [](auto sum, const auto& one) { return sum + one.second; });
    result.possible = result.possible && load <= who.capacity;
  }
  return result;
}

/// The least cost over all ways to mix the two stops into the route, found by trying all orders of
/// all stops and keeping those which leave the others as they were.
double brute_force_cost_s(const rider& who, const stop& pick_up, const stop& drop_off,
                          const policy& policy, timestamp now) {
  auto stops = who.route;
  stops.push_back(pick_up);
  stops.push_back(drop_off);
  std::vector<std::size_t> sequence(stops.size());
  std::iota(sequence.begin(), sequence.end(), 0);
  const auto before = drive(who, who.route, policy, now).hand_overs_s;
  auto least = std::numeric_limits<double>::infinity();
  do {
    std::vector<stop> route;
    for (const auto i : sequence) {
      route.push_back(stops[i]);
    }
    auto others = route;
    std::erase_if(others, [](const stop& s) { return s.order == "new"; });
    const auto frozen = static_cast<std::ptrdiff_t>(who.frozen);
    if (others != who.route || !std::equal(route.begin(), route.begin() + frozen, who.route.begin(),
                                           who.route.begin() + frozen)) {
      continue;
    }
    const auto first = std::ranges::find(route, "new", &stop::order);
    if (first->kind != stop_kind::pick_up) {
      continue;
    }
    const auto result = drive(who, route, policy, now);
    if (result.possible) {
      least = std::min(least, result.hand_overs_s - before + result.own_s);
    }
  } while (std::next_permutation(sequence.begin(), sequence.end()));
  return least;
}

template <class Random> rider random_rider(Random& random) {
  const auto anywhere = [&] {
    return metres(static_cast<double>(random() % 5000), static_cast<double>(random() % 5000));
  };
  rider who;
  who.known = who.on_shift = true;
  who.vehicle = static_cast<vehicle>(1 + random() % 4);
  who.capacity = 1 + static_cast<std::uint32_t>(random() % 4);
  who.at = anywhere();
  for (const auto* id : {"a", "b"}) {
    const auto load = 1 + static_cast<std::uint32_t>(random() % 2);
    auto route = who.route;
    const auto at = [&](std::size_t i) { return route.begin() + static_cast<std::ptrdiff_t>(i); };
    const auto to = random() % (route.size() + 1);
    route.insert(at(to), drop_off_of(id, anywhere(), load));
    if (random() % 3 != 0) {
      const auto ready = dawn + 1s * (random() % 1800);
      route.insert(at(random() % (to + 1)), pick_up_of(id, anywhere(), load, ready));
    }
    if (random() % 4 != 0 && peak_load(route) <= who.capacity) {
      who.route = route;
    }
  }
  who.frozen = who.route.empty() ? 0 : 1;
  who.arrived = !who.route.empty() && random() % 3 == 0;
  if (who.arrived) {
    who.at = who.route.front().at;
  }
  return who;
}

} // namespace

TEST_CASE("route: load on board and at its highest point") {
  CHECK(peak_load({}) == 0);
  CHECK(load_on_board(route_of("-a +b -b")) == 1);
  CHECK(peak_load(route_of("-a +b -b")) == 1);
  CHECK(peak_load(route_of("+a -a +b -b")) == 1);
  CHECK(peak_load(route_of("+a +b -a +c -c -b")) == 2);
  CHECK(peak_load(route_of("-a +b +c -b -c -d")) == 3);
  CHECK(orders_on(route_of("-a +b -b")) == 2);
}

TEST_CASE("route: departures, by hand") {
  policy policy;
  policy.detour_factor = 2.0;
  policy.speed_m_per_s = {1.0, 4.0, 10.0, 20.0};
  policy.pick_up_service = 60s;
  policy.drop_off_service = 30s;
  const std::vector<stop> route{pick_up_of("a", metres(1000, 0), 1, dawn + 500s),
                                drop_off_of("a", metres(1000, 2000))};
  const auto check = [&](const std::vector<double>& found, double first, double second) {
    REQUIRE(found.size() == 2);
    CHECK(found[0] == doctest::Approx(first).epsilon(0.001));
    CHECK(found[1] == doctest::Approx(second).epsilon(0.001));
  };
  // 1,000 m there, twice as long by road, at 10 m/s: 200 s; ready at 500 s; 60 s of service. Then
  // 2,000 m: 400 s, and 30 s of service.
  const auto ride = vehicle::motorcycle;
  check(departures_s(route, metres(0, 0), false, ride, dawn, policy), 560, 990);
  check(departures_s(route, metres(0, 0), false, ride, dawn + 400s, policy), 260, 690);
  check(departures_s(route, metres(0, 0), true, ride, dawn + 500s, policy), 60, 490);
  check(departures_s(route, metres(0, 0), false, vehicle::walking, dawn, policy), 2060, 6090);
}

TEST_CASE("route: the cheapest insertion is the cheapest of all") {
  const policy policy;
  std::mt19937 random(7);
  int possible = 0;
  for (int i = 0; i < 1'000; ++i) {
    CAPTURE(i);
    const auto who = random_rider(random);
    const auto load = 1 + static_cast<std::uint32_t>(random() % 2);
    const auto pick_up = pick_up_of("new", metres(static_cast<double>(random() % 5000), 0), load,
                                    dawn + 1s * (random() % 1800));
    const auto drop_off = drop_off_of("new", metres(0, static_cast<double>(random() % 5000)), load);
    const auto now = dawn + 5min;
    const auto found = cheapest_insertion(who, pick_up, drop_off, now, policy);
    const auto least = brute_force_cost_s(who, pick_up, drop_off, policy, now);
    REQUIRE(found.possible == std::isfinite(least));
    if (!found.possible) {
      continue;
    }
    ++possible;
    const auto ride = drive(who, found.route, policy, now);
    const auto before = drive(who, who.route, policy, now).hand_overs_s;
    REQUIRE(ride.possible);
    REQUIRE(found.cost_s == doctest::Approx(least));
    REQUIRE(found.drop_off_s == doctest::Approx(ride.own_s));
    REQUIRE(found.delay_s == doctest::Approx(ride.hand_overs_s - before));
    const auto at = std::ranges::find(found.route, pick_up);
    REQUIRE(at != found.route.end());
    REQUIRE(found.arrival_s <= found.drop_off_s);
  }
  CHECK(possible > 700);
  CHECK(possible < 1'000);
}

TEST_CASE("route: the stop that the rider is heading for stays first") {
  rider who;
  who.capacity = 3;
  who.vehicle = vehicle::car;
  who.at = metres(0, 0);
  who.route = {pick_up_of("a", metres(3000, 0)), drop_off_of("a", metres(4000, 0))};
  const auto pick_up = pick_up_of("b", metres(10, 0));
  const auto drop_off = drop_off_of("b", metres(20, 0));
  CHECK(to_line(cheapest_insertion(who, pick_up, drop_off, dawn, policy{}).route) == "+b -b +a -a");
  who.frozen = 1;
  CHECK(to_line(cheapest_insertion(who, pick_up, drop_off, dawn, policy{}).route) == "+a -a +b -b");
}

TEST_CASE("route: where the capacity is exceeded everywhere, nothing is possible") {
  rider who;
  who.capacity = 1;
  CHECK_FALSE(cheapest_insertion(who, pick_up_of("b", metres(0, 0), 2),
                                 drop_off_of("b", metres(9, 0), 2), dawn, policy{})
                  .possible);
}
