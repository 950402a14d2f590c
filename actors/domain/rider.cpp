#include "actors/domain/rider.hpp"

#include "actors/domain/pause.hpp"
#include "actors/domain/route.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace dispatch::domain {

namespace {

using answer = outcome<rider_event>;

answer refused_as_unknown() {
  return refuse<rider_event>(refusal::unknown_entity, "no rider with this id ever began a shift");
}

bool contains(const std::vector<std::string>& ids, const std::string& id) {
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
    } else if (contains(proposal.orders, s.order)) {
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

struct applier {
  const rider& state;
  const context& with;

  answer operator()(const start_shift& command) const {
    if (state.on_shift) {
      return refuse<rider_event>(refusal::wrong_status, "the rider is on shift");
    }
    if (peak_load(state.route) > command.capacity) {
      return refuse<rider_event>(refusal::over_capacity,
                                 "what is left of the route needs a capacity of " +
                                     std::to_string(peak_load(state.route)));
    }
    return accept<rider_event>(shift_started{command, with.at});
  }

  answer operator()(const end_shift&) const {
    if (!state.known) {
      return refused_as_unknown();
    }
    if (!state.on_shift) {
      return refuse<rider_event>(refusal::off_shift, "the rider is off shift");
    }
    if (!state.open_offer) {
      return accept<rider_event>(shift_ended{});
    }
    return accept<rider_event>(
        offer_declined{state.open_offer->id, state.open_offer->orders, "end_of_shift"},
        shift_ended{});
  }

  answer operator()(const accept_offer& command) const {
    if (auto refused = refused_answer(command.offer); refused.refused != refusal::none) {
      return refused;
    }
    const auto& open = *state.open_offer;
    return accept<rider_event>(
        offer_accepted{open.id, open.orders, route_if_accepted(state, open)});
  }

  answer operator()(const decline_offer& command) const {
    if (auto refused = refused_answer(command.offer); refused.refused != refusal::none) {
      return refused;
    }
    const auto& open = *state.open_offer;
    return accept<rider_event>(offer_declined{open.id, open.orders, command.reason});
  }

  answer operator()(const arrive_at_stop& command) const {
    if (auto refused = refused_at_stop(command.order, false); refused.refused != refusal::none) {
      return refused;
    }
    return accept<rider_event>(rider_arrived{command.order, state.route.front().kind, with.at});
  }

  answer operator()(const pick_up_order& command) const {
    if (auto refused = refused_at_stop(command.order, true); refused.refused != refusal::none) {
      return refused;
    }
    const auto& first = state.route.front();
    if (first.kind != stop_kind::pick_up) {
      return refuse<rider_event>(refusal::on_board, "the order has been picked up");
    }
    if (with.at < first.not_before) {
      return refuse<rider_event>(refusal::not_ready, "the order is not ready for pick-up");
    }
    return accept<rider_event>(order_collected{command.order, with.at});
  }

  answer operator()(const deliver_order& command) const {
    if (auto refused = refused_at_stop(command.order, true); refused.refused != refusal::none) {
      return refused;
    }
    if (state.route.front().kind != stop_kind::drop_off) {
      return refuse<rider_event>(refusal::wrong_status, "the order has not been picked up");
    }
    const auto& first = state.route.front();
    if (!first.returning && first.delivery_code != command.code) {
      return refuse<rider_event>(refusal::wrong_code,
                                 "code: must be what the customer was given for this order");
    }
    return accept<rider_event>(order_handed_over{command.order, with.at});
  }

  answer operator()(const fail_delivery& command) const {
    if (auto refused = refused_at_stop(command.order, true); refused.refused != refusal::none) {
      return refused;
    }
    const auto& first = state.route.front();
    if (first.kind != stop_kind::drop_off || first.returning) {
      return refuse<rider_event>(refusal::wrong_status,
                                 "this can be said where the customer is to get the order");
    }
    return accept<rider_event>(delivery_failed{command.order, command.reason, with.at});
  }

  answer operator()(const bring_back& command) const {
    const auto on_board = std::ranges::any_of(state.route, [&](const stop& s) {
      return s.order == command.order && s.return_to && !s.returning;
    });
    if (!on_board) {
      return refuse<rider_event>(refusal::unknown_entity, "the order is not on its way");
    }
    return accept<rider_event>(return_started{command.order});
  }

  answer operator()(const record_position& command) const {
    if (!state.known) {
      return refused_as_unknown();
    }
    return accept<rider_event>(position_recorded{command.at, with.at});
  }

  answer operator()(const propose_offer& command) const {
    const auto& proposal = command.offer;
    if (!state.known) {
      return refused_as_unknown();
    }
    if (!state.on_shift) {
      return refuse<rider_event>(refusal::off_shift, "the rider is off shift");
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

  answer operator()(const release_order& command) const {
    const auto& open = state.open_offer;
    if (open && contains(open->orders, command.order)) {
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

  answer operator()(const mark_stop_ready& command) const {
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
  answer operator()(const receive_waybill& command) const {
    return state.known ? accept<rider_event>(waybill_received{command.order, command.waybill})
                       : refused_as_unknown();
  }

  answer operator()(const pause_actor& command) const {
    return state.known ? apply_pause<rider_event>(state.pause, command, with)
                       : refused_as_unknown();
  }

  answer operator()(const resume_actor&) const {
    return state.known ? apply_resume<rider_event>(state.pause, with) : refused_as_unknown();
  }

  answer operator()(const pass_deadline&) const {
    const auto due = deadline(state);
    if (!due || with.at < *due) {
      return refuse<rider_event>(refusal::wrong_status, "no deadline of the rider has passed");
    }
    return accept<rider_event>(offer_expired{state.open_offer->id, state.open_offer->orders});
  }

private:
  /// Why the open offer cannot be answered; none when it can.
  answer refused_answer(const std::string& id) const {
    if (!state.known) {
      return refused_as_unknown();
    }
    if (!state.open_offer || state.open_offer->id != id) {
      return refuse<rider_event>(refusal::unknown_offer, "this offer is not open");
    }
    if (with.at >= state.open_offer->expires_at) {
      return refuse<rider_event>(refusal::offer_expired, "the offer has expired");
    }
    return {};
  }

  /// Why nothing can be done for this order at the first stop; none when something can.
  answer refused_at_stop(const std::string& order, bool arrived) const {
    if (!state.known) {
      return refused_as_unknown();
    }
    if (state.route.empty() || state.route.front().order != order) {
      return refuse<rider_event>(refusal::not_first_stop,
                                 state.route.empty()
                                     ? "the rider has no route"
                                     : "the next stop is of order " + state.route.front().order);
    }
    if (arrived && !state.arrived) {
      return refuse<rider_event>(refusal::not_arrived, "the rider has not reported to be there");
    }
    if (!arrived && state.arrived) {
      return refuse<rider_event>(refusal::wrong_status, "the rider has reported to be there");
    }
    return {};
  }
};

/// What is held while the rider is paused: all that would be new work. What is reported of the work
/// in hand has happened, whatever an operator wishes.
bool is_held(const rider_command& command) {
  return std::holds_alternative<start_shift>(command) ||
         std::holds_alternative<accept_offer>(command) ||
         std::holds_alternative<propose_offer>(command);
}

void freeze_first(rider& state) { state.frozen = state.route.empty() ? 0 : 1; }

void take_route(rider& state, const std::vector<stop>& route) {
  state.route = route;
  freeze_first(state);
}

void finish_first_stop(rider& state, timestamp at) {
  state.at = state.route.front().at;
  state.at_time = at;
  state.route.erase(state.route.begin());
  state.arrived = false;
  freeze_first(state);
}

/// The order has been picked up: now it is known where it would go back to.
void set_return(std::vector<stop>& route, const std::string& order, const place& to) {
  for (auto& s : route) {
    if (s.order == order && !s.return_to) {
      s.return_to = to;
    }
  }
}

/// The order is brought back behind the other stops, or as late as the capacity allows.
void turn_back(rider& state, const std::string& order) {
  const auto drop_off = std::ranges::find(state.route, order, &stop::order);
  const auto was_at = drop_off - state.route.begin();
  auto back = *drop_off;
  back.at = *back.return_to;
  back.returning = true;
  state.route.erase(drop_off);
  for (auto at = std::ssize(state.route); at >= was_at; --at) {
    auto route = state.route;
    route.insert(route.begin() + at, back);
    if (at == was_at || peak_load(route) <= state.capacity) {
      state.route = std::move(route);
      break;
    }
  }
  if (was_at == 0) {
    state.arrived = false;
  }
  freeze_first(state);
}

void set_ready(std::vector<stop>& route, const stop_ready& e) {
  for (auto& s : route) {
    if (s.order == e.order && s.kind == stop_kind::pick_up) {
      s.not_before = std::min(s.not_before, e.not_before);
    }
  }
}

struct evolver {
  rider& state;

  void operator()(const shift_started& e) const {
    state.known = true;
    state.on_shift = true;
    state.vehicle = e.shift.vehicle;
    state.capacity = e.shift.capacity;
    state.at = e.shift.at;
    state.at_time = e.at;
  }
  void operator()(const shift_ended&) const { state.on_shift = false; }
  void operator()(const position_recorded& e) const {
    state.at = e.at;
    state.at_time = e.time;
  }
  void operator()(const offer_received& e) const { state.open_offer = e.offer; }
  void operator()(const offer_accepted& e) const {
    state.open_offer.reset();
    take_route(state, e.route);
  }
  void operator()(const route_extended& e) const { take_route(state, e.route); }
  void operator()(const offer_declined&) const { state.open_offer.reset(); }
  void operator()(const offer_expired&) const { state.open_offer.reset(); }
  void operator()(const offer_withdrawn&) const { state.open_offer.reset(); }
  void operator()(const stops_released& e) const {
    const auto of_order = [&](const stop& s) { return s.order == e.order; };
    if (state.open_offer) {
      std::erase(state.open_offer->orders, e.order);
      std::erase_if(state.open_offer->route, of_order);
    }
    if (!state.route.empty() && of_order(state.route.front())) {
      state.arrived = false;
    }
    std::erase_if(state.route, of_order);
    freeze_first(state);
  }
  void operator()(const stop_ready& e) const {
    set_ready(state.route, e);
    if (state.open_offer) {
      set_ready(state.open_offer->route, e);
    }
  }
  void operator()(const rider_arrived& e) const {
    state.arrived = true;
    state.at = state.route.front().at;
    state.at_time = e.at;
  }
  void operator()(const order_collected& e) const {
    finish_first_stop(state, e.at);
    set_return(state.route, e.order, state.at);
  }
  void operator()(const delivery_failed& e) const { turn_back(state, e.order); }
  void operator()(const return_started& e) const { turn_back(state, e.order); }
  void operator()(const order_handed_over& e) const { finish_first_stop(state, e.at); }
  void operator()(const waybill_received&) const {}
  void operator()(const actor_paused& e) const { state.pause = {e.reason, e.at}; }
  void operator()(const actor_resumed&) const { state.pause.reset(); }
};

} // namespace

outcome<rider_event> apply(const rider& state, const rider_command& command, const context& with) {
  if (state.pause && is_held(command)) {
    return refuse_paused<rider_event>(*state.pause);
  }
  return std::visit(applier{state, with}, command);
}

void evolve(rider& state, const rider_event& event) { std::visit(evolver{state}, event); }

std::optional<timestamp> deadline(const rider& state) {
  return state.open_offer ? std::optional{state.open_offer->expires_at} : std::nullopt;
}

std::string_view status_name(const rider& state) {
  if (!state.known) {
    return "unknown";
  }
  if (!state.route.empty()) {
    return "busy";
  }
  if (!state.on_shift) {
    return "off_shift";
  }
  if (state.pause) {
    return "paused";
  }
  return state.open_offer ? "considering" : "idle";
}

} // namespace dispatch::domain
