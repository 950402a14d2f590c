#pragma once

#include "actors/domain/geohash.hpp"
#include "messages/place.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace dispatch::domain {

/// Where riders are, by geohash cell, for searches outward from a point. Results never depend on
/// the order of insertion.
class rider_index {
public:
  /// A rider found, with the straight distance from the centre of the search.
  struct found {
    std::string rider;
    double distance_m = 0.0;
  };

  /// Puts the rider there, wherever it was before.
  void put(const std::string& rider, const place& at);
  void erase(const std::string& rider);
  std::size_t size() const;

  /// All riders within `radius_m` (inclusive), ordered by (distance, id).
  std::vector<found> within(const place& centre, double radius_m) const;

  /// Visits riders within `radius_m` ring by ring, in order of (distance, id), until `visit`
  /// returns false. Reads only the cells that it needs.
  template <class Visit> void nearest(const place& centre, double radius_m, Visit visit) const;

private:
};

} // namespace dispatch::domain
