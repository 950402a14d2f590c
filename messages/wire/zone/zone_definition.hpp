#pragma once

#include "messages/policy.hpp"
#include "messages/ports/clock.hpp"
#include "messages/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace dispatch {

/// How long a zone's past is kept in its log, and how often its state is shipped.
struct retention_rules {
  std::chrono::seconds log = std::chrono::days(7);                ///< records stay in the log
  std::chrono::seconds snapshot_interval = std::chrono::hours(1); ///< if anything happened
  std::uint32_t snapshot_records = 500'000;                       ///< or after so many

  bool operator==(const retention_rules&) const = default;
};

/// What an operator decided about a zone when creating it. Kept as TOML in the zones bucket.
struct zone_definition {
  std::string name;
  /// Tells the zone from others that had its name before. Empty: of a build that knew none.
  std::string incarnation = {};
  std::uint32_t standbys = 1; ///< nodes that follow the log, ready to take over
  retention_rules retention;
  /// Up to this record an operator has accepted digests that differ from the states which the
  /// events lead to.
  std::uint64_t digests_accepted = 0;
  zone_clock clock;
  dispatch::policy policy;

  bool operator==(const zone_definition&) const = default;
};

namespace wire {

/// Canonical TOML, every key present, so that a person can edit it.
std::string to_toml(const zone_definition& definition);

/// Missing keys take their defaults. Fails, naming the key and the rule, on unknown keys, wrong
/// types and values out of range.
result<zone_definition> zone_definition_from_toml(std::string_view text);

} // namespace wire

} // namespace dispatch
