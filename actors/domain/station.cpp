#include "actors/domain/station.hpp"

#include "actors/domain/pause.hpp"

#include <variant>

namespace dispatch::domain {

namespace {

outcome<station_event> refused_as_unknown() {
  return refuse<station_event>(refusal::unknown_entity, "no station with this id ever opened");
}

} // namespace

outcome<station_event> apply(const station& state, const station_command& command,
                             const context& with) {
  if (const auto* pause = std::get_if<pause_actor>(&command)) {
    return state.known ? apply_pause<station_event>(state.pause, *pause, with)
                       : refused_as_unknown();
  }
  if (std::holds_alternative<resume_actor>(command)) {
    return state.known ? apply_resume<station_event>(state.pause, with) : refused_as_unknown();
  }
  if (state.pause) {
    return refuse_paused<station_event>(*state.pause);
  }
  if (const auto* open = std::get_if<open_station>(&command)) {
    if (state.open) {
      return refuse<station_event>(refusal::wrong_status, "the station is open");
    }
    return accept<station_event>(station_opened{open->at});
  }
  if (!state.known) {
    return refused_as_unknown();
  }
  if (!state.open) {
    return refuse<station_event>(refusal::wrong_status, "the station is closed");
  }
  return accept<station_event>(station_closed{});
}

void evolve(station& state, const station_event& event) {
  state.known = true;
  std::visit(overloaded{
                 [&](const station_opened& e) {
                   state.open = true;
                   state.at = e.at;
                 },
                 [&](const station_closed&) { state.open = false; },
                 [&](const actor_paused& e) {
                   state.pause = {e.reason, e.at};
                 },
                 [&](const actor_resumed&) { state.pause.reset(); },
             },
             event);
}

std::string_view status_name(const station& state) {
  if (!state.known) {
    return "unknown";
  }
  if (state.pause) {
    return "paused";
  }
  return state.open ? "open" : "closed";
}

} // namespace dispatch::domain
