#pragma once

#include "actors/domain/machines/order.hpp"
#include "actors/domain/machines/order_answers.hpp"
#include "actors/domain/machines/order_offers.hpp"
#include "actors/domain/waybill.hpp"

#include <string>
#include <utility>

/// The way of an order: its goods, its pick-up, its delivery or return, its papers. What riders and
/// stations say to it. A part of the order's machine, for order.cpp only.
namespace dispatch::domain {

struct carrying_decisions {

  const order& state;
  const domain::context& context;

  order_outcome operator()(const lose_stock& command) const {
    if (!holds_goods(state) || state.details.station != command.station) {
      return refused_because_of_status(state);
    }
    order_outcome result;
    if (state.status == order_status::assigned) {
      result = without_rider(state, unassign_reason::stock_lost, context);
    } else if (state.status == order_status::offered) {
      end_other_offers(result, state, lapse_reason::withdrawn);
      result.events.emplace_back(
          order_offer_lapsed{state.offer, state.rider, lapse_reason::withdrawn});
    }
    result.events.emplace_back(order_unsourced{command.station, command.reason});
    return result;
  }

  order_outcome operator()(const reach_pick_up& command) const {
    if (state.status != order_status::assigned || state.rider != command.rider) {
      return refused_because_of_status(state);
    }
    order_outcome result;
    end_other_offers(result, state, lapse_reason::withdrawn);
    if (const auto from = holding_station(state); state.pick_up_by || !from.empty()) {
      result.events.emplace_back(order_reached{command.rider, context.at, from});
    }
    return result;
  }

  order_outcome operator()(const collect_order& command) const {
    if (state.status != order_status::assigned || state.rider != command.rider) {
      return refused_because_of_status(state);
    }
    order_outcome result;
    end_other_offers(result, state, lapse_reason::withdrawn);
    if (!state.requested_rider.empty()) {
      result.events.emplace_back(order_assignment_refused{
          state.requested_rider, std::string{to_string(refusal::on_board)}});
    }
    result.events.emplace_back(order_picked_up{command.rider, context.at, holding_station(state)});
    return result;
  }

  order_outcome operator()(const lose_rider& command) const {
    const auto as_said = command.on_board ? order_status::picked_up : order_status::assigned;
    if (state.status != as_said || state.rider != command.rider) {
      return refused_because_of_status(state);
    }
    if (command.on_board) {
      auto from_there = state.details;
      from_there.ready_at = context.at;
      return accept<order_event>(
          order_stranded{command.rider, command.at, context.at, search_until(from_there, context)});
    }
    return without_rider(state, command.reason, context);
  }

  order_outcome operator()(const fail_delivery_of& command) const {
    if (state.status != order_status::picked_up || state.rider != command.rider) {
      return refused_because_of_status(state);
    }
    return accept<order_event>(order_returning{command.rider, command.reason, context.at});
  }

  order_outcome operator()(const count_wrong_code& command) const {
    if (state.status != order_status::picked_up || state.rider != command.rider) {
      return refused_because_of_status(state);
    }
    return accept<order_event>(order_wrong_code_counted{command.rider, state.wrong_codes + 1});
  }

  order_outcome operator()(const complete_order& command) const {
    if (state.rider == command.rider && state.status == order_status::picked_up) {
      return accept<order_event>(order_delivered{command.rider, context.at});
    }
    if (state.rider != command.rider || state.status != order_status::returning) {
      return refused_because_of_status(state);
    }
    order_outcome result;
    auto back = order_returned{command.rider, context.at, {}, {}};
    if (state.sourced) {
      back.station = state.details.station;
      back.items = state.details.items;
    }
    end_without_delivery(result, state, std::move(back));
    return result;
  }

  order_outcome operator()(const attach_waybill& command) const {
    if (!wants_waybill(state) ||
        command.waybill.number != waybill_number(context.id, state.assignments)) {
      return refuse<order_event>(refusal::wrong_status, "the order does not want this waybill");
    }
    if (state.waybill_issued && !command.waybill.is_signed()) {
      return refuse<order_event>(refusal::wrong_status, "the order has this waybill, not signed");
    }
    return accept<order_event>(waybill_issued{state.rider, command.waybill});
  }
};

struct carrying_events {
  order& state;

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
  void operator()(const order_reached&) const { state.pick_up_by.reset(); }
  void operator()(const order_picked_up& e) const {
    state.status = order_status::picked_up;
    state.picked_up_at = e.at;
    state.pick_up_by.reset();
    state.hold.reset();
    state.stranded_with.clear();
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
  void operator()(const order_goods_lost&) const {}
  void operator()(const order_wrong_code_counted& e) const { state.wrong_codes = e.times; }
  void operator()(const waybill_issued& e) const {
    state.waybill_issued = true;
    state.waybill_signed = e.waybill.is_signed();
  }
};

} // namespace dispatch::domain
