#pragma once

#include "messages/limits.hpp"
#include "messages/time.hpp"

#include <chrono>
#include <optional>

namespace dispatch {

/// Whether this process's clock may be believed: it is compared with the server's.
class clock_watch {
public:
  /// Whether it is time to compare again. A clock that was set back is compared at once.
  bool is_due(timestamp now) {
    if (compared_ && now >= *compared_ && now < *compared_ + limits::clock_check_interval) {
      return false;
    }
    compared_ = now;
    return true;
  }

  /// The clock is so far ahead of the server's. True when that changes what is believed.
  bool note(duration ahead) {
    const auto wrong = std::chrono::abs(ahead) > limits::clock_offset_max;
    const auto changed = wrong != wrong_;
    wrong_ = wrong;
    return changed;
  }

  /// No deadline passes by a clock that is wrong.
  bool is_wrong() const { return wrong_; }

private:
  std::optional<timestamp> compared_; ///< wall time
  bool wrong_ = false;
};

} // namespace dispatch
