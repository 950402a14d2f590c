#include "messages/entities/entity.hpp"

#include <algorithm>
#include <array>

namespace dispatch {

namespace {

constexpr std::size_t id_length_max = 64;

constexpr std::array<std::string_view, 5> kind_names = {"", "order", "rider", "station", "zone"};

bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

} // namespace

std::string_view to_string(entity_kind kind) {
  return kind_names.at(static_cast<std::size_t>(kind));
}

bool parse(std::string_view token, entity_kind& kind) {
  for (auto i = std::size_t{1}; i < kind_names.size(); ++i) {
    if (kind_names.at(i) == token) {
      kind = static_cast<entity_kind>(i);
      return true;
    }
  }
  return false;
}

bool valid_id(std::string_view id) {
  return !id.empty() && id.size() <= id_length_max && std::ranges::all_of(id, is_id_character);
}

} // namespace dispatch
