#include "actors/domain/machines/rider.hpp"
#include "actors/domain/route.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

/// What each event makes true of a rider.
namespace dispatch::domain {

namespace {

void stop_working(rider& state) {
  state.on_shift = false;
  state.ends_at.reset();
  state.ends_as = shift_end::asked;
  state.on_break.reset();
  state.ignored_offers = 0;
}

void freeze_first(rider& state) { state.frozen = state.route.empty() ? 0 : 1; }

void take_route(rider& state, const std::vector<stop>& route) {
  state.route = route;
  freeze_first(state);
}

void finish_first_stop(rider& state, timestamp at) {
  state.at = state.route.front().at;
  state.at_time = at;
  state.route.erase(state.route.begin());
  state.arrived = false;
  freeze_first(state);
}

void leave_out(rider& state, const std::string& order) {
  if (!state.route.empty() && state.route.front().order == order) {
    state.arrived = false;
  }
  std::erase_if(state.route, [&](const stop& s) { return s.order == order; });
  freeze_first(state);
}

void leave_out(rider& state, const std::vector<std::string>& orders) {
  for (const auto& order : orders) {
    leave_out(state, order);
  }
}

/// The order has been picked up: now it is known where it would go back to.
void set_return(std::vector<stop>& route, const std::string& order, const place& to) {
  for (auto& s : route) {
    if (s.order == order && !s.return_to) {
      s.return_to = to;
    }
  }
}

/// The order is brought back behind the other stops, or as late as the capacity allows.
void turn_back(rider& state, const std::string& order) {
  const auto drop_off = std::ranges::find(state.route, order, &stop::order);
  const auto was_at = drop_off - state.route.begin();
  auto back = *drop_off;
  back.at = *back.return_to;
  back.returning = true;
  state.route.erase(drop_off);
  for (auto at = std::ssize(state.route); at >= was_at; --at) {
    auto route = state.route;
    route.insert(route.begin() + at, back);
    if (at == was_at || peak_load(route) <= state.capacity) {
      state.route = std::move(route);
      break;
    }
  }
  if (was_at == 0) {
    state.arrived = false;
  }
  freeze_first(state);
}

void set_ready(std::vector<stop>& route, const stop_ready& e) {
  for (auto& s : route) {
    if (s.order == e.order && s.kind == stop_kind::pick_up) {
      s.not_before = std::min(s.not_before, e.not_before);
    }
  }
}

struct rider_evolver {
  rider& state;

  void operator()(const shift_started& e) const {
    state.known = true;
    state.on_shift = true;
    state.vehicle = e.shift.vehicle;
    state.capacity = e.shift.capacity;
    state.at = e.shift.at;
    state.at_time = e.at;
    state.skills = e.shift.skills;
    state.ends_at = e.ends_at;
    state.ends_as = e.ends_as;
    state.ignored_offers = 0;
    state.began_at = e.at;
  }
  void operator()(const shift_ended&) const { stop_working(state); }
  void operator()(const transfer_started& e) const {
    stop_working(state);
    state.transfers = e.rider.number;
    state.leaving = {e.zone, e.rider};
  }
  void operator()(const transfer_ended& e) const {
    if (!e.received) {
      state.on_shift = true;
      state.ends_at = state.leaving->rider.ends_at;
      state.ends_as = state.leaving->rider.ends_as;
      state.ignored_offers = state.leaving->rider.ignored_offers;
    }
    state.leaving.reset();
  }
  void operator()(const rider_received& e) const {
    const auto& shift = e.rider.shift;
    (*this)(shift_started{shift, e.rider.seen_at, e.ends_at, e.ends_as});
    state.began_at = e.rider.began_at;
    state.ignored_offers = e.rider.ignored_offers;
  }
  void operator()(const transfer_answered& e) const {
    std::erase_if(state.answered, [&](const auto& known) { return known.from == e.from; });
    state.answered.push_back(e);
    if (state.answered.size() > limits::transfer_origins_max) {
      state.answered.erase(state.answered.begin());
    }
  }
  void operator()(const break_started& e) const { state.on_break = {e.reason, e.at}; }
  void operator()(const break_ended&) const {
    state.on_break.reset();
    state.ignored_offers = 0;
  }
  void operator()(const broke_down& e) const {
    leave_out(state, e.orders);
    leave_out(state, e.on_board);
  }
  void operator()(const route_handed_back& e) const { leave_out(state, e.orders); }
  void operator()(const position_recorded& e) const {
    state.at = e.at;
    state.at_time = e.time;
  }
  void operator()(const offer_received& e) const { state.open_offer = e.offer; }
  void operator()(const offer_accepted& e) const {
    state.open_offer.reset();
    state.ignored_offers = 0;
    take_route(state, e.route);
  }
  void operator()(const route_extended& e) const { take_route(state, e.route); }
  void operator()(const offer_declined&) const {
    state.open_offer.reset();
    state.ignored_offers = 0;
  }
  void operator()(const offer_expired&) const {
    // Who is paused cannot accept; an order that has a rider needs no other one.
    state.ignored_offers += state.pause || state.open_offer->swap ? 0 : 1;
    state.open_offer.reset();
  }
  void operator()(const offer_withdrawn&) const { state.open_offer.reset(); }
  void operator()(const stops_released& e) const {
    if (state.open_offer) {
      std::erase(state.open_offer->orders, e.order);
      std::erase_if(state.open_offer->route, [&](const stop& s) { return s.order == e.order; });
    }
    leave_out(state, e.order);
  }
  void operator()(const order_yielded& e) const { (*this)(stops_released{e.order}); }
  void operator()(const order_kept&) const {}
  void operator()(const stop_ready& e) const {
    set_ready(state.route, e);
    if (state.open_offer) {
      set_ready(state.open_offer->route, e);
    }
  }
  void operator()(const rider_arrived& e) const {
    state.arrived = true;
    state.at = state.route.front().at;
    state.at_time = e.at;
  }
  void operator()(const order_collected& e) const {
    finish_first_stop(state, e.at);
    set_return(state.route, e.order, state.at);
  }
  void operator()(const wrong_code_given&) const { ++state.route.front().wrong_codes; }
  void operator()(const delivery_failed& e) const { turn_back(state, e.order); }
  void operator()(const return_started& e) const { turn_back(state, e.order); }
  void operator()(const waybill_received&) const {}
  void operator()(const order_handed_over& e) const { finish_first_stop(state, e.at); }
  void operator()(const actor_paused& e) const { state.pause = {e.reason, e.at}; }
  void operator()(const actor_resumed&) const { state.pause.reset(); }
};

} // namespace

void evolve(rider& state, const rider_event& event) { std::visit(rider_evolver{state}, event); }

} // namespace dispatch::domain
