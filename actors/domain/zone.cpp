#include "actors/domain/zone.hpp"

#include <variant>

namespace dispatch::domain {

outcome<zone_event> apply(const zone& state, const zone_command& command, const context& with) {
  if (!with.by_operator) {
    return refuse<zone_event>(refusal::not_permitted,
                              "only an operator does this: end the subject with the operator");
  }
  if (const auto* pause = std::get_if<pause_zone>(&command)) {
    if (state.paused) {
      return refuse<zone_event>(refusal::wrong_status, "the zone is paused");
    }
    return accept<zone_event>(zone_paused{pause->reason});
  }
  if (!state.paused) {
    return refuse<zone_event>(refusal::wrong_status, "the zone is not paused");
  }
  return accept<zone_event>(zone_resumed{});
}

void evolve(zone& state, const zone_event& event) {
  std::visit(overloaded{
                 [&](const zone_opened& e) { state.epoch = e.epoch; },
                 [&](const zone_paused& e) {
                   state.paused = true;
                   state.pause_reason = e.reason;
                 },
                 [&](const zone_resumed&) {
                   state.paused = false;
                   state.pause_reason.clear();
                 },
             },
             event);
}

std::string_view status_name(const zone& state) { return state.paused ? "paused" : "running"; }

} // namespace dispatch::domain
