#include "actors/domain/assignment.hpp"
#include "actors/domain/dispatcher.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <chrono>
#include <tuple>
#include <utility>

/// dispatcher::match and its steps.
namespace dispatch::domain {

namespace {

using namespace std::chrono_literals;

/// The search radius grows while an order waits, so an order is looked at again after this.
constexpr auto look_again_after = 60s;

/// What an offer adds to the record besides its decision: events of the rider and of the order.
constexpr std::size_t proposal_events_bytes = 1024;
constexpr std::size_t stop_bytes = 80;

/// An upper estimate of the encoded size.
std::size_t estimate_bytes(const decision& d) {
  return 128 + d.candidates.size() * 96 + d.gated.size() * 28 + d.counts.size() * 8;
}

decision evidence_of(const search_result& found, const std::string& order_id, const policy& rules) {
  decision d;
  d.order = order_id;
  d.policy_version = rules.version;
  d.radius_m = found.radius_m;
  d.in_reach = found.in_reach;
  for (const auto& c : found.candidates) {
    if (d.candidates.size() == limits::candidates_kept) {
      break;
    }
    d.candidates.push_back(c.terms);
  }
  d.gated = found.gated;
  for (const auto& [code, riders] : found.counts) {
    d.counts.push_back({code, riders});
  }
  return d;
}

} // namespace

struct dispatcher::matching_run {
  timestamp now;
  const std::string& offer_prefix;
  std::size_t budget_bytes;
  std::size_t offers = 0;
  std::set<std::string> taken{};                              ///< riders proposed to in this match
  std::vector<std::pair<std::string, waiting_reason>> held{}; ///< due, but not searched for
  std::vector<std::string> searched{};
  std::vector<search_result> searches{}; ///< parallel to searched
  plan result{};

  bool spend(std::size_t bytes) {
    if (bytes > budget_bytes) {
      return false;
    }
    budget_bytes -= bytes;
    return true;
  }

