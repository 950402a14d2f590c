#include "actors/domain/machines/rider_work.hpp"

#include "actors/domain/machines/rider.hpp"
#include "actors/domain/route.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace dispatch::domain {

namespace {

/// Orders of a route: those that are on the way to their customers, and those that are still to be
/// collected. What is brought back is neither.
struct route_orders {
  std::vector<std::string> collected;
  std::vector<std::string> to_collect;
};

route_orders orders_of(const std::vector<stop>& route) {
  route_orders orders;
  for (const auto& s : route) {
    if (s.kind == stop_kind::pick_up) {
      orders.to_collect.push_back(s.order);
    } else if (!s.returning && !has_stop(route, stop_kind::pick_up, s.order)) {
      orders.collected.push_back(s.order);
    }
  }
  return orders;
}

std::string_view name_of(vehicle by) {
  constexpr std::array<std::string_view, 4> names = {"on foot", "by bicycle", "by motorcycle",
                                                     "by car"};
  return names.at(static_cast<std::size_t>(by) - 1);
}

/// Begins an outcome behind which no offer is open.
rider_outcome decline_open_offer(const rider& state, const char* reason) {
  rider_outcome result;
  if (const auto& open = state.open_offer) {
    result.events.emplace_back(offer_declined{open->id, open->orders, reason});
  }
  return result;
}

/// Whether the offer that expires is one too many. Who is paused cannot accept; an order that has a
/// rider needs no other one.
bool ignores_offers(const rider& state, const policy& policy) {
  return policy.ignored_offers_max > 0 && !state.pause && !state.open_offer->swap &&
         state.ignored_offers + 1 >= policy.ignored_offers_max;
}

} // namespace

rider_outcome refused_as_unknown_rider() {
  return refuse<rider_event>(refusal::unknown_entity, "no rider with this id ever began a shift");
}

rider_outcome refused_off_shift(const rider& state) {
  if (!state.known) {
    return refused_as_unknown_rider();
  }
  return state.on_shift ? rider_outcome{}
                        : refuse<rider_event>(refusal::off_shift, "the rider is off shift");
}

rider_outcome refused_capacity(const rider& state, const start_shift& shift, const policy& policy) {
  const auto most = policy.capacity_max.at(static_cast<std::size_t>(shift.vehicle) - 1);
  if (shift.capacity > most) {
    return refuse<rider_event>(refusal::out_of_range, "capacity: must be at most " +
                                                          std::to_string(most) + " " +
                                                          std::string{name_of(shift.vehicle)} +
                                                          ", is " + std::to_string(shift.capacity));
  }
  if (peak_load(state.route) > shift.capacity) {
    return refuse<rider_event>(refusal::over_capacity,
                               "what is left of the route needs a capacity of " +
                                   std::to_string(peak_load(state.route)));
  }
  return {};
}

rider_outcome decide_work(const rider& state, const start_shift& command, const context& context) {
  if (state.on_shift) {
    return refuse<rider_event>(refusal::wrong_status, "the rider is on shift");
  }
  if (state.leaving) {
    return refuse<rider_event>(refusal::leaving,
                               "the rider is on the way to zone " + state.leaving->zone);
  }
  if (auto refused = refused_capacity(state, command, context.policy);
      refused.refused != refusal::none) {
    return refused;
  }
  if (command.until && *command.until <= context.at) {
    return refuse<rider_event>(refusal::out_of_range,
                               "until: must be later than the beginning of the shift");
  }
  const auto longest = context.at + context.policy.shift_max;
  const auto is_planned = command.until && *command.until <= longest;
  return accept<rider_event>(
      shift_started{command, context.at, is_planned ? *command.until : longest,
                    is_planned ? shift_end::planned_end : shift_end::maximum_hours});
}

rider_outcome decide_work(const rider& state, const end_shift& command, const context&) {
  if (auto refused = refused_off_shift(state); refused.refused != refusal::none) {
    return refused;
  }
  auto result = decline_open_offer(state, "end_of_shift");
  auto orders = orders_of(state.route).to_collect;
  if (command.hand_back && !orders.empty()) {
    result.events.emplace_back(route_handed_back{std::move(orders)});
  }
  result.events.emplace_back(shift_ended{});
  return result;
}

rider_outcome decide_work(const rider& state, const report_breakdown& command,
                          const context& context) {
  if (auto refused = refused_off_shift(state);
      refused.refused != refusal::none && state.route.empty()) {
    return refused;
  }
  auto result = decline_open_offer(state, "breakdown");
  auto orders = orders_of(state.route);
  result.events.emplace_back(broke_down{command.reason, state.at, context.at,
                                        std::move(orders.to_collect), std::move(orders.collected)});
  if (state.on_shift) {
    result.events.emplace_back(shift_ended{shift_end::breakdown});
  }
  return result;
}

rider_outcome decide_work(const rider& state, const start_break& command, const context& context) {
  if (auto refused = refused_off_shift(state); refused.refused != refusal::none) {
    return refused;
  }
  if (state.on_break) {
    return refuse<rider_event>(refusal::on_break, "the rider is on a break");
  }
  auto result = decline_open_offer(state, "break");
  result.events.emplace_back(break_started{command.reason, context.at});
  return result;
}

rider_outcome decide_work(const rider& state, const end_break&, const context& context) {
  if (!state.known) {
    return refused_as_unknown_rider();
  }
  if (!state.on_break) {
    return refuse<rider_event>(refusal::wrong_status, "the rider is on no break");
  }
  return accept<rider_event>(break_ended{context.at});
}

rider_outcome decide_work(const rider& state, const pass_deadline&, const context& context) {
  const auto due = deadline(state);
  if (!due || context.at < *due) {
    return refuse<rider_event>(refusal::wrong_status, "no deadline of the rider has passed");
  }
  const auto shift_ends = state.ends_at && context.at >= *state.ends_at;
  rider_outcome result;
  if (const auto& open = state.open_offer; open && context.at >= open->expires_at) {
    result.events.emplace_back(offer_expired{open->id, open->orders});
    if (!shift_ends && ignores_offers(state, context.policy)) {
      result.events.emplace_back(break_started{"ignored_offers", context.at});
    }
  } else {
    result = decline_open_offer(state, "end_of_shift");
  }
  if (shift_ends) {
    result.events.emplace_back(shift_ended{state.ends_as});
  }
  return result;
}

} // namespace dispatch::domain
