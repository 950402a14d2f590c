#pragma once

#include "messages/time.hpp"

#include <cstdint>
#include <vector>

namespace dispatch::sim {

/// How a quantity is distributed. All zero when there was nothing to measure.
struct spread {
  std::uint64_t count = 0;
  double mean = 0.0;
  double p50 = 0.0; ///< nearest rank, as the others
  double p90 = 0.0;
  double p99 = 0.0;
  double max = 0.0;

  bool operator==(const spread&) const = default;
};

spread spread_of(std::vector<double> values);

double minutes_of(duration span);

/// How well a city was served, by whatever policy. Minutes are zone time.
struct service {
  std::uint64_t placed = 0;
  std::uint64_t delivered = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t undeliverable = 0;
  std::uint64_t returned = 0;
  spread click_to_door_min;    ///< placed to delivered, of the delivered
  spread ready_to_pick_up_min; ///< ready to on board, of those that came on board

  std::uint64_t open() const { return placed - delivered - cancelled - undeliverable - returned; }

  bool operator==(const service&) const = default;
};

} // namespace dispatch::sim
