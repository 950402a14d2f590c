#pragma once

#include "actors/domain/machine.hpp"
#include "messages/entities/zone.hpp"

#include <string_view>

/// The zone as an entity: its epoch, whether an operator has paused it, and its policy. A paused
/// zone makes no offers; everything else goes on. A policy is in force from the turn behind the one
/// that consumed it.
namespace dispatch::domain {

using zone_outcome = outcome<zone_event>;

zone_outcome apply(const zone& state, const zone_command& command, const context& context);

void evolve(zone& state, const zone_event& event);

/// Plain word for listings: `running` or `paused`.
std::string_view status_name(const zone& state);

} // namespace dispatch::domain
