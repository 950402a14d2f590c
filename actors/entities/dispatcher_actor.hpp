#pragma once

#include "actors/protocol.hpp"
#include "messages/policy.hpp"

#include <caf/fwd.hpp>

namespace dispatch {

/// Starts the dispatcher around what was restored from the store.
dispatcher_actor spawn_dispatcher(caf::actor_system& system,
                                  std::shared_ptr<domain::dispatcher> restored);

} // namespace dispatch
