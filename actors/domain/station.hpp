#pragma once

#include "actors/domain/machine.hpp"
#include "messages/station.hpp"

#include <string_view>

/// A station is open or closed. Orders of a closed station are placed and paid, but not offered.
namespace dispatch::domain {

outcome<station_event> apply(const station& state, const station_command& command,
                             const context& with);

void evolve(station& state, const station_event& event);

/// Plain word for listings: `unknown`, `open` or `closed`.
std::string_view status_name(const station& state);

} // namespace dispatch::domain
