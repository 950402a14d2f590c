#pragma once

#include <atomic>
#include <cstdint>

namespace dispatch {

/// Where a zone stands, for the node that runs it: what the node decides about a zone, it decides
/// by this. Written by the zone, read by any thread.
struct zone_status {
  std::atomic<bool> running{false};
  std::atomic<bool> halted{false};
  std::atomic<bool> log_full{false}; ///< the log has no room for the turn in hand
  std::atomic<std::uint64_t> epoch{0};
  std::atomic<std::uint64_t> input_position{0};
  std::atomic<std::uint64_t> committed_record{0};
  std::atomic<std::uint64_t> announced_record{0};
  std::atomic<std::uint64_t> unknown_appends{0};
};

} // namespace dispatch
