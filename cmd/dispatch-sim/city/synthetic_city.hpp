#pragma once

#include "cmd/dispatch-sim/city/scenario.hpp"

#include <cstddef>
#include <cstdint>

namespace dispatch::sim {

struct synthetic_settings {
  std::size_t orders = 1000;
  std::size_t riders = 200;
  std::size_t stations = 60;
  double hours = 2.0; ///< within which the orders are placed
  std::uint64_t seed = 1;
};

/// A city that follows from its settings alone: stations gather around a few centres within about 6
/// km, customers live within about 4 km of the station they order from, orders come at random with
/// a peak in the middle, are ready after 10 to 30 minutes, and riders come on shift during the
/// first quarter of the time and stay until two hours after it.
scenario synthetic_city(const synthetic_settings& settings);

} // namespace dispatch::sim
