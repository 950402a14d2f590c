#pragma once

#include "actors/domain/machine.hpp"
#include "messages/entities/pause.hpp"

#include <optional>
#include <string>

/// What orders, riders and stations do alike when an operator pauses and resumes them.
namespace dispatch::domain {

/// The answer to a command that a paused entity does not take. Nothing is kept of it: the sender
/// keeps what has no other outcome, and sends it again. Operators may resume it themselves.
template <class Event>
outcome<Event> refuse_paused(const pause_note& pause, const context& context) {
  const auto* next = context.by_operator ? ": `resume` comes first, then send this again"
                                         : ": send this again when it has been resumed";
  return refuse<Event>(refusal::paused,
                       "an operator has paused it" +
                           (pause.reason.empty() ? "" : " (" + pause.reason + ")") + next);
}

template <class Event> outcome<Event> refuse_without_operator() {
  return refuse<Event>(refusal::not_permitted,
                       "only an operator does this: end the subject with the operator");
}

template <class Event>
outcome<Event> apply_pause(const std::optional<pause_note>& now, const pause_actor& command,
                           const context& context) {
  if (!context.by_operator) {
    return refuse_without_operator<Event>();
  }
  if (now) {
    return refuse<Event>(refusal::wrong_status, "it is paused");
  }
  return accept<Event>(actor_paused{command.reason, context.at});
}

template <class Event>
outcome<Event> apply_resume(const std::optional<pause_note>& now, const context& context) {
  if (!context.by_operator) {
    return refuse_without_operator<Event>();
  }
  if (!now) {
    return refuse<Event>(refusal::wrong_status, "it is not paused");
  }
  return accept<Event>(actor_resumed{context.at});
}

} // namespace dispatch::domain
