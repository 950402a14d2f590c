#pragma once

#include <cstdint>
#include <string>
#include <variant>

/// All that is said to, by and about the zone itself.
namespace dispatch {

/// No new offers until `resume`. Everything else goes on.
struct pause_zone {
  std::string reason;

  bool operator==(const pause_zone&) const = default;
};

struct resume_zone {
  bool operator==(const resume_zone&) const = default;
};

using zone_command = std::variant<pause_zone, resume_zone>;

/// A process took the zone over. First event of an epoch; older owners are fenced.
struct zone_opened {
  std::uint64_t epoch = 0;
  std::string owner;

  bool operator==(const zone_opened&) const = default;
};

struct zone_paused {
  std::string reason;

  bool operator==(const zone_paused&) const = default;
};

struct zone_resumed {
  bool operator==(const zone_resumed&) const = default;
};

using zone_event = std::variant<zone_opened, zone_paused, zone_resumed>;

/// What the zone knows about itself. The fold of its events.
struct zone {
  std::uint64_t epoch = 0;
  bool paused = false;
  std::string pause_reason;

  bool operator==(const zone&) const = default;
};

} // namespace dispatch
