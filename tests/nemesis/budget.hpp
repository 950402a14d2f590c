#pragma once

#include "tests/nemesis/report.hpp"
#include "tests/nemesis/usage.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace dispatch::nemesis {

/// What the faults of a scenario may cost on a busy machine of two cores.
struct budget {
  /// From the publishing of a command to its outcome, around a fault.
  std::chrono::milliseconds gap_max{30'000};
  /// Until all zones that were struck have answered all that they were sent since before the fault.
  std::chrono::milliseconds recovery_max{30'000};
  /// Openings of a struck zone per fault: another node takes it, and perhaps gives it back. A zone
  /// that is not struck is not opened. 0: not judged, where faults overlap.
  std::size_t epochs_per_fault = 2;
  double rss_slope = 512.0;                        ///< of a node, in KiB per second
  std::uint64_t wal_max = std::uint64_t{96} << 20; ///< of a store, when the run ends
  std::size_t descriptors = 400;                   ///< of a node
  double log_lines_per_s = 20.0;                   ///< of a node
};

/// A node's use of the machine before the first fault and after the last.
struct usage_span {
  node_usage before;
  node_usage after;
};

/// What a run cost above its budget, for people.
std::vector<std::string> excesses(const budget& allowed, const run_result& run,
                                  const std::map<std::string, usage_span>& nodes);

} // namespace dispatch::nemesis
