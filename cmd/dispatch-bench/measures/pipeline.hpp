#pragma once

#include "cmd/dispatch-bench/report.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace dispatch::bench {

struct pipeline_options {
  std::size_t commands = 300'000; ///< that wait for the zone
  std::chrono::seconds live{10};  ///< how long 10,000 commands/s are published for the latency
  std::uint64_t seed = 1;
};

/// One zone from end to end, beside a relay that decides nothing.
figures measure_pipeline(const pipeline_options& wanted);

} // namespace dispatch::bench
