#include "actors/entities/dispatcher_actor.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <utility>

namespace dispatch {

namespace {

struct dispatcher_state {
  static inline const char* name = "dispatcher";

  std::shared_ptr<domain::dispatcher> dispatcher;

  void observe(const std::vector<observed_entity>& changes) {
    for (const auto& [who, state] : changes) {
      dispatcher->observe(who, state);
    }
  }

  match_planned on_plan(const plan_match& message) {
    observe(message.changes);
    const auto begin = std::chrono::steady_clock::now();
    auto plan = dispatcher->match(message.request);
    const auto took = std::chrono::steady_clock::now() - begin;
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
    return {std::move(plan), static_cast<std::uint64_t>(micros)};
  }

  match_outlook on_settle(const settle_match& message) {
    observe(message.changes);
    dispatcher->learn(message.travel);
    auto wanted = dispatcher->commit();
    return {dispatcher->next_due(), dispatcher->waiting(), dispatcher->oldest_waiting(),
            std::move(wanted)};
  }
};

dispatcher_actor::behavior_type
dispatcher_behavior(dispatcher_actor::stateful_pointer<dispatcher_state> self,
                    const std::shared_ptr<domain::dispatcher>& restored) {
  self->state.dispatcher = restored;
  return {
      [self](const plan_match& message) { return self->state.on_plan(message); },
      [self](const settle_match& message) { return self->state.on_settle(message); },
      [self](const unsettle_match&) { self->state.dispatcher->roll_back(); },
  };
}

} // namespace

dispatcher_actor spawn_dispatcher(caf::actor_system& system,
                                  std::shared_ptr<domain::dispatcher> restored) {
  return system.spawn(dispatcher_behavior, std::move(restored));
}

} // namespace dispatch
