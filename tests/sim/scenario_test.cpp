#include "actors/domain/geohash.hpp"
#include "cmd/dispatch-sim/city/scenario.hpp"
#include "cmd/dispatch-sim/city/synthetic_city.hpp"
#include "cmd/dispatch-sim/zone_limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace dispatch::sim {

namespace {

using namespace std::chrono_literals;

std::vector<std::string> kept_at(double share, std::uint64_t seed) {
  scenario city = synthetic_city({.orders = 1, .riders = 1000, .stations = 1});
  thin_riders(city, share, seed);
  std::vector<std::string> ids;
  for (const auto& rider : city.riders) {
    ids.push_back(rider.id);
  }
  std::ranges::sort(ids);
  return ids;
}

} // namespace

TEST_CASE("thinning follows from the seed, and a larger share keeps who a smaller one keeps") {
  const auto some = kept_at(0.4, 1);
  CHECK(some.size() > 330);
  CHECK(some.size() < 470);
  CHECK(some == kept_at(0.4, 1));
  CHECK(some != kept_at(0.4, 2));
  const auto more = kept_at(0.7, 1);
  CHECK(std::ranges::includes(more, some));
  CHECK(kept_at(1.0, 1).size() == 1000);
}

TEST_CASE("a cut keeps the orders placed within, the riders on shift then, and their stations") {
  const auto at = [](duration since_midnight) { return scenario_day + since_midnight; };
  scenario city;
  city.stations = {{"s1", {1, 1}}, {"s2", {2, 2}}};
  for (const auto& [id, station, placed] :
       {std::tuple{"before", "s2", 11h + 59min}, std::tuple{"first", "s1", 12h + 0min},
        std::tuple{"end", "s2", 13h + 0min}}) {
    city.orders.push_back({id, station, {}, {}, at(placed), at(placed)});
  }
  city.riders = {{"gone", {}, {}, at(8h), at(12h)},
                 {"early", {}, {}, at(8h), at(12h + 1s)},
                 {"late", {}, {}, at(12h + 30min), at(20h)},
                 {"after", {}, {}, at(13h), at(20h)}};
  cut(city, 12h, 13h);

  REQUIRE(city.orders.size() == 1);
  CHECK(city.orders[0].id == "first");
  REQUIRE(city.riders.size() == 2);
  CHECK(city.riders[0].id == "early");
  CHECK(city.riders[0].on == at(12h));
  CHECK(city.riders[1].on == at(12h + 30min));
  REQUIRE(city.stations.size() == 1);
  CHECK(city.stations[0].id == "s1");
  CHECK(city.begins == at(12h));
}

TEST_CASE("for a zone in use, ids get a prefix and times move together") {
  auto city = synthetic_city({.orders = 5, .riders = 2, .stations = 2});
  const auto before = city;
  city.orders[0].late_until = before.orders[0].ready_at;
  city.wishes = {{before.begins, {entity_kind::order, "o1"}, order_command{assign_order{"r1"}}}};
  city.transfers = {{before.begins, "r1", 20min}};
  prefix_ids(city, "7-");
  shift(city, 1h);
  CHECK(city.begins == before.begins + 1h);
  CHECK(city.orders[0].id == "7-o1");
  CHECK(city.orders[0].station == "7-" + before.orders[0].station);
  CHECK(city.orders[0].ready_at == before.orders[0].ready_at + 1h);
  CHECK(city.riders[1].id == "7-r2");
  CHECK(city.riders[1].off == before.riders[1].off + 1h);
  CHECK(city.stations[0].id == "7-s1");
  CHECK(city.orders[0].late_until == before.orders[0].ready_at + 1h);
  CHECK(city.transfers[0] == planned_transfer{before.begins + 1h, "7-r1", 20min});
  const auto& wish = city.wishes[0];
  CHECK(wish.at == before.begins + 1h);
  CHECK(wish.target == entity_ref{entity_kind::order, "7-o1"});
  CHECK(std::get<assign_order>(std::get<order_command>(wish.command)).rider == "7-r1");
}

TEST_CASE("a synthetic city follows from its settings and is plausible") {
  const synthetic_settings settings{.orders = 500, .riders = 50, .stations = 20, .hours = 3.0};
  const auto city = synthetic_city(settings);
  CHECK(city.orders == synthetic_city(settings).orders);
  CHECK(city.riders == synthetic_city(settings).riders);
  auto other = settings;
  other.seed = 2;
  CHECK(city.orders != synthetic_city(other).orders);

  REQUIRE(city.orders.size() == 500);
  CHECK(city.riders.size() == 50);
  CHECK(city.stations.size() == 20);
  CHECK(std::ranges::is_sorted(city.orders, {}, &planned_order::placed_at));
  for (const auto& order : city.orders) {
    CHECK(order.placed_at >= city.begins);
    CHECK(order.placed_at < city.begins + 3h);
    CHECK(order.ready_at >= order.placed_at + 10min);
    CHECK(order.ready_at <= order.placed_at + 30min);
    CHECK(domain::distance_m(order.pick_up, order.drop_off) < 4050.0);
  }
  for (const auto& rider : city.riders) {
    CHECK(rider.on < rider.off);
  }
}

TEST_CASE("chance is even and follows from seed and text") {
  auto sum = 0.0;
  for (int i = 0; i < 1000; ++i) {
    const auto value = chance(1, std::to_string(i));
    CHECK(value >= 0.0);
    CHECK(value < 1.0);
    sum += value;
  }
  CHECK(sum == doctest::Approx(500.0).epsilon(0.1));
  CHECK(chance(1, "a") == chance(1, "a"));
  CHECK(chance(1, "a") != chance(2, "a"));
}

TEST_CASE("a zone that runs fast has limits that allow for the pipeline, never lower ones") {
  const policy base;
  const auto at = [&](double speed) { return policy_at_speed(base, speed, 25s, 60s); };
  CHECK(at(1.0) == base);
  CHECK(at(120.0).offer_ttl == 85s);
  CHECK(at(120.0).position_freshness == 240s);
  CHECK(at(120.0).match_interval == 1200ms);
  CHECK(at(10'000.0).offer_ttl == 3600s);
  CHECK(at(10'000.0).match_interval == 60'000ms);
}

} // namespace dispatch::sim
