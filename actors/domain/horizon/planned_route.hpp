#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace dispatch::domain::horizon {

inline constexpr std::size_t visits_max = 5;       ///< planned for one rider
inline constexpr std::size_t visit_orders_max = 5; ///< collected at once

/// Orders that are collected together, in the sequence in which they are delivered.
struct visit {
  std::size_t place = 0;
  std::size_t count = 0;
  std::array<std::uint32_t, visit_orders_max> orders{};
};

/// What a rider is to do, visit by visit: all of one is delivered before the next begins. The first
/// visit of an anchored rider is at the station, and has the orders that are bound to the rider.
struct route {
  std::size_t count = 0;
  std::array<visit, visits_max> visits{};
};

std::span<const visit> visits_of(const route& route);
std::span<const std::uint32_t> orders_of(const visit& visit);

void insert_visit(route& into, std::size_t before, const visit& added);
void insert_order(visit& into, std::size_t before, std::uint32_t order);
/// And the visit, if nothing is left of it. Without effect when the route does not have the order.
void erase_order(route& from, std::uint32_t order);

/// Puts each of the two where the other one is, as far as they are on the route.
void replace_orders(route& in, std::uint32_t one, std::uint32_t other);

} // namespace dispatch::domain::horizon
