#include "actors/domain/machines/order.hpp"
#include "actors/domain/machines/station.hpp"
#include "actors/domain/planning/assignment.hpp"
#include "actors/domain/planning/matching_run.hpp"
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

/// An opening is reckoned by the local time's offset of now, which may be another one then.
constexpr auto offset_holds = 1h;

} // namespace

decision evidence_of(const search_result& found, const std::string& order_id, const policy& rules,
                     const rule_set& compiled) {
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
  d.rules = compiled.names(found.applied);
  d.failed_rules = compiled.names(found.failed);
  return d;
}

plan dispatcher::match(timestamp now, const std::string& offer_prefix, std::size_t budget_bytes,
                       std::chrono::seconds local_offset) {
  now_ = now;
  local_offset_ = local_offset;
  matching_run run{now, offer_prefix, budget_bytes, engine_times{travel_}};
  const auto due = next_due();
  if (!due || now < *due) {
    return {};
  }
  run.result.ran = true;
  set_last_match(now);
  mark_what_supply_helps(now);
  assign_by_hand(run);
  offer_to_riders(run);
  if (!run.cut_short) {
    look_for_swaps(run);
  }
  if (run.cut_short) {
    set_last_match(std::nullopt); // What is left does not wait for the interval.
  }
  return std::move(run.result);
}

void dispatcher::assign_by_hand(matching_run& run) {
  std::vector<std::pair<std::string, std::shared_ptr<const order>>> requested;
  const auto note_wishes = [&](const auto& orders) {
    for (const auto& [id, entry] : orders) {
      if (!entry.state->requested_rider.empty()) {
        requested.emplace_back(id, entry.state);
      }
    }
  };
  note_wishes(waiting_);
  note_wishes(bound_);
  for (const auto& [id, state] : requested) {
    if (run.taken.contains(state->requested_rider)) {
      run.cut_short = true; // The route is another one then: the next match carries it out.
      continue;
    }
    if (!run.spend(record_budget::reserve_assignment())) {
      return;
    }
    carry_out(run, id, *state);
  }
}

/// An operator's assignment: the gates that protect the rider hold, those of taste do not. An order
/// that has a rider keeps that one when it comes to nothing.
void dispatcher::carry_out(matching_run& run, const std::string& id, const order& what) {
  const auto& rider_id = what.requested_rider;
  const auto known = riders_.find(rider_id);
  const auto* who = known == riders_.end() ? nullptr : known->second.get();
  auto code = gate::none;
  if (who == nullptr) {
    code = gate::off_shift;
  } else if (who->pause) {
    code = gate::paused;
  } else if (who->on_break) {
    code = gate::on_break;
  } else if (!has_skills(*who, what)) {
    code = gate::skill;
  } else if (who->open_offer) {
    code = gate::has_offer;
  }
  const auto from = stations_.find(what.details.station);
  const auto at_paused_station = from != stations_.end() && from->second->pause;
  const auto sources =
      needs_source(what) ? sources_of(what, stations_, run.promised, run.now, local_offset_, rules_)
                         : std::vector<std::string>{};
  const auto waits = what.status == order_status::waiting;
  auto obstacle = waiting_reason::none;
  if (needs_source(what) && sources.empty()) {
    obstacle = waiting_reason::no_stock;
  } else if (waits && what.sourced && what.stranded_with.empty() && at_paused_station) {
    obstacle = waiting_reason::station_paused; // It takes no reservation anew.
  }
  evaluation evaluated;
  if (code == gate::none && obstacle == waiting_reason::none) {
    const travel_model travel{rules_, rules_.routed ? &run.engine : nullptr};
    evaluated = needs_source(what) ? evaluate_sources(rider_id, *who, id, what, sources, stations_,
                                                      run.now, travel)
                                   : evaluate(rider_id, *who, id, what, run.now, travel);
    code = evaluated.possible ? gate::none : gate::capacity;
  }
  decision d;
  d.order = id;
  d.policy_version = rules_.version;
  d.by_operator = true;
  if (!evaluated.possible) {
    if (waits) {
      d.waiting = obstacle != waiting_reason::none ? obstacle : waiting_reason::not_looked_at;
      remember_reason(id, d.waiting);
    }
    if (code != gate::none) {
      d.gated.push_back({rider_id, code});
    }
    run.result.refused.push_back(
        {id, rider_id,
         std::string{obstacle != waiting_reason::none ? to_string(obstacle) : to_string(code)}});
  } else {
    d.candidates.push_back(evaluated.candidate.terms);
    d.in_reach = 1;
    auto made = propose(run, id, what, std::move(evaluated.candidate), true);
    if (waits) {
      remember_reason(id, waiting_reason::not_looked_at);
    } else if (at_paused_station) {
      made.orders.front().wants.reset(); // Its goods are held there, for no longer than they are.
    }
    d.rider = made.rider;
    d.offer = made.offer.id;
    run.result.proposals.push_back(std::move(made));
  }
  run.result.decisions.push_back(std::move(d));
}