  std::string next_offer_id() { return offer_prefix + "-" + std::to_string(offers++); }
};

plan dispatcher::match(timestamp now, const std::string& offer_prefix, std::size_t budget_bytes) {
  matching_run run{now, offer_prefix, budget_bytes};
  const auto due = next_due();
  if (!due || now < *due) {
    return {};
  }
  run.result.ran = true;
  set_last_match(now);
  mark_what_supply_helps(now);
  assign_by_hand(run);
  offer_to_riders(run);
  return std::move(run.result);
}

void dispatcher::assign_by_hand(matching_run& run) {
  std::vector<std::pair<std::string, std::shared_ptr<const order>>> requested;
  for (const auto& [id, entry] : waiting_) {
    if (!entry.state->requested_rider.empty()) {
      requested.emplace_back(id, entry.state);
    }
  }
  for (const auto& [id, state] : requested) {
    const auto& rider_id = state->requested_rider;
    const auto who = riders_.find(rider_id);
    auto code = gate::off_shift;
    if (who != riders_.end() && who->second->pause) {
      code = gate::paused;
    } else if (who != riders_.end()) {
      const auto busy = who->second->open_offer.has_value() || run.taken.contains(rider_id);
      code = busy ? gate::has_offer : gate::none;
    }
    auto evaluated = evaluation{};
    if (code == gate::none) {
      evaluated = evaluate(rider_id, *who->second, id, *state, run.now, rules_);
      code = evaluated.possible ? gate::none : gate::capacity;
    }
    if (!run.spend(proposal_events_bytes)) {
      return;
    }
    decision d;
    d.order = id;
    d.policy_version = rules_.version;
    d.by_operator = true;
    if (code != gate::none) {
      d.waiting = waiting_reason::not_looked_at;
      d.gated.push_back({rider_id, code});
      run.result.refused.push_back({id, rider_id, code});
    } else {
      d.rider = rider_id;
      d.offer = run.next_offer_id();
      d.candidates.push_back(evaluated.candidate.terms);
      d.in_reach = 1;
      run.taken.insert(rider_id);
      run.result.proposals.push_back(
          {rider_id, {d.offer, {id}, std::move(evaluated.candidate.route), run.now}, true});
    }
    run.result.decisions.push_back(std::move(d));
  }
}

std::optional<waiting_reason> dispatcher::reason_not_to_search(const order& state,
                                                               timestamp now) const {
  if (paused_) {
    return waiting_reason::zone_paused;
  }
  if (state.pause) {
    return waiting_reason::order_paused;
  }
  if (const auto held = held_stations_.find(state.details.station); held != held_stations_.end()) {
    return held->second;
  }
  if (now + rules_.dispatch_ahead < state.details.ready_at) {
    return waiting_reason::too_early;
  }
  return std::nullopt;
}

void dispatcher::keep_waiting(matching_run& run, const std::string& id, waiting_reason reason,
                              std::optional<timestamp> next_look, decision evidence) {
  auto entry = waiting_.at(id);
  if (entry.reason != reason) {
    evidence.waiting = reason;
    if (!run.spend(estimate_bytes(evidence))) {
      return; // Stays dirty: the next match has a budget of its own.
    }
    run.result.decisions.push_back(std::move(evidence));
  }
  entry.reason = reason;
  entry.dirty = false;
  entry.next_look = next_look;
  set_waiting(id, std::move(entry));
}

void dispatcher::search_for_due(matching_run& run) const {
  for (const auto& [id, entry] : waiting_) {
    if (!look_due(entry, run.now) || !entry.state->requested_rider.empty()) {
      continue;
    }
    if (const auto reason = reason_not_to_search(*entry.state, run.now)) {
      run.held.emplace_back(id, *reason);
      continue;
    }
    auto found = search(id, *entry.state, riders_, index_, run.now, rules_);
    std::erase_if(found.candidates,
                  [&](const auto& c) { return run.taken.contains(c.terms.rider); });
    run.searches.push_back(std::move(found));
    run.searched.push_back(id);
  }
}

void dispatcher::offer_to_riders(matching_run& run) {
  search_for_due(run);
  const auto chosen = choose(run.searches);
  // Offers come first: no budget may be spent on saying why others wait before they are made.
  make_offers(run, chosen);

  for (const auto& [id, reason] : run.held) {
    const auto look =
        reason == waiting_reason::too_early
            ? std::optional{waiting_.at(id).state->details.ready_at - rules_.dispatch_ahead}
            : std::nullopt;
    keep_waiting(run, id, reason, look, evidence_of({}, id, rules_));
  }
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i] != unassigned) {
      continue;
    }
    const auto& found = run.searches[i];
    auto reason = waiting_reason::riders_busy;
    if (found.in_reach == 0) {
      reason = waiting_reason::no_rider_in_reach;
    } else if (found.candidates.empty()) {
      reason = waiting_reason::all_riders_gated;
    }
    keep_waiting(run, run.searched[i], reason, run.now + look_again_after,
                 evidence_of(found, run.searched[i], rules_));
  }
}

void dispatcher::make_offers(matching_run& run, const std::vector<std::size_t>& chosen) const {
  std::vector<std::size_t> by_cost;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i] != unassigned) {
      by_cost.push_back(i);
    }
  }
  const auto cost_of = [&](std::size_t i) {
    return run.searches[i].candidates[chosen[i]].terms.cost_s;
  };
  std::ranges::sort(by_cost, [&](std::size_t a, std::size_t b) {
    return std::tuple{cost_of(a), a} < std::tuple{cost_of(b), b};
  });
  for (const auto i : by_cost) {
    auto& pick = run.searches[i].candidates[chosen[i]];
    auto d = evidence_of(run.searches[i], run.searched[i], rules_);
    if (!run.spend(estimate_bytes(d) + proposal_events_bytes + stop_bytes * pick.route.size())) {
      return; // The rest stays dirty: the next match has a budget of its own.
    }
    d.rider = pick.terms.rider;
    d.offer = run.next_offer_id();
    run.result.proposals.push_back(
        {d.rider,
         {d.offer, {run.searched[i]}, std::move(pick.route), run.now + rules_.offer_ttl},
         false});
    run.result.decisions.push_back(std::move(d));
  }
}

} // namespace dispatch::domain
