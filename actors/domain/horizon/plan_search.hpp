#pragma once

#include "actors/domain/horizon/problem.hpp"

#include <cstddef>
#include <cstdint>

namespace dispatch::domain::horizon {

/// How long is searched.
struct effort {
  std::uint64_t seed = 1;           ///< of all chance
  std::size_t iterations_max = 400; ///< of taking orders out and planning them anew
  std::size_t iterations_least = 0; ///< otherwise one for each order
};

/// Makes a solution better, and never worse: plans what nobody is planned for, gives what riders
/// are to do behind what is fixed to whom it suits best, and then takes a few related orders out
/// and plans them anew, again and again. What is bound to a rider stays there. A pure function.
///
/// Ropke and Pisinger 2006 (adaptive large neighbourhood search), in its simplest form.
void improve(const problem& problem, solution& plan, const effort& effort);

} // namespace dispatch::domain::horizon
