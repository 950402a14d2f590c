#pragma once

#include "messages/time.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace dispatch {

/// Port: wall time.
class wall_clock {
public:
  virtual ~wall_clock() = default;
  virtual timestamp now() const = 0;
};

/// From `wall` on, zone time goes on from `zone`, at another speed.
struct clock_change {
  timestamp wall;
  timestamp zone;
  double factor = 1.0;

  bool operator==(const clock_change&) const = default;
};

/// How a zone's time follows from wall time: `simulated_origin + (wall - wall_origin) * factor`,
/// and from each change on by that change. It is a part of the zone's definition, so that it
/// survives every crash, and everybody who asks has the same. The default is wall time, and never
/// changes.
///
/// A change says nothing of wall times before it: inputs are told apart by the zone time at which
/// they were stored (decision 0054). Before a change time stands where the change begins, and so
/// never goes back.
struct zone_clock {
  timestamp wall_origin;
  timestamp simulated_origin;
  double factor = 1.0;
  std::vector<clock_change> changes = {}; ///< ascending in both times

  timestamp to_zone(timestamp wall) const {
    const auto next =
        std::ranges::find_if(changes, [&](const clock_change& c) { return c.wall > wall; });
    const auto since = before(next);
    const auto passed = static_cast<double>((wall - since.wall).count()) * since.factor;
    const auto zone = since.zone + duration{static_cast<duration::rep>(passed)};
    return next == changes.end() ? zone : std::min(zone, next->zone);
  }

  /// The first wall time of that zone time.
  timestamp to_wall(timestamp zone) const {
    const auto next =
        std::ranges::find_if(changes, [&](const clock_change& c) { return c.zone >= zone; });
    const auto since = before(next);
    const auto passed = static_cast<double>((zone - since.zone).count()) / since.factor;
    return since.wall + duration{static_cast<duration::rep>(passed)};
  }

  /// Zone seconds per wall second, since the last change.
  double speed() const { return before(changes.end()).factor; }

  bool operator==(const zone_clock&) const = default;

private:
  clock_change before(std::vector<clock_change>::const_iterator next) const {
    return next == changes.begin() ? clock_change{wall_origin, simulated_origin, factor}
                                   : *std::prev(next);
  }
};

} // namespace dispatch
