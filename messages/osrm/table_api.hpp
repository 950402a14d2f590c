#pragma once

#include "messages/entities/travel.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

/// A routing engine behind the HTTP interface of OSRM.
namespace dispatch::osrm {

/// What follows the base URL in a request for a table.
std::string request_path(const travel_question& question);

/// The table of an answer, with as many rows and columns; nullopt for an answer that is none, or
/// says anything but a time or "no road" in one place. An answer that a place is near no road, or
/// that there are no ways, is a table without times.
std::optional<travel_table> parse_table(std::string_view body, std::size_t rows,
                                        std::size_t columns);

} // namespace dispatch::osrm
