#pragma once

#include "actors/turn/applied_ids.hpp"
#include "actors/turn/deadline_queue.hpp"
#include "actors/turn/order_traces.hpp"
#include "actors/turn/rider_positions.hpp"
#include "messages/policy.hpp"
#include "messages/records/record.hpp"
#include "messages/time.hpp"
#include "persistence/store.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>

namespace dispatch {

/// What a zone knows of what its log holds. Only a committed turn changes it.
struct zone_memory {
  store_position position;
  std::shared_ptr<const policy> policy_in_force; ///< in the next turn
  applied_ids applied;
  order_traces traces;
  deadline_queue deadlines;
  rider_positions positions;
  std::optional<timestamp> match_due;
  std::uint64_t written = 0;   ///< number of the last record in the store
  std::uint64_t announced = 0; ///< number of the last record whose events are all out
  announced_position last_announced;

  /// Number of the last record that the store holds, and of which all events are out.
  std::uint64_t settled() const { return std::min(written, announced); }

  /// Records that are not settled yet.
  std::uint64_t unsettled() const { return position.number - settled(); }
};

} // namespace dispatch
