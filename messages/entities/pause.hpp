#pragma once

#include "messages/time.hpp"

#include <string>

/// An operator's word that one order, rider or station is to be left alone for a while.
namespace dispatch {

/// From an operator: no offers, and commands are refused until `resume_actor`.
struct pause_actor {
  std::string reason;

  bool operator==(const pause_actor&) const = default;
};

/// From an operator: as before.
struct resume_actor {
  bool operator==(const resume_actor&) const = default;
};

struct actor_paused {
  std::string reason;
  timestamp at;

  bool operator==(const actor_paused&) const = default;
};

struct actor_resumed {
  timestamp at;

  bool operator==(const actor_resumed&) const = default;
};

/// Why an entity is left alone, and since when. Part of its state while it is.
struct pause_note {
  std::string reason;
  timestamp since;

  bool operator==(const pause_note&) const = default;
};

} // namespace dispatch
