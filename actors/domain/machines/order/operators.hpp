#pragma once

#include "actors/domain/machine.hpp"
#include "actors/domain/machines/order.hpp"
#include "actors/domain/machines/order_answers.hpp"
#include "actors/domain/pause.hpp"

#include <algorithm>
#include <optional>
#include <utility>

/// What operators do with an order, and what becomes of it. A part of the order's machine, for
/// order.cpp only.
namespace dispatch::domain {

/// When the end of the search, or of the time to pay, was set; epoch: before any pause or hold.
inline timestamp waits_since(const order& state) {
  return state.stranded_with.empty() ? state.waits_since
                                     : std::max(state.waits_since, state.details.ready_at);
}

/// What stood still from `since` on, while it was set, comes later by that time.
inline order_deadlines_moved moved(const order& state, timestamp since, bool by_hold,
                                   timestamp now) {
  const auto stood_still = [&](timestamp set_at) {
    return std::max(duration{0}, now - std::max(since, set_at));
  };
  order_deadlines_moved result{state.waits_until, state.pick_up_by};
  const auto searching =
      state.status == order_status::waiting || state.status == order_status::offered;
  const auto waits = searching ? by_hold || !state.hold // A hold goes on for longer than a pause.
                               : state.status == order_status::unpaid && !by_hold;
  if (waits && result.waits_until) {
    *result.waits_until += stood_still(waits_since(state));
  }
  if (state.status == order_status::assigned && !by_hold && result.pick_up_by) {
    *result.pick_up_by += stood_still(state.assigned_at);
  }
  return result;
}

/// Whether something stands still while the order is paused or held.
inline bool has_deadline(const order& state) {
  return state.status == order_status::assigned
             ? state.pick_up_by.has_value()
             : state.status != order_status::picked_up && state.status != order_status::returning;
}

struct operator_decisions {

  const order& state;
  const domain::context& context;

  order_outcome operator()(const assign_order& command) const {
    if (!context.by_operator) {
      return refuse_without_operator<order_event>();
    }
    const auto request = order_assignment_requested{command.rider};
    switch (state.status) {
    case order_status::waiting:
      return accept<order_event>(request);
    case order_status::offered: {
      order_outcome result;
      end_other_offers(result, state, lapse_reason::reassigned);
      result.events.emplace_back(
          order_offer_lapsed{state.offer, state.rider, lapse_reason::reassigned});
      result.events.emplace_back(request);
      return result;
    }
    case order_status::assigned: {
      if (state.rider == command.rider) {
        return refuse<order_event>(refusal::wrong_status, "the order is assigned to this rider");
      }
      return accept<order_event>(request); // Its rider keeps it until the other one has it.
    }
    default:
      return refused_because_of_status(state);
    }
  }

  order_outcome operator()(const refuse_assignment& command) const {
    if (state.requested_rider != command.rider) {
      return refuse<order_event>(refusal::wrong_status, "no assignment to this rider is requested");
    }
    return accept<order_event>(order_assignment_refused{command.rider, command.reason});
  }

  order_outcome operator()(const unassign_order&) const {
    if (!context.by_operator) {
      return refuse_without_operator<order_event>();
    }
    if (state.status != order_status::assigned) {
      return refused_because_of_status(state);
    }
    return without_rider(state, unassign_reason::by_operator, context);
  }

  order_outcome operator()(const write_off_order& command) const {
    if (!context.by_operator) {
      return refuse_without_operator<order_event>();
    }
    if (state.status != order_status::picked_up && state.status != order_status::returning) {
      return refused_because_of_status(state);
    }
    order_outcome result;
    end_without_delivery(result, state, order_written_off{state.rider, command.reason, context.at});
    return result;
  }

  order_outcome operator()(const hold_order& command) const {
    if (!context.by_operator) {
      return refuse_without_operator<order_event>();
    }
    const auto waits = state.status == order_status::unpaid ||
                       state.status == order_status::waiting || is_asked_or_bound(state);
    if (!waits) {
      return refused_because_of_status(state);
    }
    if (state.hold) {
      return refuse<order_event>(refusal::wrong_status, "the order is held");
    }
    return accept<order_event>(order_held{command.reason, context.at});
  }

  order_outcome operator()(const release_hold&) const {
    if (!context.by_operator) {
      return refuse_without_operator<order_event>();
    }
    if (state.status == order_status::unknown || is_final(state)) {
      return refused_because_of_status(state);
    }
    if (!state.hold) {
      return refuse<order_event>(refusal::wrong_status, "the order is not held");
    }
    auto result = accept<order_event>(order_hold_released{context.at});
    if (has_deadline(state)) {
      result.events.emplace_back(moved(state, state.hold->since, true, context.at));
    }
    return result;
  }

  order_outcome operator()(const pause_actor& command) const {
    if (state.status == order_status::unknown || is_final(state)) {
      return refused_because_of_status(state);
    }
    return apply_pause<order_event>(state.pause, command, context);
  }

  order_outcome operator()(const resume_actor&) const {
    if (state.status == order_status::unknown) {
      return refused_because_of_status(state);
    }
    auto result = apply_resume<order_event>(state.pause, context);
    if (result.refused == refusal::none && has_deadline(state)) {
      result.events.emplace_back(moved(state, state.pause->since, false, context.at));
    }
    return result;
  }
};

/// As records of before `order_deadlines_moved` mean it; behind newer ones that event follows.
inline void put_off(order& state, timestamp since, timestamp until) {
  if (state.waits_until) {
    *state.waits_until += std::max(duration{0}, until - since);
  }
}

struct operator_events {
  order& state;

  void operator()(const order_assignment_requested& e) const { state.requested_rider = e.rider; }
  void operator()(const order_assignment_refused&) const { state.requested_rider.clear(); }
  void operator()(const order_written_off& e) const {
    finish(state, order_status::written_off);
    state.end_reason = e.reason;
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
  void operator()(const order_deadlines_moved& e) const {
    state.waits_until = e.waits_until;
    state.pick_up_by = e.pick_up_by;
  }
};

} // namespace dispatch::domain
