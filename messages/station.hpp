#pragma once

#include "messages/pause.hpp"
#include "messages/place.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

/// All that is said to, by and about a station.
namespace dispatch {

/// The station hands out orders from now on.
struct open_station {
  place at;

  bool operator==(const open_station&) const = default;
};

/// The station hands out nothing; its waiting orders wait.
struct close_station {
  bool operator==(const close_station&) const = default;
};

using station_command = std::variant<open_station, close_station, pause_actor, resume_actor>;

struct station_opened {
  place at;

  bool operator==(const station_opened&) const = default;
};

struct station_closed {
  bool operator==(const station_closed&) const = default;
};

using station_event = std::variant<station_opened, station_closed, actor_paused, actor_resumed>;

/// What is known about one station. The fold of its events.
struct station {
  bool known = false;
  bool open = false;
  place at;
  std::optional<pause_note> pause; ///< its orders wait, open or not

  bool operator==(const station&) const = default;
};

} // namespace dispatch
