#include "cmd/dispatch-sim/city/scenario.hpp"

#include "messages/wire/codec.hpp"

#include <algorithm>
#include <set>

namespace dispatch::sim {

void cut(scenario& city, duration from, duration to) {
  const auto first = scenario_day + from;
  const auto end = scenario_day + to;
  city.begins = first;
  std::erase_if(city.orders,
                [&](const auto& o) { return o.placed_at < first || o.placed_at >= end; });
  std::erase_if(city.riders, [&](const auto& r) { return r.off <= first || r.on >= end; });
  for (auto& rider : city.riders) {
    rider.on = std::max(rider.on, first);
  }
  std::set<std::string_view> used;
  for (const auto& order : city.orders) {
    used.insert(order.station);
  }
  std::erase_if(city.stations, [&](const auto& s) { return !used.contains(s.id); });
}

void thin_riders(scenario& city, double share, std::uint64_t seed) {
  std::erase_if(city.riders, [&](const auto& r) { return chance(seed, "keep/" + r.id) >= share; });
}

void shift(scenario& city, duration by) {
  city.begins += by;
  for (auto& order : city.orders) {
    order.placed_at += by;
    order.ready_at += by;
    for (auto& at : order.payments) {
      at += by;
    }
    if (order.late_until) {
      *order.late_until += by;
    }
  }
  for (auto& turn : city.turns) {
    turn.at += by;
  }
  for (auto& wish : city.wishes) {
    wish.at += by;
  }
  for (auto& transfer : city.transfers) {
    transfer.at += by;
  }
  for (auto& rider : city.riders) {
    rider.on += by;
    rider.off += by;
  }
}

void prefix_ids(scenario& city, const std::string& prefix) {
  for (auto& station : city.stations) {
    station.id.insert(0, prefix);
  }
  for (auto& order : city.orders) {
    order.id.insert(0, prefix);
    if (!order.station.empty()) {
      order.station.insert(0, prefix);
    }
  }
  for (auto& turn : city.turns) {
    turn.station.insert(0, prefix);
  }
  for (auto& wish : city.wishes) {
    wish.target.id.insert(0, prefix);
    if (auto* of_order = std::get_if<order_command>(&wish.command)) {
      if (auto* assign = std::get_if<assign_order>(of_order)) {
        assign->rider.insert(0, prefix);
      }
    }
  }
  for (auto& transfer : city.transfers) {
    transfer.rider.insert(0, prefix);
  }
  for (auto& rider : city.riders) {
    rider.id.insert(0, prefix);
  }
}

duration seconds_of(double seconds) {
  return std::chrono::ceil<duration>(std::chrono::duration<double>(seconds));
}

double chance(std::uint64_t seed, std::string_view text) {
  constexpr unsigned mantissa_bits = 53;
  return static_cast<double>(wire::fast_hash(text, seed) >> (64U - mantissa_bits)) /
         static_cast<double>(std::uint64_t{1} << mantissa_bits);
}

} // namespace dispatch::sim
