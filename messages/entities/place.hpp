#pragma once

namespace dispatch {

/// A point on Earth in degrees, WGS 84. Latitude in [-90, 90], longitude in [-180, 180].
struct place {
  double latitude = 0.0;
  double longitude = 0.0;

  bool operator==(const place&) const = default;
};

} // namespace dispatch
