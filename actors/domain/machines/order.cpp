#include "actors/domain/machines/order.hpp"

#include "actors/domain/machines/order_offers.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace dispatch::domain {

namespace {

/// As records of before `order_deadlines_moved` mean it; behind newer ones that event follows.
void put_off(order& state, timestamp since, timestamp until) {
  if (state.waits_until) {
    *state.waits_until += std::max(duration{0}, until - since);
  }
}

void finish(order& state, order_status status) {
  state.status = status;
  state.requested_rider.clear();
  state.hold.reset();
}

struct evolver {
  order& state;

  void operator()(const order_placed& e) const {
    state.status = order_status::unpaid;
    state.details = e.order;
    state.placed_at = e.at;
    state.waits_until = e.pay_by;
    state.any_station = e.order.station.empty();
  }
  void operator()(const order_paid& e) const {
    state.status = order_status::waiting;
    state.paid = true;
    state.waits_until = e.search_until;
    state.waits_since = e.at;
  }
  void operator()(const order_ready& e) const {
    state.details.ready_at = std::min(state.details.ready_at, e.at);
  }
  void operator()(const order_sourced& e) const {
    state.details.station = e.station;
    state.details.pick_up = e.pick_up;
    state.sourced = true;
  }
  void operator()(const order_unsourced&) const {
    state.sourced = false;
    if (state.any_station) {
      state.details.station.clear();
      state.details.pick_up = {};
    }
  }
  void operator()(const order_offered& e) const { open_offer(state, e); }
  void operator()(const order_offer_lapsed& e) const { close_offer(state, e); }
  void operator()(const order_assignment_requested& e) const { state.requested_rider = e.rider; }
  void operator()(const order_assignment_refused&) const { state.requested_rider.clear(); }
  void operator()(const order_assigned& e) const {
    state.status = order_status::assigned;
    state.offer = e.offer;
    state.rider = e.rider;
    state.pick_up_by = e.pick_up_by;
    state.requested_rider.clear();
    state.assignments = e.assignment;
    state.assigned_at = e.at;
    state.waybill_issued = false;
    state.waybill_signed = false;
  }
  void operator()(const waybill_issued& e) const {
    state.waybill_issued = true;
    state.waybill_signed = e.waybill.is_signed();
  }
  void operator()(const order_reached&) const { state.pick_up_by.reset(); }
  void operator()(const order_swap_offered& e) const {
    state.also_asked.push_back({e.offer, e.rider, e.pick_up_by});
  }
  void operator()(const order_yield_asked&) const {}
  void operator()(const order_unassigned& e) const {
    const auto to_better = e.reason == unassign_reason::better_rider;
    state.swaps += to_better ? 1 : 0;
    if (e.reason != unassign_reason::reassigned && e.reason != unassign_reason::stock_lost &&
        !to_better) {
      remember_pass(state, e.rider);
    }
    if (e.search_until) {
      state.waits_until = e.search_until;
      state.waits_since = e.at;
    }
    leave_rider(state);
  }
  void operator()(const order_stranded& e) const {
    remember_pass(state, e.rider);
    leave_rider(state);
    state.stranded_with = e.rider;
    state.belongs_at = state.belongs_at.value_or(state.details.pick_up);
    state.picked_up_at = timestamp{};
    state.details.pick_up = e.at;
    state.details.ready_at = e.time;
    state.waits_until = e.search_until;
  }
  void operator()(const order_picked_up& e) const {
    state.status = order_status::picked_up;
    state.picked_up_at = e.at;
    state.pick_up_by.reset();
    state.hold.reset();
    state.stranded_with.clear();
  }
  void operator()(const order_delivered& e) const {
    finish(state, order_status::delivered);
    state.delivered_at = e.at;
    state.pause.reset();
  }
  void operator()(const order_returning& e) const {
    state.status = order_status::returning;
    state.end_reason = e.reason;
  }
  void operator()(const order_returned&) const {
    finish(state, order_status::returned);
    state.pause.reset();
  }
  void operator()(const order_written_off& e) const {
    finish(state, order_status::written_off);
    state.end_reason = e.reason;
  }
  void operator()(const order_goods_lost&) const {}
  void operator()(const order_wrong_code_counted& e) const { state.wrong_codes = e.times; }
  void operator()(const order_cancelled& e) const {
    leave_rider(state);
    finish(state, order_status::cancelled);
    state.end_reason = e.reason;
  }
  void operator()(const order_undeliverable&) const { finish(state, order_status::undeliverable); }
  void operator()(const order_refund_requested&) const { state.refunded = true; }
  void operator()(const order_deadlines_moved& e) const {
    state.waits_until = e.waits_until;
    state.pick_up_by = e.pick_up_by;
  }
  void operator()(const order_held& e) const { state.hold = {e.reason, e.at}; }
  void operator()(const order_hold_released& e) const {
    put_off(state, state.hold->since, e.at);
    state.hold.reset();
  }
  void operator()(const actor_paused& e) const { state.pause = {e.reason, e.at}; }
  void operator()(const actor_resumed& e) const {
    if (!state.hold) { // Else the time is made up for when the hold is released.
      put_off(state, state.pause->since, e.at);
    }
    state.pause.reset();
  }
};

} // namespace

void evolve(order& state, const order_event& event) { std::visit(evolver{state}, event); }

timestamp search_begins(const place_order& details, const policy& rules) {
  const auto ready = details.ready_at - rules.dispatch_ahead;
  return details.promised_from ? std::max(ready, *details.promised_from - rules.release_ahead)
                               : ready;
}

std::optional<timestamp> deadline(const order& state) {
  if (state.pause) {
    return std::nullopt;
  }
  switch (state.status) {
  case order_status::unpaid:
    return state.waits_until;
  case order_status::waiting:
    return state.hold ? std::nullopt : state.waits_until;
  case order_status::assigned:
    return state.pick_up_by;
  default:
    return std::nullopt;
  }
}

bool is_final(const order& state) {
  return state.status == order_status::delivered || state.status == order_status::cancelled ||
         state.status == order_status::undeliverable || state.status == order_status::returned ||
         state.status == order_status::written_off;
}

std::string_view status_name(const order& state) { return to_string(state.status); }

} // namespace dispatch::domain
