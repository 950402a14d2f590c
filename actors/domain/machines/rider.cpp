#include "actors/domain/machines/rider.hpp"

#include "actors/domain/machines/rider_work.hpp"
#include "actors/domain/pause.hpp"
#include "actors/domain/route.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace dispatch::domain {

namespace {

bool has_id(const std::vector<std::string>& ids, const std::string& id) {
  return std::ranges::find(ids, id) != ids.end();
}

bool same_stop(const stop& a, const stop& b) { return a.kind == b.kind && a.order == b.order; }

/// The route of an accepted offer. The current route may have moved on since the offer was made:
/// what is done or released is left out, and the stop that the rider is heading for stays first.
/// Where that would exceed the capacity, the offer's own stops follow the current route.
std::vector<stop> route_if_accepted(const rider& state, const offer& proposal) {
  std::vector<stop> route;
  std::vector<stop> appended = state.route;
  for (const auto& s : proposal.route) {
    const auto current =
        std::ranges::find_if(state.route, [&](const stop& other) { return same_stop(other, s); });
    if (current != state.route.end()) {
      route.push_back(*current);
    } else if (has_id(proposal.orders, s.order)) {
      route.push_back(s);
      appended.push_back(s);
    }
  }
  if (!state.route.empty()) {
    const auto first = std::ranges::find_if(
        route, [&](const stop& s) { return same_stop(s, state.route.front()); });
    std::rotate(route.begin(), first, std::next(first));
  }
  return peak_load(route) > state.capacity ? appended : route;
}

/// Whether a proposed route keeps everything that the rider has promised.
bool keeps_route(const rider& state, const offer& proposal) {
  const auto& route = proposal.route;
  if (state.frozen > route.size() ||
      !std::equal(state.route.begin(), state.route.begin() + state.frozen, route.begin())) {
    return false;
  }
  return std::ranges::all_of(state.route,
                             [&](const stop& s) { return has_stop(route, s.kind, s.order); });
}

struct rider_applier {
  const rider& state;
  const domain::context& context;

  rider_outcome operator()(const accept_offer& command) const {
    if (auto refused = refused_answer(command.offer); refused.refused != refusal::none) {
      return refused;
    }
    const auto& open = *state.open_offer;
    return accept<rider_event>(
        offer_accepted{open.id, open.orders, route_if_accepted(state, open)});
  }

  rider_outcome operator()(const decline_offer& command) const {
    if (auto refused = refused_answer(command.offer); refused.refused != refusal::none) {
      return refused;
    }
    const auto& open = *state.open_offer;
    return accept<rider_event>(offer_declined{open.id, open.orders, command.reason});
  }

  rider_outcome operator()(const arrive_at_stop& command) const {
    if (auto refused = refused_at_stop(command.order, false); refused.refused != refusal::none) {
      return refused;
    }
    return accept<rider_event>(rider_arrived{command.order, state.route.front().kind, context.at});
  }

  rider_outcome operator()(const pick_up_order& command) const {
    if (auto refused = refused_at_stop(command.order, true); refused.refused != refusal::none) {
      return refused;
    }
    const auto& first = state.route.front();
    if (first.kind != stop_kind::pick_up) {
      return refuse<rider_event>(refusal::on_board, "the order has been picked up");
    }
    if (context.at < first.not_before) {
      return refuse<rider_event>(refusal::not_ready, "the order is not ready for pick-up");
    }
    return accept<rider_event>(order_collected{command.order, context.at});
  }

  rider_outcome operator()(const deliver_order& command) const {
    if (auto refused = refused_at_stop(command.order, true); refused.refused != refusal::none) {
      return refused;
    }
    if (state.route.front().kind != stop_kind::drop_off) {
      return refuse<rider_event>(refusal::wrong_status, "the order has not been picked up");
    }
    const auto& first = state.route.front();
    if (!first.returning && !first.delivery_code.empty() && !context.by_operator) {
      if (auto refused = refused_code(first, command.code); refused.refused != refusal::none) {
        return refused;
      }
    }
    return accept<rider_event>(order_handed_over{command.order, context.at});
  }

