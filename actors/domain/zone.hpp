#pragma once

#include "actors/domain/machine.hpp"
#include "messages/zone.hpp"

#include <string_view>

/// The zone as an entity: its epoch, and whether an operator has paused it. A paused zone makes no
/// offers; everything else goes on.
namespace dispatch::domain {

outcome<zone_event> apply(const zone& state, const zone_command& command, const context& with);

void evolve(zone& state, const zone_event& event);

/// Plain word for listings: `running` or `paused`.
std::string_view status_name(const zone& state);

} // namespace dispatch::domain
