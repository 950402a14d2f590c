#pragma once

#include <nlohmann/json_fwd.hpp>

#include <iosfwd>

namespace dispatch::cli {

/// Over several lines, for `-o json`. What is not UTF-8 is replaced.
void print_json(std::ostream& to, const nlohmann::ordered_json& value);

/// On one line, for `-o json` of what has no end.
void print_json_line(std::ostream& to, const nlohmann::ordered_json& value);

} // namespace dispatch::cli
