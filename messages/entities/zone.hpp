#pragma once

#include "messages/entities/traits.hpp"
#include "messages/policy.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

/// All that is said to, by and about the zone itself.
namespace dispatch {

/// No new offers until `resume`. Everything else goes on.
struct pause_zone {
  static constexpr auto verb = from_outside("pause");

  std::string reason;

  bool operator==(const pause_zone&) const = default;
};

struct resume_zone {
  static constexpr auto verb = from_outside("resume");

  bool operator==(const resume_zone&) const = default;
};

/// Another policy from the next turn on.
struct set_policy {
  static constexpr auto verb = from_outside("set_policy");

  std::string toml;                               ///< canonical, without a version
  std::shared_ptr<const policy> parsed = nullptr; ///< what it means
  std::uint32_t based_on = 0; ///< the version that the sender knew; 0: whichever is in force

  bool operator==(const set_policy& other) const {
    return toml == other.toml && based_on == other.based_on;
  }
};

/// Commands that the input stream lost before they were read count as lost. The zone, which stands
/// before the gap, goes on behind it.
struct accept_loss {
  static constexpr auto verb = from_outside("accept_loss");

  std::uint64_t last = 0; ///< sequence of the last one that was lost

  bool operator==(const accept_loss&) const = default;
};

using zone_command = std::variant<pause_zone, resume_zone, set_policy, accept_loss>;

/// How this build decides, where that changes what records say. Every edition's records can be
/// read; decided again are those of the current one alone. 1 asks a rider before the order is taken
/// from another one, tells command ids apart by entity, and carries traces to offers. 2 has the
/// mends of actors/domain/editions.md.
inline constexpr std::uint32_t current_edition = 2;

/// A process took the zone over. First event of an epoch; older owners are fenced.
struct zone_opened {
  static constexpr event_traits traits{.name = "opened", .others_hear = false};

  std::uint64_t epoch = 0;
  std::string owner;
  kept_policy policy = {};   ///< that of the definition, when the log kept none before
  std::uint32_t edition = 0; ///< by which the epoch is decided; 0: before there were editions

  bool operator==(const zone_opened&) const = default;
};

struct zone_paused {
  static constexpr event_traits traits{.name = "paused", .others_hear = false};

  std::string reason;

  bool operator==(const zone_paused&) const = default;
};

struct zone_resumed {
  static constexpr event_traits traits{.name = "resumed", .others_hear = false};

  bool operator==(const zone_resumed&) const = default;
};

/// Every turn behind this one is decided with this policy.
struct policy_set {
  static constexpr event_traits traits{.name = "policy_set", .others_hear = false};

  kept_policy policy;
  std::string by; ///< the operator

  bool operator==(const policy_set&) const = default;
};

/// Commands were lost unread, and an operator knows.
struct input_loss_accepted {
  static constexpr event_traits traits{.name = "input_loss_accepted", .others_hear = false};

  std::uint64_t last = 0; ///< sequence of the last one in the input stream
  std::string by;         ///< the operator

  bool operator==(const input_loss_accepted&) const = default;
};

using zone_event =
    std::variant<zone_opened, zone_paused, zone_resumed, policy_set, input_loss_accepted>;

/// What the zone knows about itself. The fold of its events.
struct zone {
  std::uint64_t epoch = 0;
  bool paused = false;
  std::string pause_reason;
  kept_policy policy = {}; ///< the newest

  bool operator==(const zone&) const = default;
};

} // namespace dispatch
