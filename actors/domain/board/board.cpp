#include "actors/domain/board/board.hpp"

#include "actors/domain/machine.hpp"
#include "actors/domain/machines/station.hpp"
#include "actors/domain/matching/matching.hpp"
#include "actors/domain/matching/sourcing.hpp"
#include "actors/domain/route.hpp"

#include <algorithm>
#include <utility>

namespace dispatch::domain {

namespace {

/// A rider who could take another order, apart from what the order demands.
bool is_supply(const rider& rider, const policy& policy) {
  return rider.on_shift && !rider.pause && !rider.on_break && !rider.open_offer &&
         orders_on(rider.route) < policy.route_orders_max;
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

void journalled_supply::set(const std::string& rider, const std::optional<place>& at) {
  const auto known = now_.find(rider);
  if (!known && !at) {
    return;
  }
  if (!cleared_) {
    before_.try_emplace(rider, known);
  }
  if (at) {
    now_.put(rider, *at);
  } else {
    now_.erase(rider);
  }
}

void journalled_supply::clear() {
  auto cleared = std::exchange(now_, {});
  if (!cleared_) {
    cleared_ = std::move(cleared);
  }
}

void journalled_supply::commit() {
  before_.clear();
  cleared_.reset();
}

void journalled_supply::roll_back() {
  if (cleared_) {
    now_ = std::move(*cleared_);
    cleared_.reset();
  }
  for (const auto& [rider, at] : std::exchange(before_, {})) {
    if (at) {
      now_.put(rider, *at);
    } else {
      now_.erase(rider);
    }
  }
}

board::board(dispatch::policy policy)
    : policy_(std::move(policy)), rules_(std::make_shared<const rule_set>(policy_.rules)) {}

void board::observe(const entity_ref& entity, const entity_state& state) {
  std::visit(overloaded{
                 [&](const std::shared_ptr<const order>& s) { observe_order(entity.id, s); },
                 [&](const std::shared_ptr<const rider>& s) { observe_rider(entity.id, s); },
                 [&](const std::shared_ptr<const station>& s) { observe_station(entity.id, s); },
                 [&](const std::shared_ptr<const zone>& s) { observe_zone(*s); },
             },
             state);
}

void board::observe_order(const std::string& id, const std::shared_ptr<const order>& state) {
  observe_bound(id, state);
  const auto known = waiting().find(id);
  if (state->status != order_status::waiting) {
    if (known != waiting().end()) {
      waiting_.set(id, std::nullopt);
    }
    return;
  }
  waiting_entry entry{state, waiting_reason::not_looked_at, true, std::nullopt};
  if (known != waiting().end()) {
    entry.reason = known->second.reason;
    entry.travel =
        known->second.travel == travel_phase::asked ? travel_phase::asked : travel_phase::unasked;
  }
  waiting_.set(id, std::move(entry));
}

void board::observe_bound(const std::string& id, const std::shared_ptr<const order>& state) {
  const auto known = bound().find(id);
  if (state->status == order_status::assigned) {
    bound_.set(id,
               bound_entry{state, known == bound().end() ? timestamp{} : known->second.looked_at});
  } else if (known != bound().end()) {
    bound_.set(id, std::nullopt);
  }
}

void board::observe_rider(const std::string& id, const std::shared_ptr<const rider>& state) {
  riders_.set(id, state->on_shift ? std::optional{state} : std::nullopt);
  follow_in_index(id);
  supply_.set(id, is_supply(*state, policy_) ? std::optional{state->at} : std::nullopt);
}

void board::observe_station(const std::string& id, const std::shared_ptr<const station>& state) {
  const auto known = stations().find(id);
  const auto before = known == stations().end() ? nullptr : known->second;
  stations_.set(id, state);
  if (has_more_to_give(before.get(), *state)) {
    mark_dirty([&](const order& o) {
      return o.details.station == id || (o.any_station && needs_source(o));
    });
  }
}

void board::observe_zone(const zone& state) {
  paused_.set(state.paused);
  if (state.policy.parsed && state.policy.version != policy_.version) {
    next_policy_.set(state.policy.parsed);
  }
  mark_dirty([](const order&) { return true; });
}

void board::follow_in_index(const std::string& rider) {
  const auto known = riders().find(rider);
  if (known == riders().end()) {
    index_.erase(rider);
  } else if (const auto at = index_.find(rider); !at || !(*at == known->second->at)) {
    index_.put(rider, known->second->at);
  }
}

void board::mark_dirty(const std::function<bool(const order&)>& which) {
  for (const auto& [id, entry] : waiting()) {
    if (!entry.dirty && which(*entry.state)) {
      auto changed = entry;
      changed.dirty = true;
      waiting_.set(id, std::move(changed));
    }
  }
}

void board::begin_match(timestamp now) {
  last_match_.set(now);
  mark_dirty([&](const order& o) {
    const auto anywhere = o.any_station && needs_source(o);
    const auto& centre = anywhere ? o.details.drop_off : o.details.pick_up;
    const auto reach_m =
        search_radius_m(o, now, policy_) + (anywhere ? policy_.source_radius_m : 0.0);
    auto helped = false;
    supply_.now().nearest(centre, reach_m, [&](const rider_index::found&) {
      helped = true;
      return false;
    });
    return helped;
  });
  supply_.clear();
}

void board::remember(match_notes notes, timestamp now) {
  for (auto& [id, entry] : notes.waiting) {
    waiting_.set(id, std::move(entry));
  }
  for (const auto& id : notes.looked_for_better) {
    bound_.set(id, bound_entry{bound().at(id).state, now});
  }
  intended_.set(std::move(notes.intended));
  if (notes.unfinished) {
    last_match_.set(std::nullopt);
  }
}

void board::restore_reason(const std::string& order, waiting_reason reason) {
  if (const auto known = waiting().find(order); known != waiting().end()) {
    auto entry = known->second;
    entry.reason = reason;
    waiting_.set(order, std::move(entry));
  }
}

search_context board::context_at(timestamp now, std::chrono::seconds local_offset,
                                 engine_times& engine) const {
  return {riders(), index_,      stations(), rules(), {policy_, policy_.routed ? &engine : nullptr},
          now,      local_offset};
}

void board::learn(const std::vector<travel_answer>& answers) {
  for (const auto& answer : answers) {
    for (const auto& one : answer.times) {
      travel_.learn(one);
    }
    waiting_.amend(answer.order, [](waiting_entry& entry) {
      entry.travel = travel_phase::answered;
      entry.dirty = true;
    });
  }
}

void board::note_travel(const std::string& order, travel_phase phase) {
  waiting_.amend(order, [&](waiting_entry& entry) { entry.travel = phase; });
}

void board::commit() {
  if (const auto next = next_policy_.now()) {
    policy_ = *next;
    rules_ = std::make_shared<const rule_set>(policy_.rules);
    next_policy_.set(nullptr);
    mark_dirty([](const order&) { return true; });
  }
  next_policy_.commit();
  waiting_.commit();
  bound_.commit();
  riders_.commit();
  stations_.commit();
  supply_.commit();
  paused_.commit();
  last_match_.commit();
  intended_.commit();
}

void board::roll_back() {
  next_policy_.roll_back();
  waiting_.roll_back();
  bound_.roll_back();
  riders_.roll_back([&](const std::string& id) { follow_in_index(id); });
  stations_.roll_back();
  supply_.roll_back();
  paused_.roll_back();
  last_match_.roll_back();
  intended_.roll_back();
}

} // namespace dispatch::domain
