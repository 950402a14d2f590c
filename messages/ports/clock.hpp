#pragma once

#include "messages/time.hpp"

namespace dispatch {

/// Port: wall time.
class wall_clock {
public:
  virtual ~wall_clock() = default;
  virtual timestamp now() const = 0;
};

/// How a zone's time follows from wall time: `simulated_origin + (wall - wall_origin) * factor`.
/// Fixed when the zone is created, so that it survives every crash. The default is wall time.
struct zone_clock {
  timestamp wall_origin;
  timestamp simulated_origin;
  double factor = 1.0;

  timestamp to_zone(timestamp wall) const {
    const auto passed = static_cast<double>((wall - wall_origin).count()) * factor;
    return simulated_origin + duration{static_cast<duration::rep>(passed)};
  }

  timestamp to_wall(timestamp zone) const {
    const auto passed = static_cast<double>((zone - simulated_origin).count()) / factor;
    return wall_origin + duration{static_cast<duration::rep>(passed)};
  }

  bool operator==(const zone_clock&) const = default;
};

} // namespace dispatch
