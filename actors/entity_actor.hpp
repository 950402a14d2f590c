#pragma once

#include "actors/protocol.hpp"
#include "messages/policy.hpp"

#include <caf/fwd.hpp>

#include <memory>

namespace dispatch {

/// Starts the actor of one entity in a known state. It decides with the machine of its kind and
/// does nothing else.
entity_actor spawn_entity(caf::actor_system& system, const entity_ref& who, entity_state state,
                          std::shared_ptr<const policy> rules);

} // namespace dispatch
