#pragma once

#include "actors/support/zone_status.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace dispatch {

/// What a zone tells the outside about itself while it runs. Nothing is decided by it, but by where
/// the zone stands. Written by its actors, read by any thread. Times are microseconds of wall time
/// unless said otherwise.
struct zone_metrics : zone_status {
  std::atomic<std::uint64_t> records{0};
  std::atomic<std::uint64_t> commands{0};
  std::atomic<std::uint64_t> events{0};
  std::atomic<std::uint64_t> refused{0};
  std::atomic<std::uint64_t> dead_letters{0};
  std::atomic<std::uint64_t> offers{0};
  std::atomic<std::uint64_t> turns_aborted{0};
  std::atomic<std::uint64_t> actors{0};
  std::atomic<std::uint64_t> waybills_signed{0};   ///< handed out
  std::atomic<std::uint64_t> waybills_unsigned{0}; ///< the same, without a signature

  std::atomic<std::uint64_t> input_last{0}; ///< the stream's last sequence when last asked
  std::atomic<std::uint64_t> materialised_record{0};

  std::atomic<std::uint64_t> turn_us_sum{0}; ///< from take to commit
  std::atomic<std::uint64_t> match_us_sum{0};
  std::atomic<std::uint64_t> matches{0};
  std::atomic<std::uint64_t> failed_rules{0}; ///< searches in which a rule came to no number

  std::atomic<std::uint64_t> policy_version{0};

  std::atomic<std::uint64_t> travel_questions{0};  ///< to the routing engine
  std::atomic<std::uint64_t> travel_times{0};      ///< that it told, recorded
  std::atomic<std::uint64_t> travel_unanswered{0}; ///< searches for which it told nothing

  std::atomic<std::uint64_t> waiting_orders{0};
  std::atomic<std::int64_t> oldest_waiting_since_us{0}; ///< zone time; 0: none waits

  std::atomic<std::uint64_t> refused_too_many{0};
  std::atomic<std::uint64_t> refused_overloaded{0};
  std::atomic<std::uint64_t> positions_shed{0}; ///< not recorded, since the zone is behind
  std::atomic<std::int64_t> input_age_us{0};    ///< of the oldest input of the last turn
  std::atomic<bool> sheds_positions{false};
  std::atomic<bool> sheds_new_orders{false};

  std::atomic<std::uint64_t> riders_at_work{0}; ///< on shift, and not on a break
  /// When a position of any rider came, or the first began to work. By the monotonic clock.
  std::atomic<std::int64_t> position_heard_us{0};
  std::atomic<std::int64_t> position_freshness_us{0}; ///< older positions do not count

  std::atomic<bool> timers_suspended{false};
  std::atomic<bool> careful{false};           ///< commands are decided one at a time, after crashes
  std::atomic<bool> travel_engine_out{false}; ///< of order, or none: travel times are estimated
  std::atomic<bool> signer_out{false};        ///< of order: waybills are not signed
};

/// A position of a rider came, or the first rider began to work.
inline void note_position_heard(zone_metrics& of) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  of.position_heard_us = std::chrono::floor<std::chrono::microseconds>(now).count();
}

/// For how long no position has come although riders are at work.
inline std::chrono::seconds position_silence(const zone_metrics& of) {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  const std::chrono::microseconds heard{of.position_heard_us.load()};
  return of.running && of.riders_at_work > 0
             ? std::max(std::chrono::duration_cast<std::chrono::seconds>(now - heard),
                        std::chrono::seconds{0})
             : std::chrono::seconds{0};
}

} // namespace dispatch
