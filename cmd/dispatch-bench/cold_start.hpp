#pragma once

#include "cmd/dispatch-bench/site.hpp"

#include <cstddef>

namespace dispatch::bench {

struct cold_start {
  double bytes_per_idle_actor = 0.0; ///< more memory with all of them awake than after a restart
  double first_decision_ms = 0.0;    ///< from the process' start to the `offered` event
};

/// Fills a zone with entities, restarts its dispatchd, and lets it decide about one more order.
cold_start measure_cold_start(site& at, std::size_t entities);

} // namespace dispatch::bench
