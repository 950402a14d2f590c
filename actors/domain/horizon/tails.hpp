#pragma once

#include "actors/domain/horizon/problem.hpp"
#include "actors/domain/horizon/rider_reach.hpp"

namespace dispatch::domain::horizon {

/// What each rider is to do behind what is fixed goes to the rider whom it suits best, all at once:
/// one minimum-cost assignment. False: nothing is better so, and nothing has changed.
bool exchange_tails(const problem& problem, solution& plan, rider_reach& reach);

} // namespace dispatch::domain::horizon
