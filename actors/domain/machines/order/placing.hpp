#pragma once

#include "actors/domain/machine.hpp"
#include "actors/domain/machines/order.hpp"
#include "actors/domain/machines/order_answers.hpp"
#include "actors/domain/machines/order_lapses.hpp"
#include "actors/domain/machines/order_offers.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

/// How an order comes to be, is paid, and ends with nothing delivered: what its customer says, and
/// what time does. A part of the order's machine, for order.cpp only.
namespace dispatch::domain {

struct placing_decisions {

  const order& state;
  const domain::context& context;

  order_outcome operator()(const place_order& command) const {
    if (state.status != order_status::unknown) {
      return refuse<order_event>(refusal::already_exists,
                                 "an order with this id was placed before");
    }
    auto details = command;
    details.ready_at = std::max(details.ready_at, context.at);
    if (!command.prepaid) {
      return accept<order_event>(order_placed{std::move(details), context.at,
                                              context.at + context.policy.payment_timeout});
    }
    const auto until = search_until(details, context);
    return accept<order_event>(order_placed{std::move(details), context.at, std::nullopt},
                               order_paid{until, context.at});
  }

  order_outcome operator()(const pay_order&) const {
    if (state.status == order_status::unpaid) {
      return accept<order_event>(order_paid{search_until(state.details, context), context.at});
    }
    if (is_final(state) && !state.paid && !state.refunded) {
      return accept<order_event>(order_refund_requested{});
    }
    if (state.status == order_status::unknown || is_final(state)) {
      return refused_because_of_status(state);
    }
    return refuse<order_event>(refusal::wrong_status, "the order is paid");
  }

  order_outcome operator()(const ready_order&) const {
    if (state.status == order_status::unpaid || state.status == order_status::waiting ||
        is_asked_or_bound(state)) {
      auto ready = order_ready{context.at, is_asked_or_bound(state) ? state.rider : std::string{}};
      std::ranges::transform(state.also_asked, std::back_inserter(ready.also), &asked_rider::rider);
      return accept<order_event>(std::move(ready));
    }
    return refused_because_of_status(state);
  }

  order_outcome operator()(const cancel_order& command) const {
    if (state.status == order_status::picked_up) {
      return accept<order_event>(order_returning{state.rider, command.reason, context.at});
    }
    if (state.status == order_status::unknown || state.status == order_status::returning ||
        is_final(state)) {
      return refused_because_of_status(state);
    }
    order_outcome result;
    end_other_offers(result, state, lapse_reason::withdrawn);
    end_without_delivery(result, state, order_cancelled{command.reason, state.rider});
    return result;
  }

  order_outcome operator()(const pass_deadline&) const {
    const auto due = deadline(state);
    if (!due || context.at < *due) {
      return refused_because_of_status(state);
    }
    if (state.status == order_status::assigned) {
      return without_rider(state, unassign_reason::late, context);
    }
    if (state.status == order_status::unpaid) {
      return accept<order_event>(order_cancelled{"payment_timeout", ""});
    }
    order_outcome result;
    end_without_delivery(
        result, state,
        order_undeliverable{total(state.lapses), search_end::max_wait, state.lapses});
    return result;
  }
};

struct placing_events {
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
  void operator()(const order_cancelled& e) const {
    leave_rider(state);
    finish(state, order_status::cancelled);
    state.end_reason = e.reason;
  }
  void operator()(const order_undeliverable&) const { finish(state, order_status::undeliverable); }
  void operator()(const order_refund_requested&) const { state.refunded = true; }
};

} // namespace dispatch::domain
