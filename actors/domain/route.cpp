#include "actors/domain/route.hpp"

#include "actors/domain/geohash.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace dispatch::domain {

namespace {

/// Sum over the drop-offs of the time at which they are done.
double drop_offs_s(std::span<const stop> route, std::span<const double> departures) {
  auto sum = 0.0;
  for (std::size_t i = 0; i < route.size(); ++i) {
    if (route[i].kind == stop_kind::drop_off) {
      sum += departures[i];
    }
  }
  return sum;
}

} // namespace

double seconds_between(timestamp from, timestamp to) {
  return std::chrono::duration<double>(to - from).count();
}

bool has_stop(std::span<const stop> route, stop_kind kind, const std::string& order) {
  return std::ranges::any_of(route,
                             [&](const stop& s) { return s.kind == kind && s.order == order; });
}

std::uint32_t load_on_board(std::span<const stop> route) {
  std::uint32_t load = 0;
  for (const auto& s : route) {
    if (s.kind == stop_kind::drop_off && !has_stop(route, stop_kind::pick_up, s.order)) {
      load += s.load;
    }
  }
  return load;
}

std::uint32_t peak_load(std::span<const stop> route) {
  auto load = load_on_board(route);
  auto peak = load;
  for (const auto& s : route) {
    load = s.kind == stop_kind::pick_up ? load + s.load : load - s.load;
    peak = std::max(peak, load);
  }
  return peak;
}

std::size_t orders_on(std::span<const stop> route) {
  // Every order on a route has exactly one drop-off there.
  return static_cast<std::size_t>(std::ranges::count(route, stop_kind::drop_off, &stop::kind));
}

std::vector<double> departures_s(std::span<const stop> route, const place& from, bool arrived,
                                 vehicle by, timestamp now, const travel_model& model) {
  std::vector<double> departures;
  departures.reserve(route.size());
  auto clock = 0.0;
  auto at = from;
  for (const auto& s : route) {
    if (!(arrived && departures.empty())) {
      clock += travel_s(at, s.at, by, model);
    }
    if (s.kind == stop_kind::pick_up) {
      clock = std::max(clock, seconds_between(now, s.not_before)) +
              static_cast<double>(model.policy.pick_up_service.count());
    } else {
      clock += static_cast<double>(model.policy.drop_off_service.count());
    }
    departures.push_back(clock);
    at = s.at;
  }
  return departures;
}

insertion cheapest_insertion(const rider& rider, const stop& pick_up, const stop& drop_off,
                             timestamp now, const travel_model& model) {
  const auto departures_of = [&](std::span<const stop> route) {
    return departures_s(route, rider.at, rider.arrived, rider.vehicle, now, model);
  };
  const auto before_s = drop_offs_s(rider.route, departures_of(rider.route));

  insertion best;
  const auto size = rider.route.size();
  for (std::size_t i = std::min<std::size_t>(rider.frozen, size); i <= size; ++i) {
    for (auto j = i; j <= size; ++j) {
      auto route = rider.route;
      route.insert(route.begin() + static_cast<std::ptrdiff_t>(j), drop_off);
      route.insert(route.begin() + static_cast<std::ptrdiff_t>(i), pick_up);
      if (peak_load(route) > rider.capacity) {
        continue;
      }
      const auto departures = departures_of(route);
      const auto handed_over = departures[j + 1];
      const auto delay = drop_offs_s(route, departures) - handed_over - before_s;
      const auto cost = delay + handed_over;
      if (!best.possible || cost < best.cost_s) {
        const auto previous = i == 0 ? 0.0 : departures[i - 1];
        const auto& from = i == 0 ? rider.at : route[i - 1].at;
        best = {std::move(route),
                previous + travel_s(from, pick_up.at, rider.vehicle, model),
                handed_over,
                departures.back(),
                delay,
                cost,
                true};
      }
    }
  }
  return best;
}

} // namespace dispatch::domain
