#include "actors/domain/planning/steps.hpp"
#include "actors/domain/route.hpp"
#include "messages/limits.hpp"
#include "messages/records/record_budget.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>

/// A better rider for an order that has one.
namespace dispatch::domain {

namespace {

/// What it means that the rider who has the order keeps it.
struct as_it_is {
  candidate terms;
  double leaves_s = 0.0; ///< until the rider has collected it
};

/// nullopt: the rider stands at its pick-up, or has collected it.
std::optional<as_it_is> as_carried(const known_rider& holder, const known_order& order,
                                   timestamp now, const travel_model& travel) {
  const auto& rider = holder.state;
  const auto pick_up = std::ranges::find_if(rider.route, [&](const stop& s) {
    return s.kind == stop_kind::pick_up && s.order == order.id;
  });
  const auto at = static_cast<std::size_t>(pick_up - rider.route.begin());
  if (pick_up == rider.route.end() || (at == 0 && rider.arrived)) {
    return std::nullopt;
  }
  if (travel.engine != nullptr) {
    travel.engine->begin();
  }
  const auto departures =
      departures_s(rider.route, rider.at, rider.arrived, rider.vehicle, now, travel);
  const auto& from = at == 0 ? rider.at : rider.route[at - 1].at;
  const auto arrival_s =
      (at == 0 ? 0.0 : departures[at - 1]) + travel_s(from, pick_up->at, rider.vehicle, travel);
  const auto ready_s = std::max(0.0, seconds_between(now, order.state.details.ready_at));
  as_it_is kept;
  kept.leaves_s = departures[at];
  auto& terms = kept.terms;
  terms.rider = holder.id;
  terms.travel_s = arrival_s;
  terms.order_wait_s = std::max(0.0, arrival_s - ready_s);
  terms.rider_wait_s = std::max(0.0, ready_s - arrival_s);
  terms.distance_m = distance_m(rider.at, order.state.details.pick_up);
  terms.cost_s = cost_of(terms, travel.policy);
  if (travel.engine != nullptr) {
    terms.travel = travel.engine->used();
  }
  return kept;
}

/// By how much sooner the order is collected, less what it costs the other rider's orders.
double gain_s(const as_it_is& kept, const candidate& other, const policy& policy) {
  const auto leaves_s =
      other.travel_s + other.rider_wait_s + static_cast<double>(policy.pick_up_service.count());
  return kept.leaves_s - leaves_s - policy.detour_weight * std::max(0.0, other.detour_s);
}

void offer_swap(plan_draft& draft, const known_order& order) {
  const auto& known = draft.known;
  const auto& policy = known.policy();
  const auto context = draft.context();
  const auto& holder_id = order.state.rider;
  const auto holder = known.riders().find(holder_id);
  if (holder == known.riders().end() ||
      reason_not_to_search(order.state, known, context.now, context.local_offset)) {
    return;
  }
  const auto kept = as_carried({holder_id, *holder->second}, order, context.now, context.travel);
  if (!kept) {
    return;
  }
  auto found = search_with_sources(order, draft.promised, context);
  if (!found || found->forbidden) {
    return;
  }
  draft.result.failed_rules += found->failed != 0 ? 1U : 0U;
  std::erase_if(found->candidates, [&](const auto& c) { return c.terms.rider == holder_id; });
  const auto better = std::ranges::find_if(found->candidates, [&](const auto& c) {
    return !draft.taken.contains(c.terms.rider) && !draft.needed.contains(c.terms.rider) &&
           gain_s(*kept, c.terms, policy) >= static_cast<double>(policy.swap_gain.count());
  });
  if (better == found->candidates.end()) {
    return;
  }
  auto d = evidence_of(*found, known);
  d.swap_from = kept->terms;
  d.gain_s = gain_s(*kept, better->terms, policy);
  if (!draft.spend(record_budget::reserve(d) +
                   record_budget::reserve_offer(better->route.size()))) {
    return;
  }
  auto made = propose(draft, order, std::move(*better), false);
  made.orders.front().wants.reset(); // Its goods are held, and stay where they are.
  made.instead_of = holder_id;
  made.offer.swap = true;
  put_forward(draft, std::move(made), std::move(d));
}

} // namespace

void offer_swaps(plan_draft& draft) {
  const auto& policy = draft.known.policy();
  auto& looked_at = draft.result.notes.looked_for_better;
  if (policy.swap_gain.count() == 0 || draft.result.notes.unfinished) {
    return;
  }
  for (const auto& [id, entry] : draft.known.bound()) {
    if (looked_at.size() == limits::swaps_looked_at_per_match) {
      return; // Whoever was looked at pauses: the others' turn comes in the next matches.
    }
    if (const auto look = next_look(entry, policy); look && *look <= draft.request.now) {
      offer_swap(draft, {id, *entry.state});
      looked_at.push_back(id);
    }
  }
}

} // namespace dispatch::domain
