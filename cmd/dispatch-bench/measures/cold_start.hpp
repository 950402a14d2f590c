#pragma once

#include "cmd/dispatch-bench/report.hpp"
#include "cmd/dispatch-bench/site.hpp"

#include <cstddef>

namespace dispatch::bench {

/// Fills a zone with entities, restarts its dispatchd, and lets it decide about one more order. At
/// most `limits::actors_max` of them are awake at a time.
figures measure_cold_start(std::size_t entities);

} // namespace dispatch::bench
