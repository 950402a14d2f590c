#include "tests/nemesis/zones.hpp"

#include "tests/nemesis/city_life.hpp"

#include <algorithm>

namespace dispatch::nemesis {

namespace {

using namespace std::chrono_literals;

/// Small, so that a thousand zones fit on a server.
const nats::stream_sizes sizes{.input_bytes_max = std::int64_t{16} << 20,
                               .log_bytes_max = std::int64_t{60} << 20,
                               .output_bytes_max = std::int64_t{16} << 20};
/// Of a few zones, which may live for an hour.
constexpr std::size_t few = 50;
constexpr std::int64_t long_log_bytes_max = std::int64_t{256} << 20;

/// Longer than any outage: what expires unread is lost.
constexpr auto quiet_input_age = 150s;

zone_kind kind_of(std::size_t zone, std::size_t cities, std::size_t quiet, bool operators) {
  if (zone < cities) {
    return zone_kind::city;
  }
  if (zone < cities + quiet) {
    return zone_kind::quiet;
  }
  const auto is_second = (zone - cities - quiet) % 2 == 1;
  return operators && is_second ? zone_kind::operators : zone_kind::steady;
}

} // namespace

std::vector<planned_zone> plan_zones(const zone_settings& wanted) {
  const auto cities = std::min(wanted.cities, wanted.count / 4);
  const auto quiet = std::min(wanted.quiet, wanted.count / 4);
  std::vector<planned_zone> zones;
  for (std::size_t i = 0; i < wanted.count; ++i) {
    planned_zone zone;
    zone.kind = kind_of(i, cities, quiet, wanted.operators);
    zone.definition.policy.match_interval = 100ms;
    if (zone.kind == zone_kind::city) {
      zone.definition = city_definition();
    }
    zone.definition.name = "z" + std::to_string(i);
    zone.definition.standbys = wanted.standbys;
    zone.sizes = sizes;
    zone.sizes.replicas = wanted.replicas;
    if (wanted.count <= few) {
      zone.sizes.log_bytes_max = long_log_bytes_max;
    }
    if (zone.kind == zone_kind::quiet) {
      zone.sizes.input_age_max = quiet_input_age;
      zone.sizes.output_age_max = wanted.quiet_output_age;
    }
    zones.push_back(std::move(zone));
  }
  return zones;
}

} // namespace dispatch::nemesis
