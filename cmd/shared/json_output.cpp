#include "cmd/shared/json_output.hpp"

#include "messages/characters.hpp"

#include <nlohmann/json.hpp>

#include <ostream>

namespace dispatch::cli {

namespace {

using nlohmann::ordered_json;

void print(std::ostream& to, const ordered_json& value, int indent) {
  to << printable_json(value.dump(indent, ' ', false, ordered_json::error_handler_t::replace))
     << '\n';
}

} // namespace

void print_json(std::ostream& to, const ordered_json& value) { print(to, value, 2); }

void print_json_line(std::ostream& to, const ordered_json& value) { print(to, value, -1); }

} // namespace dispatch::cli
