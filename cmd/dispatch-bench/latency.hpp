#pragma once

#include "cmd/dispatch-bench/site.hpp"
#include "cmd/dispatch-bench/workload.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace dispatch::bench {

/// From when a command was due to be published until its first event arrived here.
struct latencies {
  double per_second = 0.0;
  bool rate_reached = false; ///< by the publisher
  double p50_ms = 0.0;
  double p99_ms = 0.0;
};

/// A zone that is kept busy at fixed rates, whatever it makes of them.
class live_zone {
public:
  /// `consumed` commands of the workload are in the zone's input already.
  live_zone(site& at, const zone_process& process, std::string zone, workload& from,
            std::uint64_t consumed);

  latencies measure(double per_second, std::chrono::seconds span);

  /// The highest of some rates at which the 99th percentile stays below `p99_max_ms`; 0: none.
  double highest_rate(double p99_max_ms);

private:
  site& site_;
  const zone_process& process_;
  const std::string zone_;
  workload& workload_;
  std::uint64_t published_;
};

} // namespace dispatch::bench