/// Takes the rider and the goods for the rest of the match.
proposal dispatcher::propose(matching_run& run, const std::string& order_id, const order& what,
                             ranked_candidate pick, bool confirmed) const {
  const auto answered = run.now + (confirmed ? duration{0} : duration{rules_.offer_ttl});
  proposal p;
  p.rider = pick.terms.rider;
  p.confirmed = confirmed;
  p.orders.push_back(terms_of(run, order_id, what, pick, answered));
  p.offer = {run.next_offer_id(), {order_id}, std::move(pick.route), answered};
  run.taken.insert(p.rider);
  return p;
}

timestamp expected_pick_up(const order& what, const ranked_candidate& pick, timestamp answered) {
  const auto arrival =
      std::chrono::round<duration>(std::chrono::duration<double>{pick.terms.travel_s});
  return std::max(answered + arrival, what.details.ready_at);
}

/// Takes the goods for the rest of the match.
order_terms dispatcher::terms_of(matching_run& run, const std::string& order_id, const order& what,
                                 const ranked_candidate& pick, timestamp answered) const {
  const auto collected = expected_pick_up(what, pick, answered);
  order_terms terms{order_id, {}, pick.from, {}};
  if (!what.details.items.empty() && what.stranded_with.empty()) {
    terms.wants = {pick.from ? pick.from->id : what.details.station, what.details.items,
                   collected + rules_.reservation_ttl};
    if (pick.from) {
      run.promised.promise(pick.from->id, what.details.items);
    }
  }
  if (rules_.late_after.count() > 0) {
    terms.pick_up_by = collected + rules_.late_after;
  }
  return terms;
}

std::optional<dispatcher::wait> dispatcher::reason_not_to_search(const order& state) const {
  if (paused_) {
    return wait{waiting_reason::zone_paused, {}};
  }
  if (state.pause) {
    return wait{waiting_reason::order_paused, {}};
  }
  if (state.hold) {
    return wait{waiting_reason::order_held, {}};
  }
  const auto known = stations_.find(state.details.station);
  if (known != stations_.end() && state.stranded_with.empty()) {
    const auto& from = *known->second;
    if (from.pause) {
      return wait{waiting_reason::station_paused, {}};
    }
    if (!hands_out(from, *now_, local_offset_)) {
      return wait{waiting_reason::station_closed,
                  from.open ? std::optional{std::min(next_opening(from, *now_, local_offset_),
                                                     *now_ + offset_holds)}
                            : std::nullopt};
    }
  }
  if (const auto begins = search_begins(state.details, rules_); *now_ < begins) {
    return wait{waiting_reason::too_early, begins};
  }
  return std::nullopt;
}

/// What is recorded of the order, so that another reason is told.
void dispatcher::remember_reason(const std::string& id, waiting_reason reason) {
  auto entry = waiting_.at(id);
  entry.reason = reason;
  set_waiting(id, std::move(entry));
}

void dispatcher::keep_waiting(matching_run& run, const std::string& id, const wait& why,
                              decision evidence) {
  auto entry = waiting_.at(id);
  if (entry.reason != why.reason) {
    evidence.waiting = why.reason;
    if (!run.spend(record_budget::reserve(evidence))) {
      return; // Stays dirty: the next match has a budget of its own.
    }
    run.result.decisions.push_back(std::move(evidence));
  }
  entry.reason = why.reason;
  entry.dirty = false;
  entry.next_look = why.look_again;
  entry.travel = travel_phase::unasked;
  set_waiting(id, std::move(entry));
}

/// nullopt: no station can hand out what it takes.
std::optional<search_result> dispatcher::look_for_riders(const std::string& id, const order& what,
                                                         const promised_goods& promised,
                                                         engine_times& engine) const {
  const travel_model travel{rules_, rules_.routed ? &engine : nullptr};
  const rules_in_force with{*compiled_rules_, local_offset_};
  if (!needs_source(what)) {
    return search(id, what, riders_, index_, *now_, travel, rule_on(what, *now_, with, rules_));
  }
  const auto sources = sources_of(what, stations_, promised, *now_, local_offset_, rules_);
  if (sources.empty()) {
    return std::nullopt;
  }
  return search_sources(id, what, sources, stations_, riders_, index_, *now_, travel, with);
}

