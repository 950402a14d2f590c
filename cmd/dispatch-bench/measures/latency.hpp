#pragma once

#include "cmd/dispatch-bench/site.hpp"
#include "cmd/dispatch-bench/workload.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace dispatch::bench {

/// From when a command was due to be published until its first event arrived here.
struct latencies {
  double per_second = 0.0;
  bool rate_reached = false; ///< by the publisher
  double p50_ms = 0.0;
  double p99_ms = 0.0;
};

/// How a zone that somebody runs is observed.
struct observed_zone {
  std::string name;
  /// Returns when so many commands of its input have been announced.
  std::function<void(std::uint64_t)> wait_until_announced;
  /// The number of the command that an event of this body answers, see number_of; 0: none.
  std::function<std::uint64_t(const std::string&)> command_of;
};

/// Publishes the commands, whose numbers begin with `first`, at a fixed rate.
latencies measure_paced(site& at, const observed_zone& zone,
                        std::span<const bench_command> commands, std::uint64_t first,
                        double per_second);

/// A zone that is kept busy at fixed rates, whatever it makes of them.
class live_zone {
public:
  /// `consumed` commands of the workload are in the zone's input already.
  live_zone(site& at, const node_process& process, const std::string& zone, workload& from,
            std::uint64_t consumed);

  latencies measure(double per_second, std::chrono::seconds span);

  /// The highest of some rates at which the 99th percentile stays below `p99_max_ms`; 0: none.
  double highest_rate(double p99_max_ms);

private:
  site& site_;
  std::shared_ptr<nats::connection> status_;
  workload& workload_;
  std::uint64_t published_;
  const observed_zone zone_;
};

} // namespace dispatch::bench
