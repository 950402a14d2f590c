#include "actors/domain/matching/assignment.hpp"
#include "actors/domain/planning/steps.hpp"
#include "actors/domain/route.hpp"
#include "messages/records/record_budget.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <unordered_map>
#include <utility>

/// Orders for which no rider is left ride along in an offer of the same match.
namespace dispatch::domain {

namespace {

/// An order that could ride along in an offer.
struct passenger {
  ranked_candidate as;   ///< with the route of all
  double longer_s = 0.0; ///< all rides in sum, and its own pick-up later than if it were alone
};

/// Whether no rule forbids the rider, with all that the offer comes to, one of its orders.
bool allowed_together(plan_draft& draft, const proposal& to, const known_order& added,
                      const std::vector<stop>& route) {
  const auto& known = draft.known;
  if (known.rules().empty()) {
    return true;
  }
  const auto context = draft.context();
  const auto allowed = [&](const std::string& id, const order& order) {
    auto rider = *known.riders().at(to.rider);
    rider.route = route;
    std::erase_if(rider.route, [&](const stop& s) { return s.order == id; });
    return !judge_pair(rule_on(order, context), rider, order).forbidden_by;
  };
  return allowed(added.id, added.state) &&
         std::ranges::all_of(to.orders, [&](const order_terms& other) {
           const auto& order = draft.waiting_order(other.order);
           return allowed(other.order, other.from
                                           ? sourced_from(order, other.from->id,
                                                          *known.stations().at(other.from->id))
                                           : order);
         });
}

/// The order of `alone` as a part of the offer. nullopt: it does not fit.
std::optional<passenger> ride_along(plan_draft& draft, const std::string& order_id,
                                    const ranked_candidate& alone, const proposal& to) {
  const auto& policy = draft.known.policy();
  auto state = draft.waiting_order(order_id);
  if (alone.from) {
    const auto& from = *draft.known.stations().at(alone.from->id);
    if (!draft.promised.leaves(alone.from->id, from, state.details.items)) {
      return std::nullopt;
    }
    state = sourced_from(state, alone.from->id, from);
  }
  if (to.offer.orders.size() >= policy.bundle_orders_max ||
      orders_on(to.offer.route) >= policy.route_orders_max) {
    return std::nullopt;
  }
  const known_order order{order_id, state};
  const auto context = draft.context();
  auto rider = *draft.known.riders().at(to.rider);
  rider.route = to.offer.route;
  auto evaluated = evaluate({to.rider, rider}, order, context.now, context.travel);
  auto& together = evaluated.candidate;
  const auto longer_s =
      together.terms.detour_s + std::max(0.0, together.terms.travel_s - alone.terms.travel_s);
  if (evaluated.code != gate::none ||
      longer_s > static_cast<double>(policy.bundle_detour_max.count()) ||
      !allowed_together(draft, to, order, together.route)) {
    return std::nullopt;
  }
  together.from = alone.from;
  together.terms.station = alone.terms.station;
  together.terms.ride_s = alone.terms.ride_s;
  together.terms.cost_s = cost_of(together.terms, policy);
  const auto ruling = rule_on(state, context);
  add_rules(together.terms, ruling, judge_pair(ruling, rider, state), policy);
  return passenger{std::move(together), longer_s};
}

/// False: the record has no room for it.
bool add_to_offer(plan_draft& draft, search_result& found, ranked_candidate pick, proposal& to) {
  std::ranges::find(found.candidates, to.rider, [](const auto& c) {
    return c.terms.rider;
  })->terms = pick.terms;
  sort_by_cost(found.candidates);
  auto d = evidence_of(found, draft.known);
  if (!draft.spend(record_budget::reserve(d) + record_budget::reserve_offer(pick.route.size()))) {
    return false;
  }
  const auto later = std::chrono::round<duration>(
      std::chrono::duration<double>{std::max(0.0, pick.terms.detour_s)});
  for (auto& other : to.orders) {
    if (other.wants) {
      other.wants->until += later;
    }
    if (other.pick_up_by) {
      *other.pick_up_by += later;
    }
  }
  const known_order order{found.order, draft.waiting_order(found.order)};
  to.orders.push_back(terms_of(draft, order, pick, to.offer.expires_at));
  to.offer.orders.push_back(order.id);
  draft.entry_of(order.id).reason = waiting_reason::not_looked_at;
  to.offer.route = std::move(pick.route);
  d.rider = to.rider;
  d.offer = to.offer.id;
  draft.result.decisions.push_back(std::move(d));
  return true;
}

/// The searches without a choice: those of high weight first, then those that were placed first.
std::vector<std::size_t> left_over(const plan_draft& draft) {
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < draft.chosen.size(); ++i) {
    if (draft.chosen[i] == unassigned) {
      left.push_back(i);
    }
  }
  std::ranges::sort(left, {}, [&](std::size_t i) {
    const auto& found = draft.searches[i];
    return std::tuple{-found.weight, draft.waiting_order(found.order).placed_at, found.order};
  });
  return left;
}

} // namespace

void bundle(plan_draft& draft) {
  if (draft.known.policy().bundle_orders_max < 2) {
    return;
  }
  auto& proposals = draft.result.proposals;
  std::unordered_map<std::string, std::size_t> proposal_of; // by rider
  for (std::size_t p = 0; p < proposals.size(); ++p) {
    if (!proposals[p].confirmed) {
      proposal_of.emplace(proposals[p].rider, p);
    }
  }
  for (const auto i : left_over(draft)) {
    auto& found = draft.searches[i];
    std::optional<passenger> best;
    for (const auto& c : found.candidates) {
      if (const auto made = proposal_of.find(c.terms.rider); made != proposal_of.end()) {
        auto fitting = ride_along(draft, found.order, c, proposals[made->second]);
        if (fitting && (!best || fitting->longer_s < best->longer_s)) {
          best = std::move(fitting);
        }
      }
    }
    if (best) {
      auto& to = proposals[proposal_of.at(best->as.terms.rider)];
      draft.chosen[i] = add_to_offer(draft, found, std::move(best->as), to) ? 0 : unassigned;
    }
  }
}

} // namespace dispatch::domain
