#pragma once

#include "actors/metrics.hpp"
#include "actors/protocol.hpp"

#include <caf/fwd.hpp>

#include <memory>
#include <string>

namespace dispatch {

/// Starts the one writer of a zone's store. Turns that come together share a transaction. A turn is
/// handed to the announcer only when it is written. When writing fails for good, the zone halts.
store_actor spawn_store(caf::actor_system& system, std::string zone_name, std::shared_ptr<store> to,
                        announcer_actor announcer, zone_actor zone);

} // namespace dispatch
