#pragma once

#include "messages/entities/place.hpp"
#include "messages/entities/rider.hpp"
#include "messages/time.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

namespace dispatch {

/// Position and time of a rider as last recorded.
struct recorded_position {
  place at;
  timestamp time;
  bool at_work = false; ///< on shift, and not on a break
};

inline recorded_position recorded_position_of(const rider& rider) {
  return {rider.at, rider.at_time, rider.on_shift && !rider.on_break};
}

/// Whether a position tells something new: the rider has left the cell, or what is known will soon
/// be too old to count.
bool is_worth_recording(const recorded_position& known, const place& at, timestamp time,
                        std::chrono::seconds freshness);

/// Where the riders of a zone are, as recorded. It has every rider who ever began a shift.
class rider_positions {
public:
  void note(const std::string& rider, const recorded_position& now);

  /// nullptr: the rider never began a shift.
  const recorded_position* find(const std::string& rider) const;
  bool knows(const std::string& rider) const { return find(rider) != nullptr; }

  /// Riders on shift, and not on a break.
  std::size_t at_work() const { return at_work_; }

private:
  std::unordered_map<std::string, recorded_position> of_;
  std::size_t at_work_ = 0;
};

} // namespace dispatch