  rider_outcome operator()(const fail_delivery& command) const {
    if (auto refused = refused_at_stop(command.order, true); refused.refused != refusal::none) {
      return refused;
    }
    const auto& first = state.route.front();
    if (first.kind != stop_kind::drop_off || first.returning) {
      return refuse<rider_event>(refusal::wrong_status,
                                 "this can be said where the customer is to get the order");
    }
    return accept<rider_event>(delivery_failed{command.order, command.reason, context.at});
  }

  rider_outcome operator()(const bring_back& command) const {
    const auto on_board = std::ranges::any_of(state.route, [&](const stop& s) {
      return s.order == command.order && s.return_to && !s.returning;
    });
    if (!on_board) {
      return refuse<rider_event>(refusal::unknown_entity, "the order is not on its way");
    }
    return accept<rider_event>(return_started{command.order});
  }

  rider_outcome operator()(const record_position& command) const {
    if (!state.known) {
      return refused_as_unknown_rider();
    }
    return accept<rider_event>(position_recorded{command.at, context.at});
  }

  rider_outcome operator()(const propose_offer& command) const {
    const auto& proposal = command.offer;
    if (auto refused = refused_off_shift(state); refused.refused != refusal::none) {
      return refused;
    }
    if (state.on_break) {
      return refuse<rider_event>(refusal::on_break, "the rider is on a break");
    }
    if (state.open_offer) {
      return refuse<rider_event>(refusal::has_offer,
                                 "the rider considers offer " + state.open_offer->id);
    }
    if (!keeps_route(state, proposal)) {
      return refuse<rider_event>(refusal::wrong_status, "the rider's route has changed");
    }
    if (peak_load(proposal.route) > state.capacity) {
      return refuse<rider_event>(refusal::over_capacity,
                                 "the rider's capacity is " + std::to_string(state.capacity));
    }
    if (command.confirmed) {
      return accept<rider_event>(route_extended{proposal.id, proposal.orders, proposal.route});
    }
    return accept<rider_event>(offer_received{proposal});
  }

  rider_outcome operator()(const release_order& command) const {
    const auto& open = state.open_offer;
    if (open && has_id(open->orders, command.order)) {
      if (open->orders.size() == 1) {
        return accept<rider_event>(offer_withdrawn{open->id});
      }
      return accept<rider_event>(stops_released{command.order});
    }
    // An order that was cancelled while the rider collected it is on board; it leaves the route
    // too.
    if (!has_stop(state.route, stop_kind::drop_off, command.order)) {
      return refuse<rider_event>(refusal::unknown_entity, "the order is not on the rider's route");
    }
    return accept<rider_event>(stops_released{command.order});
  }

  /// The rider alone knows how far it has got.
  rider_outcome operator()(const yield_order& command) const {
    if (!state.known) {
      return refused_as_unknown_rider();
    }
    const auto stands_there = state.arrived && state.route.front().order == command.order;
    if (has_stop(state.route, stop_kind::pick_up, command.order) && !stands_there) {
      return accept<rider_event>(order_yielded{command.order});
    }
    return accept<rider_event>(order_kept{command.order});
  }

  rider_outcome operator()(const mark_stop_ready& command) const {
    const auto waits = [&](const std::vector<stop>& route) {
      return std::ranges::any_of(route, [&](const stop& s) {
        return s.order == command.order && s.kind == stop_kind::pick_up &&
               s.not_before > command.ready_at;
      });
    };
    if (!waits(state.route) && !(state.open_offer && waits(state.open_offer->route))) {
      return refuse<rider_event>(refusal::unknown_entity, "no stop waits for this order");
    }
    return accept<rider_event>(stop_ready{command.order, command.ready_at});
  }

  /// Also when the order has just left the route: then the paper is late, not wrong.
  rider_outcome operator()(const receive_waybill& command) const {
    return state.known ? accept<rider_event>(waybill_received{command.order, command.waybill})
                       : refused_as_unknown_rider();
  }

  rider_outcome operator()(const pause_actor& command) const {
    return state.known ? apply_pause<rider_event>(state.pause, command, context)
                       : refused_as_unknown_rider();
  }

