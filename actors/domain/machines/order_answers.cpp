#include "actors/domain/machines/order_answers.hpp"

#include "actors/domain/machines/order.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace dispatch::domain {

order_outcome refused_because_of_status(const order& state) {
  const auto name = std::string{status_name(state)};
  if (state.status == order_status::unknown) {
    return refuse<order_event>(refusal::unknown_entity, "no order with this id was placed");
  }
  if (is_final(state)) {
    return refuse<order_event>(refusal::final_status, "the order has ended: " + name);
  }
  return refuse<order_event>(refusal::wrong_status, "not possible while the order is " + name);
}

timestamp search_until(const place_order& details, const context& context) {
  return std::max(context.at, search_begins(details, context.policy)) + context.policy.max_wait;
}

bool holds_goods(const order& state) {
  return state.sourced && state.stranded_with.empty() &&
         (state.status == order_status::waiting || is_asked_or_bound(state));
}

std::string holding_station(const order& state) {
  return holds_goods(state) ? state.details.station : std::string{};
}

bool is_asked_or_bound(const order& state) {
  return state.status == order_status::offered || state.status == order_status::assigned;
}

void end_other_offers(order_outcome& result, const order& state, lapse_reason reason) {
  for (const auto& other : state.also_asked) {
    result.events.emplace_back(order_offer_lapsed{other.offer, other.rider, reason});
  }
}

order_outcome without_rider(const order& state, unassign_reason reason, const context& context) {
  order_outcome result;
  end_other_offers(result, state, lapse_reason::withdrawn);
  result.events.emplace_back(
      order_unassigned{state.rider, reason, search_until(state.details, context), context.at,
                       reason == unassign_reason::stock_lost ? "" : holding_station(state)});
  return result;
}

void end_without_delivery(order_outcome& result, const order& state, order_event ending) {
  const auto& station = state.details.station;
  if (holds_goods(state)) {
    result.events.emplace_back(order_unsourced{station, stock_loss::asked});
  } else if (state.sourced && !std::holds_alternative<order_returned>(ending)) {
    result.events.emplace_back(
        order_goods_lost{state.stranded_with.empty() ? state.rider : state.stranded_with, station,
                         state.details.items});
  }
  result.events.emplace_back(std::move(ending));
  if (state.paid) {
    result.events.emplace_back(order_refund_requested{});
  }
}

void finish(order& state, order_status status) {
  state.status = status;
  state.requested_rider.clear();
  state.hold.reset();
}

} // namespace dispatch::domain
