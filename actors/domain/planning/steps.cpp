#include "actors/domain/planning/steps.hpp"

#include <utility>

namespace dispatch::domain {

plan plan_with(const board& known, const plan_request& request, void (*choice)(plan_draft&)) {
  plan_draft draft{known, request};
  assign_by_hand(draft);
  search_for_due(draft);
  choice(draft);
  make_offers(draft);
  bundle(draft);
  ask_others(draft);
  tell_who_waits(draft);
  offer_swaps(draft);
  return std::move(draft.result);
}

} // namespace dispatch::domain
