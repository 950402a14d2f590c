#include "actors/domain/horizon/planned_route.hpp"

#include <algorithm>

namespace dispatch::domain::horizon {

std::span<const visit> visits_of(const route& route) {
  return std::span(route.visits).first(route.count);
}

std::span<const std::uint32_t> orders_of(const visit& visit) {
  return std::span(visit.orders).first(visit.count);
}

void insert_visit(route& into, std::size_t before, const visit& added) {
  const auto begin = into.visits.begin();
  std::shift_right(begin + static_cast<std::ptrdiff_t>(before),
                   begin + static_cast<std::ptrdiff_t>(into.count + 1), 1);
  into.visits[before] = added;
  ++into.count;
}

void insert_order(visit& into, std::size_t before, std::uint32_t order) {
  const auto begin = into.orders.begin();
  std::shift_right(begin + static_cast<std::ptrdiff_t>(before),
                   begin + static_cast<std::ptrdiff_t>(into.count + 1), 1);
  into.orders[before] = order;
  ++into.count;
}

void erase_order(route& from, std::uint32_t order) {
  for (std::size_t v = 0; v < from.count; ++v) {
    auto& visit = from.visits[v];
    const auto begin = visit.orders.begin();
    const auto end = begin + static_cast<std::ptrdiff_t>(visit.count);
    if (const auto found = std::find(begin, end, order); found != end) {
      std::shift_left(found, end, 1);
      if (--visit.count == 0) {
        const auto gone = from.visits.begin() + static_cast<std::ptrdiff_t>(v);
        std::shift_left(gone, from.visits.begin() + static_cast<std::ptrdiff_t>(from.count), 1);
        --from.count;
      }
      return;
    }
  }
}

void replace_orders(route& in, std::uint32_t one, std::uint32_t other) {
  for (auto& visit : std::span(in.visits).first(in.count)) {
    for (auto& order : std::span(visit.orders).first(visit.count)) {
      order = order == one ? other : order == other ? one : order;
    }
  }
}

} // namespace dispatch::domain::horizon
