#pragma once

#include "actors/domain/machine.hpp"
#include "messages/entities/station.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// A station is open or closed, and may keep stock. Orders of a closed station are placed and paid,
/// but not offered.
///
/// Stock is what a sensor counts and what is promised of it:
///
///   report (sensor) ----> on_hand          reserve (offer of an order) ----> reserved, until ...
///                            ^  |                                               |  |
///            order returned -+  +-- order picked up: both less <----------------+  |
///                                   cancelled, expired, closed: reserved less <----+
///
/// No more is ever reserved than lies there: when a report counts fewer, the newest reservations
/// are released first, and their orders get their goods elsewhere.
namespace dispatch::domain {

using station_outcome = outcome<station_event>;

station_outcome apply(const station& state, const station_command& command, const context& context);

void evolve(station& state, const station_event& event);

/// When the station wants `pass_deadline`, if ever.
std::optional<timestamp> deadline(const station& state);

/// Pieces that nobody has reserved.
std::uint32_t available(const station& state, std::string_view item);

/// Whether nobody else holds so much that these could not be reserved too.
bool has_in_stock(const station& state, const std::vector<goods>& items);

/// Whether it hands out at `now`, by its word and its hours. `offset` is the local time less UTC.
bool hands_out(const station& state, timestamp now, std::chrono::seconds offset);

/// When its hours let it hand out next, seen from `now`, at which they do not.
timestamp next_opening(const station& state, timestamp now, std::chrono::seconds offset);

/// Plain word for listings: `unknown`, `open` or `closed`.
std::string_view status_name(const station& state);

} // namespace dispatch::domain
