#include "actors/domain/machines/station.hpp"

#include "actors/domain/machine.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace dispatch::domain {

namespace {

using namespace std::chrono;

/// The level of an article, made when it is new.
stock_level& level_of(station& state, const std::string& item) {
  auto found = std::ranges::lower_bound(state.stock, item, {}, &stock_level::item);
  if (found == state.stock.end() || found->item != item) {
    found = state.stock.insert(found, {item, 0, 0, 0, false});
  }
  return *found;
}

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return std::ranges::find(list, item) != list.end();
}

/// Takes a reservation out of the books, and returns what of it lies there; an unknown one has held
/// nothing.
std::vector<goods> forget_reservation(station& state, const std::string& order) {
  const auto held = std::ranges::find(state.reservations, order, &reservation::order);
  if (held == state.reservations.end()) {
    return {};
  }
  auto items = std::move(held->items);
  const auto taken = std::move(held->taken);
  state.reservations.erase(held);
  std::erase_if(items, [&](const goods& g) { return contains(taken, g.item); });
  for (const auto& g : items) {
    level_of(state, g.item).reserved -= g.quantity;
  }
  return items;
}

struct station_evolver {
  station& state;

  void operator()(const station_opened& e) const {
    state.open = true;
    state.at = e.at;
    state.hours = e.hours;
  }
  void operator()(const station_closed&) const { state.open = false; }
  void operator()(const stock_reported& e) const {
    for (const auto& counted : e.levels) {
      auto& level = level_of(state, counted.item);
      level.on_hand = counted.on_hand;
      level.low_below = counted.low_below.value_or(level.low_below);
      level.low_by_policy = contains(e.by_policy, counted.item);
    }
    for (const auto& [order, item] : e.taken) {
      auto& held = *std::ranges::find(state.reservations, order, &reservation::order);
      held.taken.push_back(item);
      level_of(state, item).reserved -= std::ranges::find(held.items, item, &goods::item)->quantity;
    }
    state.reported_at = e.at;
    state.silent_from = e.silent_from;
    state.silent = false;
  }
  void operator()(const stock_reserved& e) const {
    const auto known = std::ranges::find(state.reservations, e.order, &reservation::order);
    const auto age = known - state.reservations.begin();
    forget_reservation(state, e.order);
    for (const auto& g : e.items) {
      level_of(state, g.item).reserved += g.quantity;
    }
    state.reservations.insert(state.reservations.begin() + age, {e.order, e.items, e.until});
  }
  void operator()(const stock_released& e) const { forget_reservation(state, e.order); }
  void operator()(const stock_consumed& e) const {
    for (const auto& g : forget_reservation(state, e.order)) {
      level_of(state, g.item).on_hand -= g.quantity;
    }
  }
  void operator()(const stock_returned& e) const {
    for (const auto& g : e.items) {
      level_of(state, g.item).on_hand += g.quantity;
    }
  }
  void operator()(const hand_over_began& e) const {
    std::ranges::find(state.reservations, e.order, &reservation::order)->handing_over = true;
  }
  void operator()(const hand_over_ended& e) const {
    auto& held = *std::ranges::find(state.reservations, e.order, &reservation::order);
    held.handing_over = false;
    held.until = e.until;
  }
  void operator()(const stock_low& e) const { level_of(state, e.item).low = true; }
  void operator()(const sensor_silent&) const { state.silent = true; }
  void operator()(const actor_paused& e) const { state.pause = {e.reason, e.at}; }
  void operator()(const actor_resumed&) const { state.pause.reset(); }
};

/// Minutes since local midnight.
minutes local_minutes(timestamp now, seconds offset) {
  const auto local = now + offset;
  return floor<minutes>(local - floor<days>(local));
}

} // namespace

void evolve(station& state, const station_event& event) {
  state.known = true;
  std::visit(station_evolver{state}, event);
  for (auto& level : state.stock) {
    level.low = level.low && level.available() < level.low_below;
  }
}

std::optional<timestamp> deadline(const station& state) {
  std::optional<timestamp> due;
  const auto consider = [&](timestamp at) { due = due ? std::min(*due, at) : at; };
  for (const auto& held : state.reservations) {
    if (!held.handing_over) {
      consider(held.until);
    }
  }
  if (!state.silent && std::ranges::any_of(state.stock, &stock_level::low)) {
    consider(state.silent_from);
  }
  return due;
}

std::uint32_t available(const station& state, std::string_view item) {
  const auto found = std::ranges::lower_bound(state.stock, item, {}, &stock_level::item);
  return found == state.stock.end() || found->item != item ? 0 : found->available();
}

bool has_in_stock(const station& state, const std::vector<goods>& items) {
  return std::ranges::all_of(
      items, [&](const goods& g) { return available(state, g.item) >= g.quantity; });
}

bool hands_out(const station& state, timestamp now, seconds offset) {
  const minutes from{state.hours.from_min};
  const minutes to{state.hours.to_min};
  if (!state.open || from == to) {
    return state.open;
  }
  const auto local = local_minutes(now, offset);
  return from < to ? from <= local && local < to : from <= local || local < to;
}

timestamp next_opening(const station& state, timestamp now, seconds offset) {
  const auto midnight = floor<days>(now + offset) - offset;
  const auto today = midnight + minutes{state.hours.from_min};
  return today > now ? today : today + days{1};
}

std::string_view status_name(const station& state) {
  if (!state.known) {
    return "unknown";
  }
  if (state.pause) {
    return "paused";
  }
  return state.open ? "open" : "closed";
}

} // namespace dispatch::domain
