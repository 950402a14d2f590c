#include "actors/entity_actor.hpp"

#include "actors/domain/order.hpp"
#include "actors/domain/rider.hpp"
#include "actors/domain/station.hpp"
#include "actors/domain/zone.hpp"
#include "actors/snapshot.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <exception>
#include <utility>

namespace dispatch {

namespace {

/// Commands of one kind of entity, and the machine that decides them.
template <class State, class Command> struct entity_state_of {
  static inline const char* name = "entity";

  /// What is known at one instant, in all the forms that are needed of it.
  struct version {
    std::shared_ptr<const State> state;
    std::string encoded;
    std::uint64_t part = 0;
  };

  entity_ref who;
  std::uint64_t attempt = 0;
  version committed; ///< before the attempt
  version current;   ///< with the attempt's answers
  version tentative; ///< if `adopt` comes

  void init(entity_ref id, const entity_state& state) {
    who = std::move(id);
    current.state = std::get<std::shared_ptr<const State>>(state);
    if (!(*current.state == State{})) {
      current.encoded = wire_form(*current.state);
      current.part = digest_part(who, current.encoded);
    }
    committed = current;
  }

  static std::string wire_form(const State& state) {
    return encode(entity_state{std::make_shared<const State>(state)});
  }

  answer on_deliver(const deliver& message) {
    if (message.attempt != attempt) {
      committed = current;
      attempt = message.attempt;
    }
    answer result;
    result.who = who;
    try {
      auto next = decide(message, result.replies);
      result.state = next.state;
      result.encoded = next.encoded;
      result.part_before = current.part;
      result.part_after = next.part;
      (message.tentative ? tentative : current) = std::move(next);
    } catch (const std::exception& error) {
      result.replies.clear();
      result.thrown = error.what();
    }
    return result;
  }

  /// Applies the deliveries one after the other and collects what they come to.
  version decide(const deliver& message, std::vector<reply>& replies) const {
    auto next = std::make_shared<State>(*current.state);
    auto changed = false;
    replies.reserve(message.items.size());
    for (const auto& item : message.items) {
      const auto with = domain::context{who.id, item.at, !item.by.empty(), *message.rules, item.by};
      auto outcome = domain::apply(*next, std::get<Command>(item.command), with);
      reply said;
      said.input = item.input;
      said.refused = outcome.refused;
      said.detail = std::move(outcome.detail);
      for (auto& event : outcome.events) {
        domain::evolve(*next, event);
        changed = true;
        said.events.emplace_back(std::move(event));
      }
      replies.push_back(std::move(said));
    }
    if (!changed) {
      return current;
    }
    version result;
    result.state = std::move(next);
    result.encoded = encode(entity_state{result.state});
    result.part = digest_part(who, result.encoded);
    return result;
  }

  void on_adopt() { current = tentative; }

  void on_roll_back(const roll_back& message) {
    if (message.attempt == attempt) {
      current = committed;
    }
  }
};

template <class State, class Command>
entity_actor::behavior_type
entity_behavior(entity_actor::stateful_pointer<entity_state_of<State, Command>> self,
                const entity_ref& who, const entity_state& state) {
  self->state.init(who, state);
  return {
      [self](const deliver& message) { return self->state.on_deliver(message); },
      [self](const adopt&) { self->state.on_adopt(); },
      [self](const roll_back& message) { self->state.on_roll_back(message); },
  };
}

} // namespace

entity_actor spawn_entity(caf::actor_system& system, const entity_ref& who, entity_state state) {
  switch (who.kind) {
  case entity_kind::order:
    return system.spawn(entity_behavior<order, order_command>, who, std::move(state));
  case entity_kind::rider:
    return system.spawn(entity_behavior<rider, rider_command>, who, std::move(state));
  case entity_kind::station:
    return system.spawn(entity_behavior<station, station_command>, who, std::move(state));
  case entity_kind::zone:
    break;
  }
  return system.spawn(entity_behavior<zone, zone_command>, who, std::move(state));
}

} // namespace dispatch
