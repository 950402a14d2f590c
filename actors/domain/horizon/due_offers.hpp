#pragma once

#include "actors/domain/horizon/city_view.hpp"
#include "actors/domain/horizon/problem.hpp"
#include "actors/domain/planning/plan_draft.hpp"

namespace dispatch::domain {

/// Asks the riders of the solution for whom it is time to set out, or to wait at the station for
/// one order more. Says of the other orders what they wait for.
void offer_what_is_due(plan_draft& draft, const city_view& view, const horizon::solution& solution);

} // namespace dispatch::domain
