#include "actors/domain/matching/assignment.hpp"
#include "actors/domain/planning/steps.hpp"

#include <utility>

/// Riders for the orders that are due, and what is said of those who get none.
namespace dispatch::domain {

void search_for_due(plan_draft& draft) {
  const auto& known = draft.known;
  const auto now = draft.request.now;
  const auto context = draft.context();
  for (const auto& [id, entry] : known.waiting()) {
    if (!is_due(entry, known, now)) {
      continue;
    }
    if (const auto why =
            reason_not_to_search(*entry.state, known, now, draft.request.local_offset)) {
      draft.held.push_back({id, *why});
      continue;
    }
    if (known.policy().routed && entry.travel == travel_phase::unasked) {
      draft.entry_of(id).dirty = true; // What it wants to know is asked for behind the turn.
      continue;
    }
    auto found = search_with_sources({id, *entry.state}, draft.promised, context);
    if (!found) {
      draft.held.push_back({id, wait{waiting_reason::no_stock, now + look_again_after}});
      continue;
    }
    draft.result.failed_rules += found->failed != 0 ? 1U : 0U;
    if (found->forbidden) {
      draft.held.push_back(
          {id, wait{waiting_reason::rule, now + look_again_after}, std::move(*found)});
      continue;
    }
    found->others_get_them = std::erase_if(found->candidates, [&](const auto& c) {
                               return draft.taken.contains(c.terms.rider);
                             }) > 0;
    draft.searches.push_back(std::move(*found));
  }
}

void tell_who_waits(plan_draft& draft) {
  for (const auto& [id, why, evidence] : draft.held) {
    keep_waiting(draft, id, why, evidence_of(evidence, draft.known));
  }
  for (std::size_t i = 0; i < draft.chosen.size(); ++i) {
    if (draft.chosen[i] != unassigned) {
      continue;
    }
    const auto& found = draft.searches[i];
    auto reason = waiting_reason::riders_busy;
    if (found.in_reach == 0) {
      reason = waiting_reason::no_rider_in_reach;
    } else if (found.candidates.empty() && !found.others_get_them) {
      reason = waiting_reason::all_riders_gated;
    }
    keep_waiting(draft, found.order, {reason, draft.request.now + look_again_after},
                 evidence_of(found, draft.known));
  }
}

} // namespace dispatch::domain
