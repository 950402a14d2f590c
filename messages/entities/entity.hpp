#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace dispatch {

/// What an actor stands for. The value is stored: never renumber.
enum class entity_kind : std::uint8_t { order = 1, rider = 2, station = 3, zone = 4 };

/// The subject token of a kind: `order`, `rider`, `station` or `zone`.
std::string_view to_string(entity_kind kind);

/// The kind that a subject token names; false when it names none.
bool parse(std::string_view token, entity_kind& kind);

/// Names one actor of a zone.
struct entity_ref {
  entity_kind kind = entity_kind::order;
  std::string id;

  auto operator<=>(const entity_ref&) const = default;
};

/// An id is one subject token of 1 to 64 letters, digits, `-` or `_`.
bool valid_id(std::string_view id);

} // namespace dispatch

template <> struct std::hash<dispatch::entity_ref> {
  std::size_t operator()(const dispatch::entity_ref& ref) const noexcept {
    return std::hash<std::string>{}(ref.id) * 31U + static_cast<std::size_t>(ref.kind);
  }
};