  rider_outcome operator()(const resume_actor&) const {
    return state.known ? apply_resume<rider_event>(state.pause, context)
                       : refused_as_unknown_rider();
  }

  /// Beginning, interrupting and ending work.
  template <class Command> rider_outcome operator()(const Command& command) const {
    return decide_work(state, command, context);
  }

private:
  /// Why the open offer cannot be answered; none when it can.
  rider_outcome refused_answer(const std::string& id) const {
    if (!state.known) {
      return refused_as_unknown_rider();
    }
    if (!state.open_offer || state.open_offer->id != id) {
      return refuse<rider_event>(refusal::unknown_offer, "this offer is not open");
    }
    if (context.at >= state.open_offer->expires_at) {
      return refuse<rider_event>(refusal::offer_expired, "the offer has expired");
    }
    return {};
  }

  /// Why the code does not open the door; none when it does. Who gives one that does not is refused
  /// and has one attempt less; who gives none has not guessed.
  rider_outcome refused_code(const stop& door, const std::string& code) const {
    const auto most = context.policy.code_attempts_max;
    const std::string way_out =
        "an operator has to confirm the hand-over with the rider's `deliver`, or the rider says "
        "`fail`";
    if (door.wrong_codes >= most) {
      return refuse<rider_event>(refusal::code_locked, std::to_string(door.wrong_codes) +
                                                           " wrong codes were given: " + way_out);
    }
    if (door.delivery_code == code) {
      return {};
    }
    const auto left = most - door.wrong_codes - (code.empty() ? 0 : 1);
    auto refused = refuse<rider_event>(
        refusal::wrong_code, "code: must be what the customer was given for this order; " +
                                 (left > 0 ? "attempts left: " + std::to_string(left) : way_out));
    if (!code.empty()) {
      refused.events.emplace_back(wrong_code_given{door.order, context.at});
    }
    return refused;
  }

  /// Why nothing can be done for this order at the first stop; none when something can.
  rider_outcome refused_at_stop(const std::string& order, bool arrived) const {
    if (!state.known) {
      return refused_as_unknown_rider();
    }
    if (!has_stop(state.route, stop_kind::drop_off, order)) {
      return refuse<rider_event>(
          refusal::not_first_stop,
          "the rider does not have order " + order +
              ": the rider never had the order, it has ended or was written off by an operator, or "
              "somebody else has it");
    }
    if (state.route.front().order != order) {
      return refuse<rider_event>(refusal::not_first_stop,
                                 "the next stop is of order " + state.route.front().order);
    }
    if (arrived && !state.arrived) {
      return refuse<rider_event>(refusal::not_arrived,
                                 "the rider has not reported to be there: `arrive` comes first");
    }
    if (!arrived && state.arrived) {
      return refuse<rider_event>(refusal::wrong_status, "the rider has reported to be there");
    }
    return {};
  }
};

/// All that would be new work waits, here or elsewhere. What is reported of the work in hand has
/// happened, whatever an operator wishes.
bool is_taken_while_paused(const rider_command& command) {
  return std::visit(
      []<class Command>(const Command&) -> bool { return Command::at_rider.taken_while_paused; },
      command);
}

} // namespace

rider_outcome apply(const rider& state, const rider_command& command, const context& context) {
  if (state.pause && !is_taken_while_paused(command)) {
    return refuse_paused<rider_event>(*state.pause, context);
  }
  return std::visit(rider_applier{state, context}, command);
}

std::optional<timestamp> deadline(const rider& state) {
  if (state.open_offer && state.ends_at) {
    return std::min(state.open_offer->expires_at, *state.ends_at);
  }
  return state.open_offer ? std::optional{state.open_offer->expires_at} : state.ends_at;
}

std::string_view status_name(const rider& state) {
  if (!state.known) {
    return "unknown";
  }
  if (!state.route.empty()) {
    return "busy";
  }
  if (state.leaving) {
    return "leaving";
  }
  if (!state.on_shift) {
    return "off_shift";
  }
  if (state.pause) {
    return "paused";
  }
  if (state.on_break) {
    return "on_break";
  }
  return state.open_offer ? "considering" : "idle";
}

} // namespace dispatch::domain
