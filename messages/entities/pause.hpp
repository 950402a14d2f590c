#pragma once

#include "messages/entities/traits.hpp"
#include "messages/time.hpp"

#include <string>

/// An operator's word that one order, rider or station is to be left alone for a while.
namespace dispatch {

/// From an operator: no offers, and commands are refused until `resume_actor`.
struct pause_actor {
  static constexpr auto verb = from_outside("pause");
  static constexpr order_handling at_order{.taken_while_paused = true, .rider_hears = false};
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::none};
  static constexpr station_handling at_station{.taken_while_paused = true, .takes_goods = false};

  std::string reason;

  bool operator==(const pause_actor&) const = default;
};

/// From an operator: as before.
struct resume_actor {
  static constexpr auto verb = from_outside("resume");
  static constexpr order_handling at_order{.taken_while_paused = true, .rider_hears = false};
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::none};
  static constexpr station_handling at_station{.taken_while_paused = true, .takes_goods = false};

  bool operator==(const resume_actor&) const = default;
};

struct actor_paused {
  static constexpr event_traits traits{.name = "paused", .others_hear = false};

  std::string reason;
  timestamp at;

  bool operator==(const actor_paused&) const = default;
};

struct actor_resumed {
  static constexpr event_traits traits{.name = "resumed", .others_hear = false};

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
