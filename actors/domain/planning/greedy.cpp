#include "actors/domain/planning/planner.hpp"
#include "actors/domain/planning/steps.hpp"

namespace dispatch::domain {

/// Gives all that is due away at once, for the least sum of costs: one minimum-cost assignment.
plan greedy(const board& known, const plan_request& request) {
  return plan_with(known, request, [](plan_draft& draft) {
    draft.chosen = choose(draft.searches, draft.known.policy().age_weight);
  });
}

} // namespace dispatch::domain
