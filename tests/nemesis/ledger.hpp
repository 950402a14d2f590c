#pragma once

#include "messages/nats/connection/connection.hpp"

#include <memory>
#include <set>
#include <string>

namespace dispatch::nemesis {

/// The commands of which no event in the zone's log is. Of what was announced there must be none:
/// its sender has forgotten it.
std::set<std::string> lost_commands(const std::shared_ptr<nats::connection>& on,
                                    const std::string& zone, std::set<std::string> announced);

} // namespace dispatch::nemesis
