#pragma once

#include "actors/domain/horizon/problem.hpp"

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace dispatch::domain::horizon {

/// Which riders could be where, and how soon: found out for a place when it is asked for.
class rider_reach {
public:
  explicit rider_reach(const problem& problem) : problem_(problem), of_(problem.places.size()) {}

  /// When the rider could collect at the place, not before a time, and what the way costs.
  double rank_s(std::size_t rider, std::size_t place, double not_before_s) const;

  /// Riders who could collect at the place before their shifts end, with their ranks: the first
  /// ones, and not all.
  std::span<const std::pair<double, std::size_t>> of(std::size_t place);

private:
  const problem& problem_;
  std::vector<std::vector<std::pair<double, std::size_t>>> of_; ///< by place; empty: not asked
};

} // namespace dispatch::domain::horizon
