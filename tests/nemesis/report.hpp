#pragma once

#include "tests/nemesis/load.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dispatch::nemesis {

/// A fault that was injected.
struct fault {
  std::string kind; ///< such as `kill -9 node`
  std::string whom;
  steady::time_point at;
  std::vector<std::size_t> zones; ///< that it struck
  double recovery_ms = 0.0;       ///< until each of them had an outcome for a command sent after it
  std::vector<std::size_t> moved = {}; ///< others that get another owner because of it
};

/// What a run came to.
struct run_result {
  std::string scenario;
  std::uint64_t seed = 0;
  std::optional<std::size_t> planned; ///< faults; nullopt: as many as there is time for
  double balance_s = 0.0; ///< from the start of the nodes until every zone was where it belongs
  steady::time_point began;
  steady::time_point ended;
  std::vector<fault> faults;
  std::vector<load::sample> samples;
  std::vector<load::opening> openings;
  std::vector<std::string> violations; ///< of the audits, and of what the run must show

  /// Worst publish-to-announce time of the commands sent to a struck zone around each fault,
  /// ascending, in milliseconds: one per fault and zone.
  std::vector<double> gaps_ms() const;
  bool good() const {
    return violations.empty() && faults.size() == planned.value_or(faults.size());
  }
};

/// A value such that this share of the sorted values is at most as large; 0 of none.
double percentile(const std::vector<double>& sorted, double share);

std::string to_text(const run_result& run);
std::string to_json(const run_result& run);

} // namespace dispatch::nemesis
