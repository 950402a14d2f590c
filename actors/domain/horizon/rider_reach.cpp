#include "actors/domain/horizon/rider_reach.hpp"

#include <algorithm>

namespace dispatch::domain::horizon {

namespace {

constexpr std::size_t riders_kept = 40;

} // namespace

double rider_reach::rank_s(std::size_t rider, std::size_t place, double not_before_s) const {
  const auto& free = problem_.riders[rider];
  const auto way_s = problem_.way_s(free.at, place, free);
  const auto there_s = std::max(free.free_s, 0.0) + way_s + problem_.pick_up_service_s / 2.0;
  return std::max(there_s, not_before_s) + problem_.rider_weight * way_s;
}

std::span<const std::pair<double, std::size_t>> rider_reach::of(std::size_t place) {
  auto& list = of_[place];
  if (list.empty()) {
    for (std::size_t rider = 0; rider < problem_.riders.size(); ++rider) {
      const auto& free = problem_.riders[rider];
      const auto there_s = std::max(free.free_s, 0.0) + problem_.way_s(free.at, place, free);
      if (there_s + problem_.pick_up_service_s / 2.0 <= free.off_s) {
        list.emplace_back(rank_s(rider, place, 0.0), rider);
      }
    }
    const auto kept = std::min(list.size(), riders_kept);
    std::partial_sort(list.begin(), list.begin() + static_cast<std::ptrdiff_t>(kept), list.end());
    list.resize(kept);
  }
  return list;
}

} // namespace dispatch::domain::horizon
