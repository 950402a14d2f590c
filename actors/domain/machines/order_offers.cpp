#include "actors/domain/machines/order_offers.hpp"

#include "actors/domain/machines/order_answers.hpp"
#include "actors/domain/machines/order_lapses.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace dispatch::domain {

namespace {

/// The rider who considers it with this offer.
std::optional<asked_rider> asked_with(const order& state, const std::string& offer) {
  if (state.status == order_status::offered && state.offer == offer) {
    return asked_rider{state.offer, state.rider, state.pick_up_by};
  }
  const auto found = std::ranges::find(state.also_asked, offer, &asked_rider::offer);
  return found == state.also_asked.end() ? std::nullopt : std::optional{*found};
}

/// What an offer or an assignment comes to: goods have to be reserved with it.
template <class Event>
order_outcome from_station(const order& state, const std::optional<chosen_station>& from,
                           Event event) {
  if (from) {
    return accept<order_event>(order_sourced{from->id, from->at}, std::move(event));
  }
  if (!state.details.items.empty() && !state.sourced) {
    return refuse<order_event>(refusal::out_of_stock, "no station holds the goods");
  }
  return accept<order_event>(std::move(event));
}

order_outcome refused_as_unknown_offer() {
  return refuse<order_event>(refusal::unknown_offer, "the order is not part of this offer");
}

/// Who accepted first gets it.
order_outcome assign_accepted(const order& state, const asked_rider& to, const context& context) {
  order_outcome result;
  if (state.offer != to.offer) {
    result.events.emplace_back(order_offer_lapsed{state.offer, state.rider, lapse_reason::taken});
  }
  for (const auto& other : state.also_asked) {
    if (other.offer != to.offer) {
      result.events.emplace_back(order_offer_lapsed{other.offer, other.rider, lapse_reason::taken});
    }
  }
  result.events.emplace_back(
      order_assigned{to.offer, to.rider, to.pick_up_by, state.assignments + 1, context.at});
  return result;
}

} // namespace

order_outcome offer_decisions::operator()(const offer_order& command) const {
  if (state.status != order_status::waiting) {
    return refused_because_of_status(state);
  }
  auto result = from_station(state, command.from,
                             order_offered{command.offer, command.rider, command.pick_up_by});
  if (result.refused == refusal::none) {
    for (const auto& other : command.also) {
      result.events.emplace_back(order_offered{other.offer, other.rider, other.pick_up_by});
    }
  }
  return result;
}

order_outcome offer_decisions::operator()(const confirm_order& command) const {
  if (command.accepted) {
    // An answer to an offer that the operator ended must not pass for the operator's wish, even if
    // both name the same rider: the rider is told to drop what was accepted.
    const auto asked = asked_with(state, command.offer);
    if (!asked) {
      return refused_as_unknown_offer();
    }
    const auto& wish = state.requested_rider;
    if (state.status == order_status::assigned && !wish.empty() && wish != asked->rider) {
      return accept<order_event>( // What an operator wants goes first.
          order_offer_lapsed{asked->offer, asked->rider, lapse_reason::reassigned});
    }
    return state.status == order_status::offered
               ? assign_accepted(state, *asked, context)
               : accept<order_event>(order_yield_asked{state.rider, asked->offer, asked->rider});
  }
  const auto has_rider = state.status == order_status::assigned;
  if ((state.status != order_status::waiting && !has_rider) ||
      state.requested_rider != command.rider) {
    return refused_as_unknown_offer();
  }
  const order_assigned assigned{command.offer, command.rider, command.pick_up_by,
                                state.assignments + 1, context.at};
  if (!has_rider) {
    return from_station(state, command.from, assigned);
  }
  order_outcome result;
  end_other_offers(result, state, lapse_reason::reassigned);
  result.events.emplace_back(order_unassigned{
      state.rider, unassign_reason::reassigned, {}, context.at, holding_station(state)});
  result.events.emplace_back(assigned);
  return result;
}

order_outcome offer_decisions::operator()(const lapse_order& command) const {
  if (!asked_with(state, command.offer)) {
    return refused_as_unknown_offer();
  }
  auto result = accept<order_event>(
      order_offer_lapsed{command.offer, command.rider, command.reason, command.detail});
  if (state.status != order_status::offered || !state.also_asked.empty() ||
      !was_turned_down(command.reason)) {
    return result;
  }
  auto lapses = state.lapses;
  count_lapse(lapses, lapse_name(command.reason, command.detail));
  if (const auto in_vain = total(lapses); in_vain >= context.policy.offers_max) {
    if (state.pause) { // What has ended is not paused.
      result.events.emplace_back(actor_resumed{context.at});
    }
    end_without_delivery(result, state,
                         order_undeliverable{in_vain, search_end::attempts, std::move(lapses)});
  }
  return result;
}

