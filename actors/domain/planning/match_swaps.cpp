#include "actors/domain/planning/matching_run.hpp"
#include "actors/domain/route.hpp"

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
std::optional<as_it_is> as_carried(const std::string& rider_id, const rider& who,
                                   const std::string& order_id, const order& what, timestamp now,
                                   const travel_model& travel) {
  const auto pick_up = std::ranges::find_if(who.route, [&](const stop& s) {
    return s.kind == stop_kind::pick_up && s.order == order_id;
  });
  const auto at = static_cast<std::size_t>(pick_up - who.route.begin());
  if (pick_up == who.route.end() || (at == 0 && who.arrived)) {
    return std::nullopt;
  }
  if (travel.engine != nullptr) {
    travel.engine->begin();
  }
  const auto departures = departures_s(who.route, who.at, who.arrived, who.vehicle, now, travel);
  const auto& rules = travel.rules;
  const auto& from = at == 0 ? who.at : who.route[at - 1].at;
  const auto arrival_s =
      (at == 0 ? 0.0 : departures[at - 1]) + travel_s(from, pick_up->at, who.vehicle, travel);
  const auto ready_s = std::max(0.0, seconds_between(now, what.details.ready_at));
  as_it_is kept;
  kept.leaves_s = departures[at];
  auto& terms = kept.terms;
  terms.rider = rider_id;
  terms.travel_s = arrival_s;
  terms.order_wait_s = std::max(0.0, arrival_s - ready_s);
  terms.rider_wait_s = std::max(0.0, ready_s - arrival_s);
  terms.distance_m = distance_m(who.at, what.details.pick_up);
  terms.cost_s = terms.travel_s + rules.order_wait_weight * terms.order_wait_s +
                 rules.rider_wait_weight * terms.rider_wait_s;
  if (travel.engine != nullptr) {
    terms.travel = travel.engine->used();
  }
  return kept;
}

/// By how much sooner the order is collected, less what it costs the other rider's orders.
double gain_s(const as_it_is& kept, const candidate& other, const policy& rules) {
  const auto leaves_s =
      other.travel_s + other.rider_wait_s + static_cast<double>(rules.pick_up_service.count());
  return kept.leaves_s - leaves_s - rules.detour_weight * std::max(0.0, other.detour_s);
}

} // namespace

void dispatcher::look_for_swaps(matching_run& run) {
  if (rules_.swap_gain.count() == 0) {
    return;
  }
  std::vector<std::string> due;
  for (const auto& [id, entry] : bound_) {
    if (due.size() == limits::swaps_looked_at_per_match) {
      break; // Whoever was looked at pauses: the others' turn comes in the next matches.
    }
    if (const auto look = next_look(entry); look && *look <= run.now) {
      due.push_back(id);
    }
  }
  for (const auto& id : due) {
    auto entry = bound_.at(id);
    offer_swap(run, id, *entry.state);
    entry.looked_at = run.now;
    set_bound(id, std::move(entry));
  }
}

void dispatcher::offer_swap(matching_run& run, const std::string& id, const order& what) const {
  const auto holder = riders_.find(what.rider);
  if (holder == riders_.end() || reason_not_to_search(what)) {
    return;
  }
  const travel_model travel{rules_, rules_.routed ? &run.engine : nullptr};
  const auto kept = as_carried(what.rider, *holder->second, id, what, run.now, travel);
  if (!kept) {
    return;
  }
  auto found = look_for_riders(id, what, run.promised, run.engine);
  if (!found || found->forbidden) {
    return;
  }
  run.result.failed_rules += found->failed != 0 ? 1U : 0U;
  std::erase_if(found->candidates, [&](const auto& c) { return c.terms.rider == what.rider; });
  const auto better = std::ranges::find_if(found->candidates, [&](const auto& c) {
    return !run.taken.contains(c.terms.rider) && !run.needed.contains(c.terms.rider) &&
           gain_s(*kept, c.terms, rules_) >= static_cast<double>(rules_.swap_gain.count());
  });
  if (better == found->candidates.end()) {
    return;
  }
  auto d = evidence_of(*found, id, rules_, *compiled_rules_);
  d.swap_from = kept->terms;
  d.gain_s = gain_s(*kept, better->terms, rules_);
  if (!run.spend(record_budget::reserve(d) + record_budget::reserve_offer(better->route.size()))) {
    return;
  }
  auto made = propose(run, id, what, std::move(*better), false);
  made.orders.front().wants.reset(); // Its goods are held, and stay where they are.
  made.instead_of = what.rider;
  made.offer.swap = true;
  d.rider = made.rider;
  d.offer = made.offer.id;
  run.result.proposals.push_back(std::move(made));
  run.result.decisions.push_back(std::move(d));
}

} // namespace dispatch::domain
