#include "cmd/dispatch-sim/city/named_city.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace dispatch::sim {

namespace {

using namespace std::chrono_literals;

constexpr auto hazardous = "hazardous";

duration share_of(duration span, double share) {
  return duration{static_cast<duration::rep>(static_cast<double>(span.count()) * share)};
}

/// From the first placing to the last.
duration span_of(const scenario& city) {
  return city.orders.empty() ? duration{0}
                             : city.orders.back().placed_at - city.orders.front().placed_at;
}

/// Every order is for cylinders, and every tenth names its station.
void sell_gas(scenario& city, std::uint64_t seed) {
  for (auto& order : city.orders) {
    const auto heavy = chance(seed, "heavy/" + order.id) < 0.3;
    order.items = {
        {heavy ? "gas-45kg" : "gas-11kg", chance(seed, "two/" + order.id) < 0.2 ? 2U : 1U}};
    if (heavy) {
      order.skills = {hazardous};
    }
    if (chance(seed, "named/" + order.id) >= 0.1) {
      order.station.clear();
    }
    order.ready_at = order.placed_at;
  }
  for (auto& rider : city.riders) {
    if (chance(seed, "skilled/" + rider.id) < 0.6) {
      rider.skills = {hazardous};
    }
  }
}

/// Each station begins with less than it will sell; in the morning a lorry comes.
void stock_up(scenario& city, timestamp lorry) {
  const auto fair_share = city.orders.size() / std::max<std::size_t>(city.stations.size(), 1);
  const auto pieces = static_cast<std::uint32_t>(std::max<std::size_t>(fair_share / 2, 2));
  for (auto& station : city.stations) {
    station.stock = {{"gas-11kg", pieces}, {"gas-45kg", pieces / 2 + 1}};
    city.turns.push_back({.at = lorry,
                          .station = station.id,
                          .restock = {{"gas-11kg", 4 * pieces}, {"gas-45kg", 2 * pieces}}});
  }
}

/// By the local time of the city, which is five hours behind UTC.
constexpr timestamp local(duration of_day) { return scenario_day + 5h + of_day; }

/// From eight in the evening until four hours later orders come; the lorry comes at five in the
/// morning, and at six those that need a skilled rider may go.
scenario gas_city(synthetic_settings settings, policy& policy) {
  settings.stations = std::min<std::size_t>(settings.stations, 12);
  settings.hours = std::max(settings.hours, 4.0);
  auto city = synthetic_city(settings);
  sell_gas(city, settings.seed);
  shift(city, local(20h) - scenario_day);
  stock_up(city, local(29h));
  for (auto& rider : city.riders) {
    rider.off = std::max(rider.off, local(34h));
  }
  policy.time_zone = "America/Bogota";
  policy.rules.push_back({.name = "no-hazardous-goods-at-night",
                          .when = "needs(\"hazardous\") && (local_hour >= 22 || local_hour < 6)",
                          .forbid = true,
                          .cost_s = {},
                          .group = {}});
  city.grace = 12h;
  policy.max_wait = 16h;
  policy.low_stock = 3;
  policy.sensor_silence = 15min;
  return city;
}

/// Two in five orders are up to 40 minutes late.
void be_late(scenario& city, std::uint64_t seed) {
  for (auto& order : city.orders) {
    if (chance(seed, "late/" + order.id) < 0.4) {
      order.late_until = order.ready_at + share_of(40min, chance(seed, "how-late/" + order.id));
    }
  }
}

/// Says one thing to an entity, and the opposite later.
void wish(scenario& city, const entity_ref& target, timestamp from, command_body first,
          timestamp until, command_body then) {
  city.wishes.push_back({from, target, std::move(first)});
  city.wishes.push_back({until, target, std::move(then)});
}

/// One order in four hears something from an operator: while a rider is looked for, rides or waits
/// at the shelf.
void handle_orders(scenario& city, std::uint64_t seed) {
  for (const auto& order : city.orders) {
    const entity_ref target{entity_kind::order, order.id};
    const auto at = order.placed_at + share_of(12min, chance(seed, "handled-at/" + order.id));
    const auto draw = chance(seed, "handled/" + order.id);
    if (draw < 0.06) {
      wish(city, target, at, order_command{hold_order{"address"}}, at + 10min,
           order_command{release_hold{}});
    } else if (draw < 0.12) {
      wish(city, target, at, order_command{pause_actor{"question"}}, at + 6min,
           order_command{resume_actor{}});
    } else if (draw < 0.18) {
      city.wishes.push_back({at, target, order_command{unassign_order{"wrong_rider"}}});
    } else if (draw < 0.24) {
      const auto rider = static_cast<std::size_t>(chance(seed, "whom/" + order.id) *
                                                  static_cast<double>(city.riders.size()));
      city.wishes.push_back({at, target, order_command{assign_order{city.riders.at(rider).id}}});
    }
  }
}

/// A seventh of the riders and a third of the stations are paused once; a quarter of the riders go
/// to the neighbouring zone.
void handle_others(scenario& city, std::uint64_t seed) {
  for (const auto& rider : city.riders) {
    const auto from = rider.on + 20min + share_of(3h, chance(seed, "busy-at/" + rider.id));
    const auto draw = chance(seed, "busy/" + rider.id);
    if (draw < 0.15) {
      wish(city, {entity_kind::rider, rider.id}, from, rider_command{pause_actor{"papers"}},
           from + 15min, rider_command{resume_actor{}});
    } else if (draw < 0.4) {
      city.transfers.push_back({from, rider.id, 20min});
    }
  }
  for (const auto& station : city.stations) {
    if (chance(seed, "checked/" + station.id) < 0.34) {
      const auto from =
          city.begins + 30min + share_of(3h, chance(seed, "checked-at/" + station.id));
      wish(city, {entity_kind::station, station.id}, from, station_command{pause_actor{"check"}},
           from + 20min, station_command{resume_actor{}});
    }
  }
}

scenario gas_city_trouble(const synthetic_settings& settings, policy& policy) {
  auto city = gas_city(settings, policy);
  city.shelf_sensors = true;
  be_late(city, settings.seed);
  handle_orders(city, settings.seed);
  handle_others(city, settings.seed);
  return city;
}

scenario station_outage(const synthetic_settings& settings) {
  auto city = synthetic_city(settings);
  city.delivered_min = 0.85; // A sixth of the stations stays closed.
  for (auto& station : city.stations) {
    station.stock = {{"box", 1000}};
  }
  for (auto& order : city.orders) {
    if (chance(settings.seed, "goods/" + order.id) < 0.7) {
      order.items = {{"box", 1}};
      order.station.clear();
    }
  }
  const auto middle = city.orders.front().placed_at + span_of(city) / 2;
  for (const auto& station : city.stations) {
    const auto fate = chance(settings.seed, "outage/" + station.id);
    if (fate < 1.0 / 3.0) {
      city.turns.push_back({.at = middle, .station = station.id, .closes = true});
    }
    if (fate < 1.0 / 6.0) {
      city.turns.push_back({.at = middle + 30min, .station = station.id, .opens = true});
    }
  }
  std::ranges::stable_sort(city.turns, {}, &station_turn::at);
  return city;
}

scenario payment_storm(const synthetic_settings& settings, const policy& policy) {
  auto city = synthetic_city(settings);
  for (auto& order : city.orders) {
    order.prepaid = false;
    const auto draw = chance(settings.seed, "pay/" + order.id);
    const auto soon = order.placed_at + share_of(policy.payment_timeout / 2, draw);
    if (draw < 0.03) {
      continue;
    }
    order.payments = {draw < 0.23 ? soon + policy.payment_timeout : soon};
    if (draw >= 0.95) {
      order.payments.push_back(soon + 90s);
    }
  }
  return city;
}

} // namespace

scenario city_of_name(std::string_view name, const synthetic_settings& settings,
                      rider_habits& habits, policy& policy) {
  if (name == "gas-city") {
    return gas_city(settings, policy);
  }
  if (name == "gas-city-trouble") {
    return gas_city_trouble(settings, policy);
  }
  if (name == "rider-strike") {
    habits.accept = 0.25;
    habits.decline = 0.05;
    habits.ignore = 0.70;
    auto city = synthetic_city(settings);
    city.delivered_min = 0.9;
    return city;
  }
  if (name == "station-outage") {
    return station_outage(settings);
  }
  return payment_storm(settings, policy);
}

} // namespace dispatch::sim
