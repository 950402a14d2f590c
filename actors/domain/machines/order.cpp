#include "actors/domain/machines/order.hpp"

#include "actors/domain/machines/order/carrying.hpp"
#include "actors/domain/machines/order/operators.hpp"
#include "actors/domain/machines/order/placing.hpp"
#include "actors/domain/machines/order_offers.hpp"
#include "actors/domain/pause.hpp"

#include <algorithm>
#include <optional>
#include <variant>

namespace dispatch::domain {

namespace {

/// All that comes from outside waits, and new offers. What riders do with an order in hand goes on.
bool is_taken_while_paused(const order_command& command) {
  return std::visit(
      []<class Command>(const Command&) -> bool { return Command::at_order.taken_while_paused; },
      command);
}

} // namespace

order_outcome apply(const order& state, const order_command& command, const context& context) {
  if (state.pause && !is_taken_while_paused(command)) {
    return refuse_paused<order_event>(*state.pause, context);
  }
  return std::visit(overloaded{placing_decisions{state, context},
                               operator_decisions{state, context}, offer_decisions{state, context},
                               carrying_decisions{state, context}},
                    command);
}

void evolve(order& state, const order_event& event) {
  std::visit(overloaded{placing_events{state}, operator_events{state}, offer_events{state},
                        carrying_events{state}},
             event);
}

timestamp search_begins(const place_order& details, const policy& policy) {
  const auto ready = details.ready_at - policy.dispatch_ahead;
  return details.promised_from ? std::max(ready, *details.promised_from - policy.release_ahead)
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
