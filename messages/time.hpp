#pragma once

#include <chrono>

namespace dispatch {

/// A span of zone time. Microseconds, so that a turn can always be one unit later than the last.
using duration = std::chrono::microseconds;

/// An instant of zone time: UTC, unless the zone runs on an accelerated clock.
using timestamp = std::chrono::sys_time<duration>;

} // namespace dispatch
