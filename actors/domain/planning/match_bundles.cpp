#include "actors/domain/planning/assignment.hpp"
#include "actors/domain/planning/matching_run.hpp"
#include "actors/domain/route.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <unordered_map>
#include <utility>

/// Orders for which no rider is left ride along in an offer of the same match.
namespace dispatch::domain {

/// Whether no rule forbids the rider, with all that the offer comes to, one of its orders.
bool dispatcher::allowed_together(const proposal& to, const std::string& order_id,
                                  const order& what, const std::vector<stop>& route) const {
  if (compiled_rules_->empty()) {
    return true;
  }
  const auto allowed = [&](const std::string& id, const order& one) {
    auto who = *riders_.at(to.rider);
    who.route = route;
    std::erase_if(who.route, [&](const stop& s) { return s.order == id; });
    const auto ruling = rule_on(one, *now_, {*compiled_rules_, local_offset_}, rules_);
    return !judge_pair(ruling, who, one).forbidden_by;
  };
  return allowed(order_id, what) && std::ranges::all_of(to.orders, [&](const order_terms& other) {
           const auto& one = *waiting_.at(other.order).state;
           return allowed(
               other.order,
               other.from ? sourced_from(one, other.from->id, *stations_.at(other.from->id)) : one);
         });
}

/// The order as a part of the offer. nullopt: it does not fit.
std::optional<dispatcher::passenger> dispatcher::ride_along(matching_run& run,
                                                            const std::string& order_id,
                                                            const ranked_candidate& with,
                                                            const proposal& to) const {
  auto what = *waiting_.at(order_id).state;
  if (with.from) {
    const auto& from = *stations_.at(with.from->id);
    if (!run.promised.leaves(with.from->id, from, what.details.items)) {
      return std::nullopt;
    }
    what = sourced_from(what, with.from->id, from);
  }
  if (to.offer.orders.size() >= rules_.bundle_orders_max ||
      orders_on(to.offer.route) >= rules_.route_orders_max) {
    return std::nullopt;
  }
  auto who = *riders_.at(to.rider);
  who.route = to.offer.route;
  auto evaluated = evaluate(to.rider, who, order_id, what, run.now,
                            {rules_, rules_.routed ? &run.engine : nullptr});
  auto& together = evaluated.candidate;
  const auto longer_s =
      together.terms.detour_s + std::max(0.0, together.terms.travel_s - with.terms.travel_s);
  if (evaluated.code != gate::none ||
      longer_s > static_cast<double>(rules_.bundle_detour_max.count()) ||
      !allowed_together(to, order_id, what, together.route)) {
    return std::nullopt;
  }
  together.from = with.from;
  together.terms.station = with.terms.station;
  together.terms.ride_s = with.terms.ride_s;
  together.terms.cost_s += together.terms.ride_s;
  const auto ruling = rule_on(what, run.now, {*compiled_rules_, local_offset_}, rules_);
  add_costs(together.terms, ruling, judge_pair(ruling, who, what), rules_);
  return passenger{std::move(together), longer_s};
}

/// False: the record has no room for it.
bool dispatcher::add_to_offer(matching_run& run, std::size_t search, ranked_candidate pick,
                              proposal& to) {
  const auto& id = run.searched[search];
  auto& found = run.searches[search];
  std::ranges::find(found.candidates, to.rider, [](const auto& c) {
    return c.terms.rider;
  })->terms = pick.terms;
  std::ranges::sort(found.candidates, {}, [](const ranked_candidate& c) {
    return std::tie(c.terms.cost_s, c.terms.rider);
  });
  auto d = evidence_of(found, id, rules_, *compiled_rules_);
  if (!run.spend(record_budget::reserve(d) + record_budget::reserve_offer(pick.route.size()))) {
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
  to.orders.push_back(terms_of(run, id, *waiting_.at(id).state, pick, to.offer.expires_at));
  to.offer.orders.push_back(id);
  remember_reason(id, waiting_reason::not_looked_at);
  to.offer.route = std::move(pick.route);
  d.rider = to.rider;
  d.offer = to.offer.id;
  run.result.decisions.push_back(std::move(d));
  return true;
}

/// Those of high weight first, then those that were placed first. Each goes where it lengthens the
/// rides least.
void dispatcher::fill_offers(matching_run& run, std::vector<std::size_t>& chosen) {
  if (rules_.bundle_orders_max < 2) {
    return;
  }
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i] == unassigned) {
      left.push_back(i);
    }
  }
  std::ranges::sort(left, {}, [&](std::size_t i) {
    const auto& id = run.searched[i];
    return std::tuple{-run.searches[i].weight, waiting_.at(id).state->placed_at, id};
  });
  std::unordered_map<std::string, std::size_t> proposal_of; // by rider
  for (std::size_t p = 0; p < run.result.proposals.size(); ++p) {
    if (const auto& made = run.result.proposals[p]; !made.confirmed) {
      proposal_of.emplace(made.rider, p);
    }
  }
  for (const auto i : left) {
    std::optional<passenger> best;
    for (const auto& c : run.searches[i].candidates) {
      if (const auto made = proposal_of.find(c.terms.rider); made != proposal_of.end()) {
        auto one = ride_along(run, run.searched[i], c, run.result.proposals[made->second]);
        if (one && (!best || one->longer_s < best->longer_s)) {
          best = std::move(one);
        }
      }
    }
    if (best) {
      auto& to = run.result.proposals[proposal_of.at(best->as.terms.rider)];
      chosen[i] = add_to_offer(run, i, std::move(best->as), to) ? 0 : unassigned;
    }
  }
}

} // namespace dispatch::domain
