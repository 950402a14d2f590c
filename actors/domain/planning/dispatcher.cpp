#include "actors/domain/planning/dispatcher.hpp"

#include "actors/domain/machine.hpp"
#include "actors/domain/machines/station.hpp"
#include "actors/domain/route.hpp"

#include <algorithm>
#include <utility>

namespace dispatch::domain {

namespace {

/// A rider who could take another order, apart from what the order demands.
bool is_supply(const rider& who, const policy& rules) {
  return who.on_shift && !who.pause && !who.on_break && !who.open_offer &&
         orders_on(who.route) < rules.route_orders_max;
}

/// Whether a station can do something for orders that it could not do before.
bool has_more_to_give(const station* before, const station& now) {
  if (!now.open || now.pause) {
    return false;
  }
  if (before == nullptr || !before->open || before->pause || !(before->hours == now.hours)) {
    return true;
  }
  return std::ranges::any_of(now.stock, [&](const stock_level& level) {
    return level.available() > available(*before, level.item);
  });
}

} // namespace

dispatcher::dispatcher(policy rules)
    : rules_(std::move(rules)), compiled_rules_(std::make_shared<const rule_set>(rules_.rules)) {}

void dispatcher::observe(const entity_ref& who, const entity_state& state) {
  std::visit(overloaded{
                 [&](const std::shared_ptr<const order>& s) { observe_order(who.id, s); },
                 [&](const std::shared_ptr<const rider>& s) { observe_rider(who.id, s); },
                 [&](const std::shared_ptr<const station>& s) { observe_station(who.id, s); },
                 [&](const std::shared_ptr<const zone>& s) {
                   set_paused(s->paused);
                   if (s->policy.rules && s->policy.version != rules_.version) {
                     set_next_rules(s->policy.rules);
                   }
                   mark_dirty([](const order&) { return true; });
                 },
             },
             state);
}

void dispatcher::observe_order(const std::string& id, const std::shared_ptr<const order>& state) {
  observe_bound(id, state);
  const auto known = waiting_.find(id);
  if (state->status != order_status::waiting) {
    if (known != waiting_.end()) {
      set_waiting(id, std::nullopt);
    }
    return;
  }
  waiting_entry entry{state, waiting_reason::not_looked_at, true, std::nullopt};
  if (known != waiting_.end()) {
    entry.reason = known->second.reason;
    entry.travel =
        known->second.travel == travel_phase::asked ? travel_phase::asked : travel_phase::unasked;
  }
  set_waiting(id, std::move(entry));
}

void dispatcher::observe_bound(const std::string& id, const std::shared_ptr<const order>& state) {
  const auto known = bound_.find(id);
  if (state->status == order_status::assigned) {
    set_bound(id,
              bound_entry{state, known == bound_.end() ? timestamp{} : known->second.looked_at});
  } else if (known != bound_.end()) {
    set_bound(id, std::nullopt);
  }
}

void dispatcher::observe_rider(const std::string& id, const std::shared_ptr<const rider>& state) {
  set_rider(id, state->on_shift ? state : nullptr);
  set_supply(id, is_supply(*state, rules_) ? std::optional{state->at} : std::nullopt);
}

void dispatcher::observe_station(const std::string& id,
                                 const std::shared_ptr<const station>& state) {
  const auto known = stations_.find(id);
  const auto before = known == stations_.end() ? nullptr : known->second;
  set_station(id, state);
  if (has_more_to_give(before.get(), *state)) {
    mark_dirty([&](const order& o) {
      return o.details.station == id || (o.any_station && needs_source(o));
    });
  }
}

void dispatcher::restore_reason(const std::string& order, waiting_reason reason) {
  if (const auto known = waiting_.find(order); known != waiting_.end()) {
    auto entry = known->second;
    entry.reason = reason;
    set_waiting(order, std::move(entry));
  }
}

void dispatcher::mark_dirty(const std::function<bool(const order&)>& which) {
  for (const auto& [id, entry] : waiting_) {
    if (!entry.dirty && which(*entry.state)) {
      auto changed = entry;
      changed.dirty = true;
      set_waiting(id, std::move(changed));
    }
  }
}

void dispatcher::mark_what_supply_helps(timestamp now) {
  mark_dirty([&](const order& o) {
    const auto anywhere = o.any_station && needs_source(o);
    const auto& centre = anywhere ? o.details.drop_off : o.details.pick_up;
    const auto reach_m =
        search_radius_m(o, now, rules_) + (anywhere ? rules_.source_radius_m : 0.0);
    auto helped = false;
    supply_.nearest(centre, reach_m, [&](const rider_index::found&) {
      helped = true;
      return false;
    });
    return helped;
  });
  clear_supply();
}

/// The answer is what it is looked at for next.
bool dispatcher::awaits_travel(const waiting_entry& entry) const {
  return rules_.routed && entry.travel == travel_phase::asked;
}

bool dispatcher::look_due(const waiting_entry& entry, timestamp now) const {
  return !awaits_travel(entry) && (entry.dirty || (entry.next_look && *entry.next_look <= now));
}

std::optional<timestamp> dispatcher::oldest_waiting() const {
  std::optional<timestamp> oldest;
  for (const auto& [id, entry] : waiting_) {
    if (!oldest || entry.state->placed_at < *oldest) {
      oldest = entry.state->placed_at;
    }
  }
  return oldest;
}

std::optional<timestamp> dispatcher::next_due() const {
  std::optional<timestamp> due;
  const auto consider = [&](timestamp at) { due = due ? std::min(*due, at) : at; };
  const auto soonest = last_match_ ? *last_match_ + rules_.match_interval : timestamp{};
  for (const auto& [id, entry] : waiting_) {
    if ((entry.dirty && !awaits_travel(entry)) || supply_.size() != 0) {
      consider(soonest);
      break;
    }
    if (entry.next_look && !awaits_travel(entry)) {
      consider(std::max(soonest, *entry.next_look));
    }
  }
  if (std::ranges::any_of(
          bound_, [](const auto& one) { return !one.second.state->requested_rider.empty(); })) {
    consider(soonest);
  }
  if (rules_.swap_gain.count() > 0) {
    for (const auto& [id, entry] : bound_) {
      if (const auto look = next_look(entry)) {
        consider(std::max(soonest, *look));
      }
    }
  }
  return due;
}

std::optional<timestamp> dispatcher::next_look(const bound_entry& entry) const {
  if (!entry.state->also_asked.empty() || !entry.state->requested_rider.empty() ||
      entry.state->swaps >= rules_.swaps_max) {
    return std::nullopt;
  }
  return std::max(entry.state->assigned_at, entry.looked_at) + rules_.swap_pause;
}

void dispatcher::set_bound(const std::string& id, std::optional<bound_entry> entry) {
  const auto known = bound_.find(id);
  undo_.bound.try_emplace(id, known == bound_.end() ? std::nullopt : std::optional{known->second});
  if (entry) {
    bound_.insert_or_assign(id, std::move(*entry));
  } else {
    bound_.erase(id);
  }
}

void dispatcher::set_waiting(const std::string& id, std::optional<waiting_entry> entry) {
  const auto known = waiting_.find(id);
  undo_.waiting.try_emplace(id,
                            known == waiting_.end() ? std::nullopt : std::optional{known->second});
  if (entry) {
    waiting_.insert_or_assign(id, std::move(*entry));
  } else {
    waiting_.erase(id);
  }
}

void dispatcher::set_rider(const std::string& id, std::shared_ptr<const rider> state) {
  const auto known = riders_.find(id);
  const auto is_known = known != riders_.end();
  undo_.riders.try_emplace(id, is_known ? known->second : nullptr);
  if (!state) {
    index_.erase(id);
    riders_.erase(id);
    return;
  }
  if (!is_known || !(known->second->at == state->at)) {
    index_.put(id, state->at);
  }
  if (is_known) {
    known->second = std::move(state);
  } else {
    riders_.emplace(id, std::move(state));
  }
}

void dispatcher::set_station(const std::string& id, std::shared_ptr<const station> state) {
  const auto known = stations_.find(id);
  undo_.stations.try_emplace(id, known == stations_.end() ? nullptr : known->second);
  if (state) {
    stations_.insert_or_assign(id, std::move(state));
  } else {
    stations_.erase(id);
  }
}

void dispatcher::set_paused(bool paused) {
  undo_.paused = undo_.paused.value_or(paused_);
  paused_ = paused;
}

void dispatcher::set_next_rules(std::shared_ptr<const policy> rules) {
  if (!undo_.next_rules) {
    undo_.next_rules.emplace(next_rules_);
  }
  next_rules_ = std::move(rules);
}

void dispatcher::set_last_match(std::optional<timestamp> at) {
  if (!undo_.last_match) {
    undo_.last_match.emplace(last_match_);
  }
  last_match_ = at;
}

void dispatcher::set_supply(const std::string& rider, const std::optional<place>& at) {
  const auto known = supply_.find(rider);
  if (!known && !at) {
    return;
  }
  if (!undo_.cleared_supply) {
    undo_.supply.try_emplace(rider, known);
  }
  if (at) {
    supply_.put(rider, *at);
  } else {
    supply_.erase(rider);
  }
}

void dispatcher::clear_supply() {
  auto cleared = std::exchange(supply_, {});
  if (!undo_.cleared_supply) {
    undo_.cleared_supply = std::move(cleared);
  }
}

void dispatcher::learn(const std::vector<travel_answer>& answers) {
  for (const auto& answer : answers) {
    for (const auto& one : answer.times) {
      travel_.learn(one);
    }
    if (const auto known = waiting_.find(answer.order); known != waiting_.end()) {
      known->second.travel = travel_phase::answered;
      known->second.dirty = true;
    }
  }
}

/// Of the orders that the next match would look at.
std::vector<wanted_travel> dispatcher::want_travel() {
  std::vector<wanted_travel> list;
  if (!rules_.routed || !now_) {
    return list;
  }
  for (auto& [id, entry] : waiting_) {
    if (!entry.dirty || entry.travel != travel_phase::unasked ||
        !entry.state->requested_rider.empty() || reason_not_to_search(*entry.state)) {
      continue;
    }
    engine_times engine{travel_};
    (void)look_for_riders(id, *entry.state, {}, engine);
    auto missing = engine.missing();
    entry.travel = missing.empty() ? travel_phase::answered : travel_phase::asked;
    if (!missing.empty()) {
      list.push_back({id, std::move(missing)});
    }
  }
  return list;
}

std::vector<wanted_travel> dispatcher::commit() {
  if (const auto next = std::exchange(next_rules_, nullptr)) {
    rules_ = *next;
    compiled_rules_ = std::make_shared<const rule_set>(rules_.rules);
    mark_dirty([](const order&) { return true; });
  }
  undo_ = {};
  return want_travel();
}

void dispatcher::roll_back() {
  auto before = std::exchange(undo_, {});
  for (const auto& [id, entry] : before.waiting) {
    set_waiting(id, entry);
  }
  for (const auto& [id, entry] : before.bound) {
    set_bound(id, entry);
  }
  for (const auto& [id, state] : before.riders) {
    set_rider(id, state);
  }
  for (const auto& [id, state] : before.stations) {
    set_station(id, state);
  }
  if (before.cleared_supply) {
    supply_ = std::move(*before.cleared_supply);
  }
  for (const auto& [rider, at] : before.supply) {
    set_supply(rider, at);
  }
  paused_ = before.paused.value_or(paused_);
  next_rules_ = before.next_rules.value_or(next_rules_);
  last_match_ = before.last_match.value_or(last_match_);
  undo_ = {};
}

} // namespace dispatch::domain