order_outcome offer_decisions::operator()(const swap_order& command) const {
  if (state.status != order_status::assigned || state.rider != command.instead_of ||
      !state.also_asked.empty()) {
    return refused_because_of_status(state);
  }
  return accept<order_event>(order_swap_offered{command.offer, command.rider, command.pick_up_by});
}

order_outcome offer_decisions::operator()(const settle_swap& command) const {
  if (state.status != order_status::assigned || state.rider != command.rider) {
    return refused_because_of_status(state);
  }
  order_outcome result;
  if (!command.yielded) {
    end_other_offers(result, state, lapse_reason::kept);
  } else if (state.also_asked.empty()) { // Nobody wants it any more: it is to be looked for anew.
    result.events.emplace_back(order_unassigned{state.rider, unassign_reason::better_rider,
                                                search_until(state.details, context), context.at});
  } else {
    const auto& to = state.also_asked.front();
    result.events.emplace_back(order_unassigned{state.rider, unassign_reason::better_rider});
    result.events.emplace_back(
        order_assigned{to.offer, to.rider, to.pick_up_by, state.assignments + 1, context.at});
    if (!state.requested_rider.empty() && state.requested_rider != to.rider) {
      // The wish came while the order changed hands: now it concerns the new rider.
      result.events.emplace_back(order_assignment_requested{state.requested_rider});
    }
  }
  return result;
}

void offer_events::operator()(const order_offered& e) const {
  ++state.offers;
  if (state.status == order_status::offered) {
    state.also_asked.push_back({e.offer, e.rider, e.pick_up_by});
    return;
  }
  state.status = order_status::offered;
  state.offer = e.offer;
  state.rider = e.rider;
  state.pick_up_by = e.pick_up_by;
}

void offer_events::operator()(const order_offer_lapsed& e) const {
  if (was_turned_down(e.reason) && state.status == order_status::offered) {
    remember_pass(state, e.rider);
    count_lapse(state.lapses, lapse_name(e.reason, e.detail));
  }
  auto other = std::ranges::find(state.also_asked, e.offer, &asked_rider::offer);
  if (other == state.also_asked.end() && !state.also_asked.empty()) {
    other = state.also_asked.begin(); // Takes the place of the first.
    state.offer = other->offer;
    state.rider = other->rider;
    state.pick_up_by = other->pick_up_by;
  }
  if (other == state.also_asked.end()) {
    leave_rider(state);
  } else {
    state.also_asked.erase(other);
  }
}

void offer_events::operator()(const order_assigned& e) const {
  state.status = order_status::assigned;
  state.offer = e.offer;
  state.rider = e.rider;
  state.pick_up_by = e.pick_up_by;
  state.requested_rider.clear();
  state.assignments = e.assignment;
  state.assigned_at = e.at;
  state.waybill_issued = false;
  state.waybill_signed = false;
}

void offer_events::operator()(const order_unassigned& e) const {
  const auto to_better = e.reason == unassign_reason::better_rider;
  state.swaps += to_better ? 1 : 0;
  if (e.reason != unassign_reason::reassigned && e.reason != unassign_reason::stock_lost &&
      !to_better) {
    remember_pass(state, e.rider);
  }
  if (e.search_until) {
    state.waits_until = e.search_until;
    state.waits_since = e.at;
  }
  leave_rider(state);
}

void offer_events::operator()(const order_swap_offered& e) const {
  state.also_asked.push_back({e.offer, e.rider, e.pick_up_by});
}

void offer_events::operator()(const order_yield_asked&) const {}

void leave_rider(order& state) {
  state.status = order_status::waiting;
  state.offer.clear();
  state.rider.clear();
  state.pick_up_by.reset();
  state.also_asked.clear();
}

void remember_pass(order& state, const std::string& rider) {
  std::erase(state.passed, rider);
  state.passed.push_back(rider);
  if (state.passed.size() > limits::passed_riders_max) {
    state.passed.erase(state.passed.begin());
  }
}

} // namespace dispatch::domain
