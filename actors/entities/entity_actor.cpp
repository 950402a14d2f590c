#include "actors/entities/entity_actor.hpp"

#include "actors/turn/entity.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>

namespace dispatch {

namespace {

struct entity_actor_state {
  static inline const char* name = "entity";
  std::unique_ptr<entity> of;
};

entity_actor::behavior_type entity_behavior(entity_actor::stateful_pointer<entity_actor_state> self,
                                            const entity_ref& entity, const entity_state& state) {
  self->state.of = make_entity(entity, state);
  return {
      [self](const deliver& message) { return self->state.of->decide(message); },
      [self](const adopt&) { self->state.of->adopt(); },
      [self](const roll_back& message) { self->state.of->roll_back(message.attempt); },
  };
}

} // namespace

entity_actor spawn_entity(caf::actor_system& system, const entity_ref& entity,
                          const entity_state& state) {
  return system.spawn(entity_behavior, entity, state);
}

} // namespace dispatch
