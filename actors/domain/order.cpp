#include "actors/domain/order.hpp"

#include "actors/domain/pause.hpp"
#include "actors/domain/waybill.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <utility>

namespace dispatch::domain {

namespace {

using answer = outcome<order_event>;

constexpr std::array<std::string_view, 9> status_names = {
    "unknown",   "unpaid",    "waiting",   "offered",      "assigned",
    "picked_up", "delivered", "cancelled", "undeliverable"};

answer refused_because_of_status(const order& state) {
  const auto name = std::string{status_name(state)};
  if (state.status == order_status::unknown) {
    return refuse<order_event>(refusal::unknown_entity, "no order with this id was placed");
  }
  if (is_final(state)) {
    return refuse<order_event>(refusal::final_status, "the order has ended: " + name);
  }
  return refuse<order_event>(refusal::wrong_status, "not possible while the order is " + name);
}

timestamp search_until(const place_order& details, const context& with) {
  return std::max(with.at, details.ready_at - with.rules.dispatch_ahead) + with.rules.max_wait;
}

/// What ends an order without a delivery is followed by a refund when money was received.
template <class Ending> answer end(const order& state, Ending ending) {
  auto result = accept<order_event>(std::move(ending));
  if (state.paid) {
    result.events.emplace_back(order_refund_requested{});
  }
  return result;
}

bool is_asked_or_bound(const order& state) {
  return state.status == order_status::offered || state.status == order_status::assigned;
}

struct applier {
  const order& state;
  const context& with;

  answer operator()(const place_order& command) const {
    if (state.status != order_status::unknown) {
      return refuse<order_event>(refusal::already_exists,
                                 "an order with this id was placed before");
    }
    auto details = command;
    details.ready_at = std::max(details.ready_at, with.at);
    if (!command.prepaid) {
      return accept<order_event>(
          order_placed{std::move(details), with.at, with.at + with.rules.payment_timeout});
    }
    const auto until = search_until(details, with);
    return accept<order_event>(order_placed{std::move(details), with.at, std::nullopt},
                               order_paid{until});
  }

  answer operator()(const pay_order&) const {
    if (state.status == order_status::unpaid) {
      return accept<order_event>(order_paid{search_until(state.details, with)});
    }
    if (is_final(state) && !state.paid && !state.refunded) {
      return accept<order_event>(order_refund_requested{});
    }
    if (state.status == order_status::unknown || is_final(state)) {
      return refused_because_of_status(state);
    }
    return refuse<order_event>(refusal::wrong_status, "the order is paid");
  }

  answer operator()(const ready_order&) const {
    if (state.status == order_status::unknown || state.status == order_status::picked_up ||
        is_final(state)) {
      return refused_because_of_status(state);
    }
    return accept<order_event>(
        order_ready{with.at, is_asked_or_bound(state) ? state.rider : std::string{}});
  }

  answer operator()(const cancel_order& command) const {
    if (state.status == order_status::picked_up) {
      return refuse<order_event>(refusal::on_board, "the order is on its way with " + state.rider);
    }
    if (state.status == order_status::unknown || is_final(state)) {
      return refused_because_of_status(state);
    }
    return end(state, order_cancelled{command.reason, state.rider});
  }

  answer operator()(const assign_order& command) const {
    if (!with.by_operator) {
      return refuse<order_event>(refusal::not_permitted,
                                 "only an operator assigns: end the subject with the operator");
    }
    const auto request = order_assignment_requested{command.rider};
    switch (state.status) {
    case order_status::waiting:
      return accept<order_event>(request);
    case order_status::offered:
      return accept<order_event>(
          order_offer_lapsed{state.offer, state.rider, lapse_reason::reassigned}, request);
    case order_status::assigned:
      if (state.rider == command.rider) {
        return refuse<order_event>(refusal::wrong_status, "the order is assigned to this rider");
      }
      return accept<order_event>(order_unassigned{state.rider}, request);
    default:
      return refused_because_of_status(state);
    }
  }

  answer operator()(const offer_order& command) const {
    if (state.status != order_status::waiting) {
      return refused_because_of_status(state);
    }
    return accept<order_event>(order_offered{command.offer, command.rider});
  }

  answer operator()(const confirm_order& command) const {
    // An answer to an offer that the operator ended must not pass for the operator's wish, even if
    // both name the same rider: the rider is told to drop what was accepted.
    const auto fits =
        command.accepted
            ? state.status == order_status::offered && state.offer == command.offer
            : state.status == order_status::waiting && state.requested_rider == command.rider;
    if (!fits) {
      return refuse<order_event>(refusal::unknown_offer, "the order is not part of this offer");
    }
    return accept<order_event>(
        order_assigned{command.offer, command.rider, state.assignments + 1, with.at});
  }

  answer operator()(const refuse_assignment& command) const {
    if (state.requested_rider != command.rider) {
      return refuse<order_event>(refusal::wrong_status, "no assignment to this rider is requested");
    }
    return accept<order_event>(order_assignment_refused{command.rider, command.reason});
  }

  answer operator()(const lapse_order& command) const {
    if (state.status != order_status::offered || state.offer != command.offer) {
      return refuse<order_event>(refusal::unknown_offer, "the order is not part of this offer");
    }
    return accept<order_event>(order_offer_lapsed{command.offer, command.rider, command.reason});
  }

  answer operator()(const collect_order& command) const {
    if (state.status != order_status::assigned || state.rider != command.rider) {
      return refused_because_of_status(state);
    }
    return accept<order_event>(order_picked_up{command.rider, with.at});
  }

