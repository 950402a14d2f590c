#pragma once

#include "cmd/dispatch-bench/report.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace dispatch::bench {

struct rates_options {
  std::vector<double> per_second{100.0, 1'000.0, 2'500.0, 5'000.0, 10'000.0};
  std::chrono::seconds span{10}; ///< for each rate, of the relay and of the zone
  std::uint64_t seed = 1;
};

/// How long a command waits for its first event at several rates, of a relay that decides nothing
/// and of a zone, in turn.
figures measure_rates(const rates_options& wanted);

} // namespace dispatch::bench
