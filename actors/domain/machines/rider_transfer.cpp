#include "actors/domain/machines/rider_work.hpp"
#include "actors/domain/pause.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

/// The hand-over of a rider from one zone to another.
namespace dispatch::domain {

namespace {

/// `at_work`: nobody works in two zones, so that the shift ends in the zone that asks.
rider_outcome decline(const receive_rider& command, std::string why, bool at_work) {
  return accept<rider_event>(
      transfer_answered{command.from, command.rider.number, false, std::move(why), at_work});
}

/// Above every transfer that led here or away, whatever the clocks say, and above those of a zone
/// that was there before under the same name. Thus of two that cross the later one is known.
std::uint64_t next_number(const rider& state, timestamp now) {
  auto last = state.transfers;
  for (const auto& known : state.answered) {
    last = std::max(last, known.number);
  }
  return std::max(last + 1, static_cast<std::uint64_t>(now.time_since_epoch().count()));
}

} // namespace

rider_outcome decide_work(const rider& state, const transfer_rider& command,
                          const context& context) {
  if (state.leaving) {
    return refuse<rider_event>(refusal::leaving,
                               "the rider is on the way to zone " + state.leaving->zone);
  }
  if (auto refused = refused_off_shift(state); refused.refused != refusal::none) {
    return refused;
  }
  if (state.open_offer) {
    return refuse<rider_event>(refusal::has_offer, "the rider considers offer " +
                                                       state.open_offer->id +
                                                       ": decline it, or accept and deliver it");
  }
  if (!state.route.empty()) {
    return refuse<rider_event>(
        refusal::has_route,
        "the rider has work in hand: finish the route, or end the shift with hand_back");
  }
  if (state.on_break) {
    return refuse<rider_event>(refusal::on_break, "the rider is on a break: end it first");
  }
  const start_shift shift{state.vehicle, state.capacity, state.at, state.skills, {}};
  return accept<rider_event>(
      transfer_started{command.zone,
                       {next_number(state, context.at), shift, state.at_time, state.began_at,
                        state.ends_at, state.ends_as, state.ignored_offers}});
}

rider_outcome decide_work(const rider& state, const receive_rider& command,
                          const context& context) {
  if (!context.by_operator) {
    return refuse_without_operator<rider_event>();
  }
  const auto& rider = command.rider;
  const auto before = std::ranges::find(state.answered, command.from, &transfer_answered::from);
  if (before != state.answered.end() && before->number >= rider.number) {
    // Asked again, perhaps by somebody who has slept since.
    return before->number == rider.number
               ? accept<rider_event>(*before)
               : refuse<rider_event>(refusal::already_exists, "this transfer is over");
  }
  if (state.on_shift) {
    return decline(command, "the rider is at work in this zone", true);
  }
  if (rider.number <= state.transfers) {
    return decline(command, "the rider has left this zone later", true);
  }
  if (state.leaving && state.leaving->zone != command.from) {
    return decline(command, "the rider is on the way to zone " + state.leaving->zone, true);
  }
  if (auto refused = refused_capacity(state, rider.shift, context.policy);
      refused.refused != refusal::none) {
    return decline(command, std::move(refused.detail), false);
  }
  const auto is_known = rider.began_at != timestamp{};
  const auto longest = (is_known ? rider.began_at : context.at) + context.policy.shift_max;
  const auto as_said = rider.ends_at && *rider.ends_at <= longest;
  rider_outcome result;
  if (const auto& gone = state.leaving) { // To the zone that gives the rider, and from there back.
    result.events.emplace_back(
        transfer_ended{gone->zone, gone->rider.number, true, "the rider comes back"});
  }
  result.events.emplace_back(rider_received{command.from, rider, as_said ? *rider.ends_at : longest,
                                            as_said ? rider.ends_as : shift_end::maximum_hours});
  result.events.emplace_back(transfer_answered{command.from, rider.number, true, {}});
  return result;
}

rider_outcome decide_work(const rider& state, const conclude_transfer& command,
                          const context& context) {
  if (!context.by_operator) {
    return refuse_without_operator<rider_event>();
  }
  if (!state.leaving || state.leaving->rider.number != command.number) {
    return refuse<rider_event>(refusal::wrong_status, "the rider is not on this way");
  }
  auto result = accept<rider_event>(
      transfer_ended{state.leaving->zone, command.number, command.received, command.detail});
  if (command.at_work) { // Nobody works in two zones.
    result.events.emplace_back(shift_ended{shift_end::works_elsewhere});
  }
  return result;
}

} // namespace dispatch::domain
