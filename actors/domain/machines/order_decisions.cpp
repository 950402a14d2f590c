#include "actors/domain/machines/order.hpp"
#include "actors/domain/machines/order_answers.hpp"
#include "actors/domain/machines/order_lapses.hpp"
#include "actors/domain/machines/order_offers.hpp"
#include "actors/domain/pause.hpp"
#include "actors/domain/waybill.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

/// What an order's commands come to.
namespace dispatch::domain {

namespace {

using answer = outcome<order_event>;

/// When the end of the search, or of the time to pay, was set; epoch: before any pause or hold.
timestamp waits_since(const order& state) {
  return state.stranded_with.empty() ? state.waits_since
                                     : std::max(state.waits_since, state.details.ready_at);
}

/// What stood still from `since` on, while it was set, comes later by that time.
order_deadlines_moved moved(const order& state, timestamp since, bool by_hold, timestamp now) {
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
bool has_deadline(const order& state) {
  return state.status == order_status::assigned
             ? state.pick_up_by.has_value()
             : state.status != order_status::picked_up && state.status != order_status::returning;
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
                               order_paid{until, with.at});
  }

  answer operator()(const pay_order&) const {
    if (state.status == order_status::unpaid) {
      return accept<order_event>(order_paid{search_until(state.details, with), with.at});
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
    if (state.status == order_status::unpaid || state.status == order_status::waiting ||
        is_asked_or_bound(state)) {
      auto ready = order_ready{with.at, is_asked_or_bound(state) ? state.rider : std::string{}};
      std::ranges::transform(state.also_asked, std::back_inserter(ready.also), &asked_rider::rider);
      return accept<order_event>(std::move(ready));
    }
    return refused_because_of_status(state);
  }

  answer operator()(const cancel_order& command) const {
    if (state.status == order_status::picked_up) {
      return accept<order_event>(order_returning{state.rider, command.reason, with.at});
    }
    if (state.status == order_status::unknown || state.status == order_status::returning ||
        is_final(state)) {
      return refused_because_of_status(state);
    }
    answer result;
    end_other_offers(result, state, lapse_reason::withdrawn);
    end_without_delivery(result, state, order_cancelled{command.reason, state.rider});
    return result;
  }

  answer operator()(const write_off_order& command) const {
    if (!with.by_operator) {
      return refuse_without_operator<order_event>();
    }
    if (state.status != order_status::picked_up && state.status != order_status::returning) {
      return refused_because_of_status(state);
    }
    answer result;
    end_without_delivery(result, state, order_written_off{state.rider, command.reason, with.at});
    return result;
  }

  answer operator()(const assign_order& command) const {
    if (!with.by_operator) {
      return refuse_without_operator<order_event>();
    }
    const auto request = order_assignment_requested{command.rider};
    switch (state.status) {
    case order_status::waiting:
      return accept<order_event>(request);
    case order_status::offered: {
      answer result;
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

  answer operator()(const unassign_order&) const {
    if (!with.by_operator) {
      return refuse_without_operator<order_event>();
    }
    if (state.status != order_status::assigned) {
      return refused_because_of_status(state);
    }
    return without_rider(unassign_reason::by_operator);
  }

  answer operator()(const hold_order& command) const {
    if (!with.by_operator) {
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
    return accept<order_event>(order_held{command.reason, with.at});
  }

  answer operator()(const release_hold&) const {
    if (!with.by_operator) {
      return refuse_without_operator<order_event>();
    }
    if (state.status == order_status::unknown || is_final(state)) {
      return refused_because_of_status(state);
    }
    if (!state.hold) {
      return refuse<order_event>(refusal::wrong_status, "the order is not held");
    }
    auto result = accept<order_event>(order_hold_released{with.at});
    if (has_deadline(state)) {
      result.events.emplace_back(moved(state, state.hold->since, true, with.at));
    }
    return result;
  }

  answer operator()(const offer_order& command) const { return decide_offers(state, command); }
  answer operator()(const confirm_order& command) const {
    return decide_offers(state, command, with);
  }
  answer operator()(const lapse_order& command) const {
    return decide_offers(state, command, with);
  }
  answer operator()(const swap_order& command) const { return decide_offers(state, command); }
  answer operator()(const settle_swap& command) const {
    return decide_offers(state, command, with);
  }

  answer operator()(const refuse_assignment& command) const {
    if (state.requested_rider != command.rider) {
      return refuse<order_event>(refusal::wrong_status, "no assignment to this rider is requested");
    }
    return accept<order_event>(order_assignment_refused{command.rider, command.reason});
  }

  answer operator()(const lose_stock& command) const {
    if (!holds_goods(state) || state.details.station != command.station) {
      return refused_because_of_status(state);
    }
    answer result;
    if (state.status == order_status::assigned) {
      result = without_rider(unassign_reason::stock_lost);
    } else if (state.status == order_status::offered) {
      end_other_offers(result, state, lapse_reason::withdrawn);
      result.events.emplace_back(
          order_offer_lapsed{state.offer, state.rider, lapse_reason::withdrawn});
    }
    result.events.emplace_back(order_unsourced{command.station, command.reason});
    return result;
  }

  answer operator()(const reach_pick_up& command) const {
    if (state.status != order_status::assigned || state.rider != command.rider) {
      return refused_because_of_status(state);
    }
    answer result;
    end_other_offers(result, state, lapse_reason::withdrawn);
    if (const auto from = holding_station(state); state.pick_up_by || !from.empty()) {
      result.events.emplace_back(order_reached{command.rider, with.at, from});
    }
    return result;
  }

  answer operator()(const collect_order& command) const {
    if (state.status != order_status::assigned || state.rider != command.rider) {
      return refused_because_of_status(state);
    }
    answer result;
    end_other_offers(result, state, lapse_reason::withdrawn);
    if (!state.requested_rider.empty()) {
      result.events.emplace_back(order_assignment_refused{
          state.requested_rider, std::string{to_string(refusal::on_board)}});
    }
    result.events.emplace_back(order_picked_up{command.rider, with.at, holding_station(state)});
    return result;
  }

  answer operator()(const lose_rider& command) const {
    const auto as_said = command.on_board ? order_status::picked_up : order_status::assigned;
    if (state.status != as_said || state.rider != command.rider) {
      return refused_because_of_status(state);
    }
    if (command.on_board) {
      auto from_there = state.details;
      from_there.ready_at = with.at;
      return accept<order_event>(
          order_stranded{command.rider, command.at, with.at, search_until(from_there, with)});
    }
    return without_rider(command.reason);
  }

  answer operator()(const fail_delivery_of& command) const {
    if (state.status != order_status::picked_up || state.rider != command.rider) {
      return refused_because_of_status(state);
    }
    return accept<order_event>(order_returning{command.rider, command.reason, with.at});
  }

  answer operator()(const count_wrong_code& command) const {
    if (state.status != order_status::picked_up || state.rider != command.rider) {
      return refused_because_of_status(state);
    }
    return accept<order_event>(order_wrong_code_counted{command.rider, state.wrong_codes + 1});
  }

  answer operator()(const complete_order& command) const {
    if (state.rider == command.rider && state.status == order_status::picked_up) {
      return accept<order_event>(order_delivered{command.rider, with.at});
    }
    if (state.rider != command.rider || state.status != order_status::returning) {
      return refused_because_of_status(state);
    }
    answer result;
    auto back = order_returned{command.rider, with.at, {}, {}};
    if (state.sourced) {
      back.station = state.details.station;
      back.items = state.details.items;
    }
    end_without_delivery(result, state, std::move(back));
    return result;
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
    if (state.status == order_status::unknown) {
      return refused_because_of_status(state);
    }
    auto result = apply_resume<order_event>(state.pause, with);
    if (result.refused == refusal::none && has_deadline(state)) {
      result.events.emplace_back(moved(state, state.pause->since, false, with.at));
    }
    return result;
  }

  answer operator()(const pass_deadline&) const {
    const auto due = deadline(state);
    if (!due || with.at < *due) {
      return refused_because_of_status(state);
    }
    if (state.status == order_status::assigned) {
      return without_rider(unassign_reason::late);
    }
    if (state.status == order_status::unpaid) {
      return accept<order_event>(order_cancelled{"payment_timeout", ""});
    }
    answer result;
    end_without_delivery(
        result, state,
        order_undeliverable{total(state.lapses), search_end::max_wait, state.lapses});
    return result;
  }

private:
  /// Its rider is free of it, and nobody considers it; the search begins anew.
  answer without_rider(unassign_reason reason) const {
    answer result;
    end_other_offers(result, state, lapse_reason::withdrawn);
    result.events.emplace_back(
        order_unassigned{state.rider, reason, search_until(state.details, with), with.at,
                         reason == unassign_reason::stock_lost ? "" : holding_station(state)});
    return result;
  }
};

/// All that comes from outside waits, and new offers. What riders do with an order in hand goes on.
bool is_taken_while_paused(const order_command& command) {
  return std::visit(
      []<class Command>(const Command&) -> bool { return Command::at_order.taken_while_paused; },
      command);
}

} // namespace

outcome<order_event> apply(const order& state, const order_command& command, const context& with) {
  if (state.pause && !is_taken_while_paused(command)) {
    return refuse_paused<order_event>(*state.pause, with);
  }
  return std::visit(applier{state, with}, command);
}

} // namespace dispatch::domain
