#pragma once

#include <cstdint>

namespace dispatch {

/// How a rider travels. The value is stored: never renumber.
enum class vehicle : std::uint8_t { walking = 1, bicycle = 2, motorcycle = 3, car = 4 };

} // namespace dispatch
