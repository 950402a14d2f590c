#pragma once

#include "dispatch/v1/event.pb.h"
#include "messages/wire/archive.hpp"
#include "messages/wire/codec/fields.hpp"

/// Field lists of the bodies of events. For codec_events.cpp only.
namespace dispatch::wire {

WIRE_FIELDS(order_placed) {
  WIRE_MESSAGE(order);
  WIRE_TIME(at);
  WIRE_OPTIONAL_TIME(pay_by);
}

WIRE_FIELDS(order_paid) {
  WIRE_TIME(search_until);
  WIRE_TIME(at);
}

WIRE_FIELDS(order_ready) {
  WIRE_TIME(at);
  WIRE_TEXT(rider);
  WIRE_TEXTS(also);
}

WIRE_FIELDS(order_offered) {
  WIRE_TEXT(offer);
  WIRE_TEXT(rider);
  WIRE_OPTIONAL_TIME(pick_up_by);
}

WIRE_FIELDS(order_swap_offered) {
  WIRE_TEXT(offer);
  WIRE_TEXT(rider);
  WIRE_OPTIONAL_TIME(pick_up_by);
}

WIRE_FIELDS(order_yield_asked) {
  WIRE_TEXT(rider);
  WIRE_TEXT(offer);
  WIRE_TEXT(to);
}

WIRE_FIELDS(order_offer_lapsed) {
  WIRE_TEXT(offer);
  WIRE_TEXT(rider);
  WIRE_ENUM(reason, LapseReason);
  WIRE_TEXT(detail);
}

WIRE_FIELDS(order_assignment_requested) { WIRE_TEXT(rider); }

WIRE_FIELDS(order_assignment_refused) {
  WIRE_TEXT(rider);
  WIRE_TEXT(reason);
}

WIRE_FIELDS(order_assigned) {
  WIRE_TEXT(offer);
  WIRE_TEXT(rider);
  WIRE_OPTIONAL_TIME(pick_up_by);
  WIRE_VALUE(assignment);
  WIRE_TIME(at);
}

WIRE_FIELDS(order_unassigned) {
  WIRE_TEXT(rider);
  WIRE_ENUM(reason, UnassignReason);
  WIRE_OPTIONAL_TIME(search_until);
  WIRE_TIME(at);
  WIRE_TEXT(station);
}

WIRE_FIELDS(order_stranded) {
  WIRE_TEXT(rider);
  WIRE_MESSAGE(at);
  WIRE_TIME(time);
  WIRE_TIME(search_until);
}

WIRE_FIELDS(order_picked_up) {
  WIRE_TEXT(rider);
  WIRE_TIME(at);
  WIRE_TEXT(station);
}

WIRE_FIELDS(order_delivered) {
  WIRE_TEXT(rider);
  WIRE_TIME(at);
}

WIRE_FIELDS(order_cancelled) {
  WIRE_TEXT(reason);
  WIRE_TEXT(rider);
}

WIRE_FIELDS(order_undeliverable) {
  WIRE_VALUE(offers);
  WIRE_ENUM(reason, SearchEnd);
  WIRE_MESSAGES(lapses);
}

WIRE_FIELDS(order_refund_requested) {}

WIRE_FIELDS(order_sourced) {
  WIRE_TEXT(station);
  WIRE_MESSAGE(pick_up);
}

WIRE_FIELDS(order_unsourced) {
  WIRE_TEXT(station);
  WIRE_ENUM(reason, StockLoss);
}

WIRE_FIELDS(order_reached) {
  WIRE_TEXT(rider);
  WIRE_TIME(at);
  WIRE_TEXT(station);
}

WIRE_FIELDS(order_deadlines_moved) {
  WIRE_OPTIONAL_TIME(waits_until);
  WIRE_OPTIONAL_TIME(pick_up_by);
}

WIRE_FIELDS(order_returning) {
  WIRE_TEXT(rider);
  WIRE_TEXT(reason);
  WIRE_TIME(at);
}

WIRE_FIELDS(order_returned) {
  WIRE_TEXT(rider);
  WIRE_TIME(at);
  WIRE_TEXT(station);
  WIRE_MESSAGES(items);
}

WIRE_FIELDS(order_written_off) {
  WIRE_TEXT(rider);
  WIRE_TEXT(reason);
  WIRE_TIME(at);
}

WIRE_FIELDS(order_goods_lost) {
  WIRE_TEXT(rider);
  WIRE_TEXT(station);
  WIRE_MESSAGES(items);
}

WIRE_FIELDS(order_wrong_code_counted) {
  WIRE_TEXT(rider);
  WIRE_VALUE(times);
}

WIRE_FIELDS(order_held) {
  WIRE_TEXT(reason);
  WIRE_TIME(at);
}

WIRE_FIELDS(order_hold_released) { WIRE_TIME(at); }

WIRE_FIELDS(waybill_issued) {
  WIRE_TEXT(rider);
  WIRE_MESSAGE(waybill);
}

WIRE_FIELDS(shift_started) {
  WIRE_MESSAGE(shift);
  WIRE_TIME(at);
  WIRE_OPTIONAL_TIME(ends_at);
  WIRE_ENUM(ends_as, ShiftEnd);
}

WIRE_FIELDS(shift_ended) { WIRE_ENUM(reason, ShiftEnd); }

WIRE_FIELDS(break_started) {
  WIRE_TEXT(reason);
  WIRE_TIME(at);
}

WIRE_FIELDS(break_ended) { WIRE_TIME(at); }

WIRE_FIELDS(broke_down) {
  WIRE_TEXT(reason);
  WIRE_MESSAGE(at);
  WIRE_TIME(time);
  WIRE_TEXTS(orders);
  WIRE_TEXTS(on_board);
}

WIRE_FIELDS(route_handed_back) { WIRE_TEXTS(orders); }

WIRE_FIELDS(transfer_started) {
  WIRE_TEXT(zone);
  WIRE_MESSAGE(rider);
}

WIRE_FIELDS(transfer_ended) {
  WIRE_TEXT(zone);
  WIRE_VALUE(number);
  WIRE_VALUE(received);
  WIRE_TEXT(detail);
}

WIRE_FIELDS(rider_received) {
  WIRE_TEXT(from);
  WIRE_MESSAGE(rider);
  WIRE_TIME(ends_at);
  WIRE_ENUM(ends_as, ShiftEnd);
}

WIRE_FIELDS(position_recorded) {
  WIRE_MESSAGE(at);
  WIRE_TIME(time);
}

WIRE_FIELDS(offer_received) { WIRE_MESSAGE(offer); }

WIRE_FIELDS(offer_accepted) {
  WIRE_TEXT(offer);
  WIRE_TEXTS(orders);
  WIRE_MESSAGES(route);
}

WIRE_FIELDS(route_extended) {
  WIRE_TEXT(offer);
  WIRE_TEXTS(orders);
  WIRE_MESSAGES(route);
}

WIRE_FIELDS(offer_declined) {
  WIRE_TEXT(offer);
  WIRE_TEXTS(orders);
  WIRE_TEXT(reason);
}

WIRE_FIELDS(offer_expired) {
  WIRE_TEXT(offer);
  WIRE_TEXTS(orders);
}

WIRE_FIELDS(offer_withdrawn) { WIRE_TEXT(offer); }

WIRE_FIELDS(stops_released) { WIRE_TEXT(order); }

WIRE_FIELDS(order_yielded) { WIRE_TEXT(order); }

WIRE_FIELDS(order_kept) { WIRE_TEXT(order); }

WIRE_FIELDS(stop_ready) {
  WIRE_TEXT(order);
  WIRE_TIME(not_before);
}

WIRE_FIELDS(rider_arrived) {
  WIRE_TEXT(order);
  WIRE_ENUM(kind, StopKind);
  WIRE_TIME(at);
}

WIRE_FIELDS(order_collected) {
  WIRE_TEXT(order);
  WIRE_TIME(at);
}

WIRE_FIELDS(order_handed_over) {
  WIRE_TEXT(order);
  WIRE_TIME(at);
}

WIRE_FIELDS(delivery_failed) {
  WIRE_TEXT(order);
  WIRE_TEXT(reason);
  WIRE_TIME(at);
}

WIRE_FIELDS(wrong_code_given) {
  WIRE_TEXT(order);
  WIRE_TIME(at);
}

WIRE_FIELDS(return_started) { WIRE_TEXT(order); }

WIRE_FIELDS(station_opened) {
  WIRE_MESSAGE(at);
  WIRE_DEFAULTED_MESSAGE(hours);
}

WIRE_FIELDS(taken_goods) {
  WIRE_TEXT(order);
  WIRE_TEXT(item);
}

WIRE_FIELDS(stock_reported) {
  WIRE_MESSAGES(levels);
  WIRE_TIME(at);
  WIRE_TIME(silent_from);
  WIRE_MESSAGES(taken);
  WIRE_TEXTS(by_policy);
}

WIRE_FIELDS(hand_over_began) { WIRE_TEXT(order); }

WIRE_FIELDS(hand_over_ended) {
  WIRE_TEXT(order);
  WIRE_TIME(until);
}

WIRE_FIELDS(stock_reserved) {
  WIRE_TEXT(order);
  WIRE_MESSAGES(items);
  WIRE_TIME(until);
}

WIRE_FIELDS(stock_released) {
  WIRE_TEXT(order);
  WIRE_ENUM(reason, StockLoss);
}

WIRE_FIELDS(stock_consumed) { WIRE_TEXT(order); }

WIRE_FIELDS(stock_returned) {
  WIRE_TEXT(order);
  WIRE_MESSAGES(items);
}

WIRE_FIELDS(stock_low) {
  WIRE_TEXT(item);
  WIRE_VALUE(available);
  WIRE_VALUE(low_below);
}

WIRE_FIELDS(sensor_silent) { WIRE_TIME(since); }
WIRE_FIELDS(waybill_received) {
  WIRE_TEXT(order);
  WIRE_MESSAGE(waybill);
}

WIRE_FIELDS(station_closed) {}

WIRE_FIELDS(actor_paused) {
  WIRE_TEXT(reason);
  WIRE_TIME(at);
}

WIRE_FIELDS(actor_resumed) { WIRE_TIME(at); }

WIRE_FIELDS(zone_opened) {
  WIRE_VALUE(epoch);
  WIRE_TEXT(owner);
  WIRE_KEPT_POLICY(policy);
  WIRE_VALUE(edition);
}

WIRE_FIELDS(zone_paused) { WIRE_TEXT(reason); }

WIRE_FIELDS(zone_resumed) {}

WIRE_FIELDS(policy_set) {
  fields(a, p.policy, w);
  WIRE_TEXT(by);
}

WIRE_FIELDS(input_loss_accepted) {
  WIRE_VALUE(last);
  WIRE_TEXT(by);
}

WIRE_FIELDS(command_refused) {
  WIRE_ENUM(code, Refusal);
  WIRE_TEXT(verb);
  WIRE_TEXT(detail);
  WIRE_NONZERO(retry_after_ms);
}

WIRE_FIELDS(command_repeated) {
  WIRE_TEXT(first_event);
  WIRE_VALUE(record);
}

} // namespace dispatch::wire
