#include "cmd/dispatch-sim/zone_limits.hpp"

#include <algorithm>

namespace dispatch::sim {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::duration<double> pipeline_allowance = 500ms;
constexpr std::chrono::duration<double> wall_match_interval = 10ms;
constexpr auto offer_ttl_max = 3600s;
constexpr auto position_freshness_max = 24h;
constexpr auto match_interval_max = 60'000ms;

template <class Limit> Limit raised(Limit base, std::chrono::duration<double> wanted, Limit most) {
  return std::max(base, std::min(std::chrono::ceil<Limit>(wanted), most));
}

} // namespace

policy policy_at_speed(policy base, double speed, duration think_max, duration position_interval) {
  const auto allowance = pipeline_allowance * speed;
  base.offer_ttl =
      raised<std::chrono::seconds>(base.offer_ttl, think_max + allowance, offer_ttl_max);
  base.position_freshness = raised<std::chrono::seconds>(
      base.position_freshness, 2.0 * (position_interval + allowance), position_freshness_max);
  base.match_interval =
      raised(base.match_interval, wall_match_interval * speed, match_interval_max);
  return base;
}

} // namespace dispatch::sim
