#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/ports/clock.hpp"
#include "messages/records/record.hpp"

#include <optional>

namespace dispatch::audit {

/// Checks that a record's time is not ahead of the server's time, at which it was stored. An owner
/// whose clock is ahead would otherwise decide what is not due, and the log never goes back. A log
/// that was restored has later times of storing: nothing is said about a record that is behind.
class clock_check {
public:
  /// `clock`: the zone's; nullopt: nothing is checked.
  clock_check(findings& found, std::optional<zone_clock> clock) : found_(found), clock_(clock) {}

  /// `stored_at`: wall time of the server; nullopt: not known.
  void add(const record& r, std::optional<timestamp> stored_at);

private:
  findings& found_;
  const std::optional<zone_clock> clock_;
};

} // namespace dispatch::audit
