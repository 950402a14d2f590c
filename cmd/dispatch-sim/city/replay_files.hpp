#pragma once

#include "cmd/dispatch-sim/city/scenario.hpp"
#include "messages/result.hpp"

#include <filesystem>
#include <istream>
#include <optional>
#include <string_view>

/// A recorded day as two CSV files with a header line each:
///
///  orders.csv    order_id, pick_up_lat, pick_up_lng, drop_off_lat, drop_off_lng, placement_time,
///                ready_time
///  couriers.csv  courier_id, vehicle, on_lat, on_lng, on_time, off_time
///
/// Further columns are ignored. Times are HH:MM:SS of one day. Corrected and counted as warnings: a
/// ready time before the placing (becomes the placing time), a shift that ends before it begins
/// (left out), the vehicle `vehicle` (a motorcycle). Equal pick-up points are one station.
namespace dispatch::sim {

/// Fails, naming file and line, on missing columns and values that are not what they should be.
result<scenario> read_day(const std::filesystem::path& directory);

/// The parts of it; `name` stands for the file in failures.
status read_orders(std::istream& from, std::string_view name, scenario& into);
status read_couriers(std::istream& from, std::string_view name, scenario& into);

/// Of HH:MM:SS or HH:MM, up to 24:00:00.
std::optional<duration> parse_time_of_day(std::string_view text);

} // namespace dispatch::sim
