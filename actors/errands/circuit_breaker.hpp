#pragma once

#include "messages/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace dispatch {

/// Whether somebody who may be out of order is to be asked.
///
///   closed -- failures in a row --> open -- the pause is over --> half_open (one may ask)
///     ^                              ^                                |     |
///     |                              +------------ failure -----------+     |
///     +------------------------------------------- success -----------------+
///
/// It reads no clock: it is told what time it is.
class circuit_breaker {
public:
  enum class phase : std::uint8_t { closed, open, half_open };

  circuit_breaker(std::size_t failures_max, duration pause)
      : failures_max_(failures_max), pause_(pause) {}

  /// Whether one more may be asked now. When the pause is over it says so once, and then not before
  /// the outcome is known.
  bool admit(timestamp now) {
    if (phase_ == phase::open && now >= until_) {
      phase_ = phase::half_open;
      return true;
    }
    return phase_ == phase::closed;
  }

  void succeeded() {
    phase_ = phase::closed;
    failures_ = 0;
  }

  /// What was asked before it opened may fail later: that changes nothing.
  void failed(timestamp now) {
    if (phase_ == phase::half_open || (phase_ == phase::closed && ++failures_ >= failures_max_)) {
      phase_ = phase::open;
      failures_ = 0;
      until_ = now + pause_;
    }
  }

  phase now_in() const { return phase_; }

  /// When it is open: when somebody may ask again.
  std::optional<timestamp> opens_until() const {
    return phase_ == phase::open ? std::optional{until_} : std::nullopt;
  }

private:
  std::size_t failures_max_;
  duration pause_;
  phase phase_ = phase::closed;
  std::size_t failures_ = 0; ///< in a row, while closed
  timestamp until_;
};

} // namespace dispatch
