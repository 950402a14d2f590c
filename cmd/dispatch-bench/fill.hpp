#pragma once

#include "cmd/dispatch-bench/site.hpp"
#include "cmd/dispatch-bench/workload.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace dispatch::bench {

/// When orders of a run are ready: too late to be offered meanwhile.
timestamp soon();

/// Fills a zone's input with so many commands and returns the workload, which may go on.
workload fill(site& at, const std::string& zone, std::uint64_t seed, std::size_t commands,
              timestamp orders_ready_at);

} // namespace dispatch::bench
