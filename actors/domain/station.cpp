#include "actors/domain/station.hpp"

#include <variant>

namespace dispatch::domain {

outcome<station_event> apply(const station& state, const station_command& command,
                             const context& /*with*/) {
  if (const auto* open = std::get_if<open_station>(&command)) {
    if (state.open) {
      return refuse<station_event>(refusal::wrong_status, "the station is open");
    }
    return accept<station_event>(station_opened{open->at});
  }
  if (!state.known) {
    return refuse<station_event>(refusal::unknown_entity, "no station with this id ever opened");
  }
  if (!state.open) {
    return refuse<station_event>(refusal::wrong_status, "the station is closed");
  }
  return accept<station_event>(station_closed{});
}

void evolve(station& state, const station_event& event) {
  state.known = true;
  if (const auto* opened = std::get_if<station_opened>(&event)) {
    state.open = true;
    state.at = opened->at;
  } else {
    state.open = false;
  }
}

std::string_view status_name(const station& state) {
  if (!state.known) {
    return "unknown";
  }
  return state.open ? "open" : "closed";
}

} // namespace dispatch::domain
