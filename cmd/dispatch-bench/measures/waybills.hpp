#pragma once

#include "cmd/dispatch-bench/report.hpp"

#include <chrono>
#include <cstdint>

namespace dispatch::bench {

struct waybill_options {
  unsigned rate = 500;                         ///< orders per second
  std::chrono::seconds span{20};               ///< after two seconds that do not count
  std::chrono::milliseconds match_interval{5}; ///< the zone's policy; 1000 unless it says so
  std::uint64_t seed = 1;
};

/// From the publishing of an order to its signed waybill at the rider who has accepted it.
figures measure_waybills(const waybill_options& wanted);

} // namespace dispatch::bench
