#pragma once

#include "actors/protocol.hpp"

#include <caf/fwd.hpp>

namespace dispatch {

/// Starts the actor of one entity in a known state. It decides with the machine of its kind and
/// does nothing else.
entity_actor spawn_entity(caf::actor_system& system, const entity_ref& entity,
                          const entity_state& state);

} // namespace dispatch
