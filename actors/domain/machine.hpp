#pragma once

#include "messages/policy.hpp"
#include "messages/records/event.hpp"
#include "messages/time.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A machine decides: `apply(state, command, context)` answers with events or a refusal and changes
/// nothing; `evolve(state, event)` makes an event true and decides nothing. Same arguments, same
/// result: no clock, no randomness, no I/O.
namespace dispatch::domain {

/// What a machine may know besides its own state.
struct context {
  std::string_view id; ///< of the entity itself
  timestamp at;        ///< of the command
  bool by_operator = false;
  const dispatch::policy& policy;
  std::string_view by = {}; ///< the operator
};

/// What a command comes to: events, or the reason why it came to nothing. A refused attempt that is
/// counted has both: its events become true all the same.
template <class Event> struct outcome {
  std::vector<Event> events;
  refusal refused = refusal::none;
  std::string detail; ///< for people, when refused

  bool operator==(const outcome&) const = default;
};

/// An outcome that is one of the overloads' own, built from a list of events.
template <class Event, class... Events> outcome<Event> accept(Events&&... events) {
  outcome<Event> result;
  (result.events.emplace_back(std::forward<Events>(events)), ...);
  return result;
}

template <class Event> outcome<Event> refuse(refusal code, std::string detail) {
  return {{}, code, std::move(detail)};
}

/// Joins lambdas into one visitor.
template <class... Fs> struct overloaded : Fs... { using Fs::operator()...; };
template <class... Fs> overloaded(Fs...) -> overloaded<Fs...>;

} // namespace dispatch::domain
