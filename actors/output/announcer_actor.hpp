#pragma once

#include "actors/output/announcing.hpp"
#include "actors/protocol.hpp"

#include <caf/fwd.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace dispatch {

/// Where announcing goes on.
struct announcer_start {
  std::string zone_name;
  std::uint64_t out_sequence = 0; ///< the output stream's last
  announcement_id last;           ///< the announcement there; number 0: none ever
  std::uint64_t epoch = 0;        ///< of the owner
};

/// Starts the one publisher of a zone's events. Publishes in log order, each event exactly once:
/// after every doubt it reads what the stream's last event is and goes on behind it.
announcer_actor spawn_announcer(caf::actor_system& system, announcer_start start,
                                std::shared_ptr<event_sink> sink, zone_actor zone);

} // namespace dispatch
