#pragma once

#include "messages/entities/entity.hpp"

#include <cstddef>
#include <functional>
#include <string_view>

namespace dispatch {

/// What tells one command from another: its id, among those for the same entity. A view.
struct command_key {
  std::string_view id;
  const entity_ref& target;

  bool operator==(const command_key& other) const {
    return id == other.id && target == other.target;
  }
};

} // namespace dispatch

template <> struct std::hash<dispatch::command_key> {
  std::size_t operator()(const dispatch::command_key& key) const noexcept {
    return std::hash<dispatch::entity_ref>{}(key.target) * 31U +
           std::hash<std::string_view>{}(key.id);
  }
};