  answer operator()(const complete_order& command) const {
    if (state.status != order_status::picked_up || state.rider != command.rider) {
      return refused_because_of_status(state);
    }
    return accept<order_event>(order_delivered{command.rider, with.at});
  }

  answer operator()(const attach_waybill& command) const {
    if (!wants_waybill(state) ||
        command.waybill.number != waybill_number(with.id, state.assignments)) {
      return refuse<order_event>(refusal::wrong_status, "the order does not want this waybill");
    }
    if (state.waybill_issued && !command.waybill.is_signed()) {
      return refuse<order_event>(refusal::wrong_status, "the order has this waybill, not signed");
    }
    return accept<order_event>(waybill_issued{state.rider, command.waybill});
  }

  answer operator()(const pause_actor& command) const {
    if (state.status == order_status::unknown || is_final(state)) {
      return refused_because_of_status(state);
    }
    return apply_pause<order_event>(state.pause, command, with);
  }

  answer operator()(const resume_actor&) const {
    return state.status == order_status::unknown ? refused_because_of_status(state)
                                                 : apply_resume<order_event>(state.pause, with);
  }

  answer operator()(const pass_deadline&) const {
    const auto due = deadline(state);
    if (!due || with.at < *due) {
      return refused_because_of_status(state);
    }
    if (state.status == order_status::unpaid) {
      return accept<order_event>(order_cancelled{"payment_timeout", ""});
    }
    return end(state, order_undeliverable{state.offers});
  }
};

/// What is held while the order is paused: all that comes from outside, and new offers. What riders
/// do with an order in hand goes on.
bool is_held(const order_command& command) {
  return std::visit(overloaded{
                        [](const place_order&) { return true; },
                        [](const pay_order&) { return true; },
                        [](const ready_order&) { return true; },
                        [](const cancel_order&) { return true; },
                        [](const assign_order&) { return true; },
                        [](const offer_order&) { return true; },
                        [](const auto&) { return false; },
                    },
                    command);
}

void leave_rider(order& state) {
  state.status = order_status::waiting;
  state.offer.clear();
  state.rider.clear();
}

void remember_pass(order& state, const std::string& rider) {
  std::erase(state.passed, rider);
  state.passed.push_back(rider);
  if (state.passed.size() > limits::passed_riders_max) {
    state.passed.erase(state.passed.begin());
  }
}

struct evolver {
  order& state;

  void operator()(const order_placed& e) const {
    state.status = order_status::unpaid;
    state.details = e.order;
    state.placed_at = e.at;
    state.waits_until = e.pay_by;
  }
  void operator()(const order_paid& e) const {
    state.status = order_status::waiting;
    state.paid = true;
    state.waits_until = e.search_until;
  }
  void operator()(const order_ready& e) const {
    state.details.ready_at = std::min(state.details.ready_at, e.at);
  }
  void operator()(const order_offered& e) const {
    state.status = order_status::offered;
    state.offer = e.offer;
    state.rider = e.rider;
    ++state.offers;
  }
  void operator()(const order_offer_lapsed& e) const {
    if (e.reason == lapse_reason::declined || e.reason == lapse_reason::expired) {
      remember_pass(state, e.rider);
    }
    leave_rider(state);
  }
  void operator()(const order_assignment_requested& e) const { state.requested_rider = e.rider; }
  void operator()(const order_assignment_refused&) const { state.requested_rider.clear(); }
  void operator()(const order_assigned& e) const {
    state.status = order_status::assigned;
    state.offer = e.offer;
    state.rider = e.rider;
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
  void operator()(const order_unassigned&) const { leave_rider(state); }
  void operator()(const order_picked_up& e) const {
    state.status = order_status::picked_up;
    state.picked_up_at = e.at;
  }
  void operator()(const order_delivered& e) const {
    state.status = order_status::delivered;
    state.delivered_at = e.at;
    state.pause.reset();
  }
  void operator()(const order_cancelled& e) const {
    leave_rider(state);
    state.status = order_status::cancelled;
    state.end_reason = e.reason;
    state.requested_rider.clear();
  }
  void operator()(const order_undeliverable&) const {
    state.status = order_status::undeliverable;
    state.requested_rider.clear();
  }
  void operator()(const order_refund_requested&) const { state.refunded = true; }
  void operator()(const actor_paused& e) const { state.pause = {e.reason, e.at}; }
  void operator()(const actor_resumed& e) const {
    if (state.waits_until) {
      *state.waits_until += std::max(duration{0}, e.at - state.pause->since);
    }
    state.pause.reset();
  }
};

} // namespace

outcome<order_event> apply(const order& state, const order_command& command, const context& with) {
  if (state.pause && is_held(command)) {
    return refuse_paused<order_event>(*state.pause);
  }
  return std::visit(applier{state, with}, command);
}

void evolve(order& state, const order_event& event) { std::visit(evolver{state}, event); }

std::optional<timestamp> deadline(const order& state) {
  const auto waits = state.status == order_status::unpaid || state.status == order_status::waiting;
  return waits && !state.pause ? state.waits_until : std::nullopt;
}

bool is_final(const order& state) {
  return state.status == order_status::delivered || state.status == order_status::cancelled ||
         state.status == order_status::undeliverable;
}

std::string_view status_name(const order& state) {
  return status_names.at(static_cast<std::size_t>(state.status));
}

} // namespace dispatch::domain