void dispatcher::search_for_due(matching_run& run) const {
  for (const auto& [id, entry] : waiting_) {
    const auto& what = *entry.state;
    if (!look_due(entry, run.now) || !what.requested_rider.empty()) {
      continue;
    }
    if (const auto why = reason_not_to_search(what)) {
      run.held.push_back({id, *why});
      continue;
    }
    if (rules_.routed && entry.travel == travel_phase::unasked) {
      run.unasked.push_back(id);
      continue;
    }
    auto found = look_for_riders(id, what, run.promised, run.engine);
    if (!found) {
      run.held.push_back({id, wait{waiting_reason::no_stock, run.now + look_again_after}});
      continue;
    }
    run.result.failed_rules += found->failed != 0 ? 1U : 0U;
    if (found->forbidden) {
      run.held.push_back(
          {id, wait{waiting_reason::rule, run.now + look_again_after}, std::move(*found)});
      continue;
    }
    found->others_get_them = std::erase_if(found->candidates, [&](const auto& c) {
                               return run.taken.contains(c.terms.rider);
                             }) > 0;
    run.searches.push_back(std::move(*found));
    run.searched.push_back(id);
  }
}

void dispatcher::offer_to_riders(matching_run& run) {
  search_for_due(run);
  for (const auto& id : run.unasked) { // commit() wants them then.
    auto entry = waiting_.at(id);
    entry.dirty = true;
    set_waiting(id, std::move(entry));
  }
  auto chosen = choose(run.searches, rules_.age_weight);
  // Offers come first: no budget may be spent on saying why others wait before they are made.
  make_offers(run, chosen);
  fill_offers(run, chosen);
  ask_others(run);

  for (const auto& [id, why, evidence] : run.held) {
    keep_waiting(run, id, why, evidence_of(evidence, id, rules_, *compiled_rules_));
  }
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i] != unassigned) {
      continue;
    }
    const auto& found = run.searches[i];
    auto reason = waiting_reason::riders_busy;
    if (found.in_reach == 0) {
      reason = waiting_reason::no_rider_in_reach;
    } else if (found.candidates.empty() && !found.others_get_them) {
      reason = waiting_reason::all_riders_gated;
    }
    keep_waiting(run, run.searched[i], {reason, run.now + look_again_after},
                 evidence_of(found, run.searched[i], rules_, *compiled_rules_));
  }
}

void dispatcher::make_offers(matching_run& run, const std::vector<std::size_t>& chosen) {
  std::vector<std::size_t> oldest_first;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (chosen[i] != unassigned) {
      oldest_first.push_back(i);
    }
  }
  for (const auto i : oldest_first) {
    run.needed.insert(run.searches[i].candidates[chosen[i]].terms.rider);
  }
  const auto cost_of = [&](std::size_t i) {
    return run.searches[i].candidates[chosen[i]].terms.cost_s;
  };
  std::ranges::sort(oldest_first, [&](std::size_t a, std::size_t b) {
    const auto rank = [&](std::size_t i) {
      return std::tuple{-run.searches[i].waited_s, cost_of(i), i};
    };
    return rank(a) < rank(b);
  });
  for (const auto i : oldest_first) {
    const auto& id = run.searched[i];
    const auto& what = *waiting_.at(id).state;
    auto& candidates = run.searches[i].candidates;
    const auto picked = candidates.begin() + static_cast<std::ptrdiff_t>(chosen[i]);
    auto& pick = *picked;
    if (pick.from &&
        !run.promised.leaves(pick.from->id, *stations_.at(pick.from->id), what.details.items)) {
      continue; // Another order of this match gets the last ones: this one is looked at again.
    }
    auto d = evidence_of(run.searches[i], id, rules_, *compiled_rules_);
    if (!run.spend(record_budget::reserve(d) + record_budget::reserve_offer(pick.route.size()))) {
      return; // The rest stays dirty: the next match has a budget of its own.
    }
    auto made = propose(run, id, what, std::move(pick), false);
    candidates.erase(picked);
    d.rider = made.rider;
    d.offer = made.offer.id;
    remember_reason(id, waiting_reason::not_looked_at); // If somebody refuses the offer.
    run.made.push_back({i, run.result.proposals.size(), run.result.decisions.size()});
    run.result.proposals.push_back(std::move(made));
    run.result.decisions.push_back(std::move(d));
  }
}

} // namespace dispatch::domain
