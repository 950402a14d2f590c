#pragma once

#include "actors/support/metrics.hpp"
#include "cmd/dispatchd/zones/unreadable_positions.hpp"
#include "messages/ports/clock.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace dispatch::daemon {

/// What a zone's figures are read from.
struct zone_readings {
  const zone_metrics& metrics;
  const zone_clock& clock;
  const unreadable_positions& unreadable;
};

/// The value of a metric. A text is for the status alone.
using figure = std::variant<bool, std::uint64_t, std::chrono::microseconds, std::string>;

/// One thing that a zone tells about itself.
struct metric {
  std::string_view
      name; ///< on the metrics page; what ends in `_total` only grows; empty: not there
  std::string_view field; ///< of `metrics` in the zone's status; empty: not there
  std::string_view help;
  figure (*read)(const zone_readings& of);
};

/// Every metric of a zone, once: the metrics page, the status and the reference go through this
/// list. In the order of the page.
const std::vector<metric>& metric_list();

/// The one figure of a node: zones of other nodes whose log it follows.
inline constexpr std::string_view followed_name = "dispatch_zones_followed";
inline constexpr std::string_view followed_help =
    "Zones of other nodes whose log this node follows.";

/// As the page shows it: times in seconds, a flag as 0 or 1.
double number_of(const figure& value);

/// A time as a field shows it: in the unit that the field's name ends in, `_ms` or `_s`.
std::int64_t in_unit_of(std::string_view field, std::chrono::microseconds time);

} // namespace dispatch::daemon
