#pragma once

#include "cmd/dispatch-bench/report.hpp"

#include <cstddef>
#include <cstdint>

namespace dispatch::bench {

struct match_options {
  std::size_t orders = 1'000;
  std::size_t riders = 2'000;
  std::uint64_t seed = 1;
};

/// One match of the dispatcher in memory, with everything new: without rules, and with ten rules
/// that are judged for every rider.
figures measure_match(const match_options& how);

} // namespace dispatch::bench
