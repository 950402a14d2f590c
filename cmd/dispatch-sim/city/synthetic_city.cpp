#include "cmd/dispatch-sim/city/synthetic_city.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace dispatch::sim {

namespace {

constexpr place city_centre{4.65, -74.08};
constexpr std::size_t quarters = 5;
constexpr double quarter_ring_m = 3000.0;
constexpr double station_spread_m = 1500.0;
constexpr double customer_reach_m = 4000.0;
constexpr double rider_reach_m = 5000.0;
constexpr double metres_per_degree = 111'195.0;

/// A reproducible sequence, the same with every standard library (splitmix64, Steele et al. 2014).
class random_sequence {
public:
  explicit random_sequence(std::uint64_t seed) : state_(seed) {}

  double uniform() {
    state_ += 0x9e3779b97f4a7c15U;
    auto z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    z ^= z >> 31U;
    return static_cast<double>(z >> 11U) / 9007199254740992.0; // 2^53
  }

  double between(double low, double high) { return low + uniform() * (high - low); }

  std::size_t index(std::size_t size) {
    return static_cast<std::size_t>(uniform() * static_cast<double>(size));
  }

  /// A point around another, evenly over the disc.
  place near(const place& centre, double radius_m) {
    const auto distance = radius_m * std::sqrt(uniform());
    const auto angle = between(0.0, 2.0 * std::numbers::pi);
    const auto latitude = centre.latitude + distance * std::sin(angle) / metres_per_degree;
    const auto narrowing = std::cos(centre.latitude * std::numbers::pi / 180.0);
    return {latitude,
            centre.longitude + distance * std::cos(angle) / (metres_per_degree * narrowing)};
  }

private:
  std::uint64_t state_;
};

/// Nobody walks: customers live too far away.
vehicle any_vehicle(random_sequence& random) {
  const auto draw = random.uniform();
  if (draw < 0.75) {
    return vehicle::motorcycle;
  }
  return draw < 0.95 ? vehicle::bicycle : vehicle::car;
}

} // namespace

scenario synthetic_city(const synthetic_settings& settings) {
  random_sequence random{settings.seed};
  const auto span_s = settings.hours * 3600.0;
  scenario city;

  std::array<place, quarters> centres;
  std::ranges::generate(centres, [&] { return random.near(city_centre, quarter_ring_m); });
  for (std::size_t i = 0; i < settings.stations; ++i) {
    const auto& centre = centres.at(random.index(quarters));
    city.stations.push_back({"s" + std::to_string(i + 1), random.near(centre, station_spread_m)});
  }

  for (std::size_t i = 0; i < settings.orders; ++i) {
    const auto& station = city.stations.at(random.index(city.stations.size()));
    // The mean of two draws peaks in the middle.
    const auto placed_s = span_s * (random.uniform() + random.uniform()) / 2.0;
    const auto placed_at = scenario_day + seconds_of(placed_s);
    city.orders.push_back({.id = {},
                           .station = station.id,
                           .pick_up = station.at,
                           .drop_off = random.near(station.at, customer_reach_m),
                           .placed_at = placed_at,
                           .ready_at = placed_at + seconds_of(random.between(600.0, 1800.0))});
  }
  std::ranges::stable_sort(city.orders, {}, &planned_order::placed_at);
  for (std::size_t i = 0; i < city.orders.size(); ++i) {
    city.orders[i].id = "o" + std::to_string(i + 1);
  }

  for (std::size_t i = 0; i < settings.riders; ++i) {
    city.riders.push_back({.id = "r" + std::to_string(i + 1),
                           .vehicle = any_vehicle(random),
                           .start = random.near(city_centre, rider_reach_m),
                           .on = scenario_day + seconds_of(random.between(0.0, span_s / 4.0)),
                           .off = scenario_day + seconds_of(span_s) + std::chrono::hours{2}});
  }
  return city;
}

} // namespace dispatch::sim
