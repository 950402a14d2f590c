#pragma once

#include "actors/errands/circuit_breaker.hpp"
#include "messages/entities/waybill.hpp"
#include "messages/limits.hpp"
#include "messages/ports/waybill_signer.hpp"
#include "messages/time.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace dispatch {

/// Which waybills of a zone want a signature, who has been asked for it, and what is to be handed
/// out. It signs nothing and reads no clock; times are wall time.
///
///   wanted --> asked --> answered: handed out, signed
///     |          | the time limit passes, or the signer fails
///     |          v
///     +------> handed out without a signature, and asked again after the signer's pause
///   (breaker open)
///
/// Nothing here is remembered: a zone that opens asks for what its orders want.
class waybill_desk {
public:
  struct wanted {
    std::string order;
    std::string number;
    std::string document;
    std::string trace;   ///< of the assignment
    bool issued = false; ///< without a signature
  };

  /// What an order is to be told.
  struct ready {
    std::string order;
    std::string trace;
    signed_waybill waybill;
  };

  /// Takes a waybill in, in the place of the order's former one.
  void want(wanted waybill);

  /// The order needs none any more.
  void forget(const std::string& order) { entries_.erase(order); }

  /// What the signer is to be asked now. To be called whenever something has changed, and at
  /// next_look().
  std::vector<wanted> ask(timestamp now);

  /// The signer's answer, maybe after its time, or twice.
  void answer(const std::string& order, const std::string& number,
              const std::optional<signature>& with, timestamp now);

  /// The next waybills to be handed out, at most so many and about so many bytes, but one.
  std::vector<ready> take(std::size_t most, std::size_t bytes);

  bool has_ready() const { return !ready_.empty(); }

  /// When a time limit passes or somebody may be asked again.
  std::optional<timestamp> next_look() const;

  /// Whether waybills are handed out without a signature.
  bool is_out() const { return breaker_.now_in() != circuit_breaker::phase::closed; }

private:
  struct at_time {
    std::string order;
    std::string number;
    timestamp at;
  };

  wanted* find(const std::string& order, const std::string& number);
  void end_overdue(timestamp now);
  void hand_out_unsigned(wanted& waybill, timestamp now);
  std::optional<at_time> take_next(timestamp now);

  circuit_breaker breaker_{limits::signer_failures_max, limits::signer_pause};
  std::unordered_map<std::string, wanted> entries_; ///< by order; without a signature so far
  std::deque<at_time> fresh_;                       ///< to be asked for
  std::deque<at_time> again_;                       ///< the same, not before a time
  std::unordered_map<std::string, timestamp> sent_; ///< by number: since when
  std::deque<at_time> sent_order_;                  ///< the oldest first; some are answered
  std::deque<ready> ready_;
};

} // namespace dispatch
