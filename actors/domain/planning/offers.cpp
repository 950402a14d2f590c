#include "actors/domain/machines/order_lapses.hpp"
#include "actors/domain/matching/assignment.hpp"
#include "actors/domain/planning/steps.hpp"
#include "messages/records/record_budget.hpp"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

/// Offers of what was chosen, to one rider or to several at once.
namespace dispatch::domain {

namespace {

/// The searches with a choice, those who wait longest first, then cheapest.
std::vector<std::size_t> in_turn(const plan_draft& draft) {
  std::vector<std::size_t> oldest_first;
  for (std::size_t i = 0; i < draft.chosen.size(); ++i) {
    if (draft.chosen[i] != unassigned) {
      oldest_first.push_back(i);
    }
  }
  std::ranges::sort(oldest_first, {}, [&](std::size_t i) {
    const auto& found = draft.searches[i];
    return std::tuple{-found.waited_s, found.candidates[draft.chosen[i]].terms.cost_s, i};
  });
  return oldest_first;
}

void ask_also(plan_draft& draft, proposal& made, const order& order, ranked_candidate pick) {
  const auto& policy = draft.known.policy();
  const auto collected = expected_pick_up(order, pick, made.offer.expires_at);
  further_ask ask{
      pick.terms.rider,
      {draft.next_offer_id(), made.offer.orders, std::move(pick.route), made.offer.expires_at},
      {}};
  if (auto& wants = made.orders.front().wants) {
    wants->until = std::max(wants->until, collected + policy.reservation_ttl);
  }
  if (policy.late_after.count() > 0) {
    ask.pick_up_by = collected + policy.late_after;
  }
  draft.taken.insert(ask.rider);
  made.also.push_back(std::move(ask));
}

} // namespace

void make_offers(plan_draft& draft) {
  const auto oldest_first = in_turn(draft);
  for (const auto i : oldest_first) {
    draft.needed.insert(draft.searches[i].candidates[draft.chosen[i]].terms.rider);
  }
  for (const auto i : oldest_first) {
    auto& found = draft.searches[i];
    const known_order order{found.order, draft.waiting_order(found.order)};
    const auto picked = found.candidates.begin() + static_cast<std::ptrdiff_t>(draft.chosen[i]);
    auto& pick = *picked;
    if (pick.from &&
        !draft.promised.leaves(pick.from->id, *draft.known.stations().at(pick.from->id),
                               order.state.details.items)) {
      continue; // Another order of this match gets the last ones: this one is looked at again.
    }
    auto d = evidence_of(found, draft.known);
    if (!draft.spend(record_budget::reserve(d) + record_budget::reserve_offer(pick.route.size()))) {
      return; // The rest stays dirty: the next match has a budget of its own.
    }
    auto made = propose(draft, order, std::move(pick), false);
    found.candidates.erase(picked);
    draft.entry_of(order.id).reason = waiting_reason::not_looked_at; // If the offer is refused.
    draft.made.push_back({i, draft.result.proposals.size(), draft.result.decisions.size()});
    put_forward(draft, std::move(made), std::move(d));
  }
}

void ask_others(plan_draft& draft) {
  const auto& policy = draft.known.policy();
  if (policy.offers_at_once == 1) {
    return;
  }
  for (const auto& [search, proposal, decision] : draft.made) {
    auto& made = draft.result.proposals[proposal];
    if (made.orders.size() > 1) {
      continue; // Nobody else would get the same orders on the same terms.
    }
    const auto& order = draft.waiting_order(draft.searches[search].order);
    // An order is not offered more often than the zone tries.
    const auto tries_left = policy.offers_max - std::min(policy.offers_max, total(order.lapses));
    const auto asks_max = std::min(policy.offers_at_once, tries_left);
    for (auto& other : draft.searches[search].candidates) {
      if (made.also.size() + 1 >= asks_max) {
        break;
      }
      const auto& rider = other.terms.rider;
      if (draft.needed.contains(rider) || draft.taken.contains(rider) ||
          other.from != made.orders.front().from) {
        continue;
      }
      if (!draft.spend(record_budget::reserve_further_offer(other.route.size()))) {
        return;
      }
      ask_also(draft, made, order, std::move(other));
      draft.result.decisions[decision].also.push_back(
          {made.also.back().rider, made.also.back().offer.id});
    }
  }
}

} // namespace dispatch::domain
