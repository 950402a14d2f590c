#pragma once

#include "actors/protocol.hpp"
#include "actors/support/metrics.hpp"

#include <caf/fwd.hpp>

#include <memory>
#include <string>

namespace dispatch {

/// Starts the one writer of a zone's store. Turns that come together share a transaction. When
/// writing fails for good, the zone halts.
store_actor spawn_store(caf::actor_system& system, std::string zone_name, std::shared_ptr<store> to,
                        zone_actor zone);

} // namespace dispatch
