#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dispatch::wire {

/// Number of characters to insert, delete or replace (Levenshtein).
std::size_t edits(std::string_view from, std::string_view to);

/// Those of the names that somebody may have meant who typed this one, the nearest first, a few at
/// most. Upper and lower case are the same.
std::vector<std::string> near_names(std::string_view typed, std::span<const std::string> names);

} // namespace dispatch::wire
