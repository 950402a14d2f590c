#include "cmd/dispatch-sim/city/named_city.hpp"
#include "messages/wire/codec.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

namespace dispatch::sim {

namespace {

using namespace std::chrono_literals;

struct made {
  scenario city;
  rider_habits habits;
  dispatch::policy policy;
};

made make(std::string_view name, std::uint64_t seed = 1) {
  made m;
  m.city = city_of_name(name, {.orders = 1000, .riders = 100, .seed = seed}, m.habits, m.policy);
  return m;
}

template <class Predicate> double share(const scenario& city, Predicate is) {
  return static_cast<double>(std::ranges::count_if(city.orders, is)) /
         static_cast<double>(city.orders.size());
}

} // namespace

TEST_CASE("a named city follows from its seed") {
  for (const auto& [name, description] : named_cities) {
    CAPTURE(name);
    CHECK(make(name).city.orders == make(name).city.orders);
    CHECK(make(name).city.orders != make(name, 2).city.orders);
    CHECK(make(name).city.turns == make(name).city.turns);
  }
}

TEST_CASE("gas-city sells more than lies there, and needs skill for what must not go at night") {
  const auto m = make("gas-city");
  std::uint64_t wanted = 0;
  for (const auto& order : m.city.orders) {
    REQUIRE(order.items.size() == 1);
    wanted += order.items.front().quantity;
    CHECK((order.skills == std::vector<std::string>{"hazardous"}) ==
          (order.items.front().item == "gas-45kg"));
  }
  std::uint64_t lying = 0;
  for (const auto& station : m.city.stations) {
    for (const auto& g : station.stock) {
      lying += g.quantity;
    }
  }
  CHECK(lying < wanted);
  CHECK(m.city.turns.size() == m.city.stations.size());
  CHECK(share(m.city, [](const auto& o) { return o.station.empty(); }) > 0.8);
  CHECK(m.policy.rules.size() == 1);
  CHECK(m.policy.rules.front().forbid);
}

TEST_CASE("gas-city-trouble is a gas-city with late stations, operators, and riders who leave") {
  const auto m = make("gas-city-trouble");
  CHECK(m.city.shelf_sensors);
  CHECK(share(m.city, [](const auto& o) { return o.late_until.has_value(); }) ==
        doctest::Approx(0.4).epsilon(0.15));
  CHECK(std::ranges::none_of(m.city.orders, [](const auto& o) {
    return o.late_until && (*o.late_until < o.ready_at || *o.late_until > o.ready_at + 40min);
  }));
  std::map<std::string_view, int> said;
  for (const auto& wish : m.city.wishes) {
    ++said[wire::verb_of(wish.command)];
  }
  for (const auto* verb : {"hold", "pause", "unassign", "assign"}) {
    CAPTURE(verb);
    CHECK(said[verb] > 30);
  }
  CHECK(said["release"] == said["hold"]);
  CHECK(said["resume"] == said["pause"]);
  CHECK(m.city.transfers.size() > 10);
  CHECK(m.city.transfers == make("gas-city-trouble").city.transfers);
  CHECK(make("gas-city").city.transfers.empty());
}

TEST_CASE("rider-strike leaves 70 % of the offers without an answer") {
  const auto m = make("rider-strike");
  CHECK(m.habits.ignore == 0.70);
  CHECK(m.habits.accept + m.habits.decline + m.habits.ignore == doctest::Approx(1.0));
}

TEST_CASE("station-outage closes a third of the stations, half of them for good") {
  const auto m = make("station-outage");
  const auto closed = std::ranges::count_if(m.city.turns, &station_turn::closes);
  const auto opened = std::ranges::count_if(m.city.turns, &station_turn::opens);
  CHECK(closed > 10);
  CHECK(closed < 30);
  CHECK(opened > 3);
  CHECK(opened < closed);
}

TEST_CASE("payment-storm: 20 % pay too late, 5 % twice, 3 % never") {
  const auto m = make("payment-storm");
  const auto late = [&](const planned_order& o) {
    return !o.payments.empty() && o.payments.front() - o.placed_at > m.policy.payment_timeout;
  };
  CHECK(share(m.city, late) == doctest::Approx(0.20).epsilon(0.25));
  CHECK(share(m.city, [](const auto& o) { return o.payments.size() == 2; }) ==
        doctest::Approx(0.05).epsilon(0.5));
  CHECK(share(m.city, [](const auto& o) { return o.payments.empty(); }) ==
        doctest::Approx(0.03).epsilon(0.6));
  CHECK(std::ranges::none_of(m.city.orders, &planned_order::prepaid));
}

} // namespace dispatch::sim
