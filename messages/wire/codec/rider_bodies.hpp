#pragma once

#include "dispatch/v1/event.pb.h"
#include "dispatch/v1/rider.pb.h"
#include "dispatch/v1/transfer.pb.h"
#include "messages/wire/codec/bodies.hpp"
#include "messages/wire/codec/fields.hpp"

/// The commands and events of riders: how each is spelled. For codec_commands.cpp and
/// codec_events.cpp only.
namespace dispatch::wire {

// --- commands -----------------------------------------------------------------------------------

WIRE_COMMAND(record_position, RecordPosition) { WIRE_MESSAGE(at); }

WIRE_COMMAND(accept_offer, AcceptOffer) {
  WIRE_TEXT(offer);
  WIRE_CHECK_ID(offer);
}

WIRE_COMMAND(decline_offer, DeclineOffer) {
  WIRE_TEXT(offer);
  WIRE_TEXT(reason);
  WIRE_CHECK_ID(offer);
  WIRE_CHECK_REASON(reason);
}

WIRE_COMMAND(arrive_at_stop, ArriveAtStop) {
  WIRE_TEXT(order);
  WIRE_CHECK_ID(order);
}

WIRE_COMMAND(pick_up_order, PickUpOrder) {
  WIRE_TEXT(order);
  WIRE_CHECK_ID(order);
}

WIRE_COMMAND(deliver_order, DeliverOrder) {
  WIRE_TEXT(order);
  WIRE_TEXT(code);
  WIRE_CHECK_ID(order);
  if constexpr (A::strict) {
    a.at_most_bytes("code", p.code, code_bytes_max);
  }
}

WIRE_COMMAND(fail_delivery, FailDelivery) {
  WIRE_TEXT(order);
  WIRE_TEXT(reason);
  WIRE_CHECK_ID(order);
  WIRE_CHECK_REASON(reason);
}

WIRE_COMMAND_MESSAGE(start_shift, StartShift);
WIRE_COMMAND(end_shift, EndShift) { WIRE_VALUE(hand_back); }

WIRE_COMMAND(start_break, StartBreak) {
  WIRE_TEXT(reason);
  WIRE_CHECK_REASON(reason);
}

WIRE_COMMAND(end_break, EndBreak) {}

WIRE_COMMAND(report_breakdown, ReportBreakdown) {
  WIRE_TEXT(reason);
  WIRE_CHECK_REASON(reason);
}

WIRE_COMMAND(transfer_rider, TransferRider) {
  WIRE_TEXT(zone);
  WIRE_CHECK_ID(zone);
}

WIRE_COMMAND(receive_rider, ReceiveRider) {
  WIRE_TEXT(from);
  WIRE_MESSAGE(rider);
  WIRE_CHECK_ID(from);
}

WIRE_COMMAND(conclude_transfer, ConcludeTransfer) {
  WIRE_VALUE(number);
  WIRE_VALUE(received);
  WIRE_TEXT(detail);
  WIRE_VALUE(at_work);
}

// --- events -------------------------------------------------------------------------------------

WIRE_EVENT(rider_event, shift_started) {
  WIRE_MESSAGE(shift);
  WIRE_TIME(at);
  WIRE_OPTIONAL_TIME(ends_at);
  WIRE_ENUM(ends_as, ShiftEnd);
}

WIRE_EVENT(rider_event, shift_ended) { WIRE_ENUM(reason, ShiftEnd); }

WIRE_EVENT(rider_event, position_recorded) {
  WIRE_MESSAGE(at);
  WIRE_TIME(time);
}

WIRE_EVENT(rider_event, offer_received) { WIRE_MESSAGE(offer); }

WIRE_EVENT(rider_event, offer_accepted) {
  WIRE_TEXT(offer);
  WIRE_TEXTS(orders);
  WIRE_MESSAGES(route);
}

WIRE_EVENT(rider_event, route_extended) {
  WIRE_TEXT(offer);
  WIRE_TEXTS(orders);
  WIRE_MESSAGES(route);
}

WIRE_EVENT(rider_event, offer_declined) {
  WIRE_TEXT(offer);
  WIRE_TEXTS(orders);
  WIRE_TEXT(reason);
}

WIRE_EVENT(rider_event, offer_expired) {
  WIRE_TEXT(offer);
  WIRE_TEXTS(orders);
}

WIRE_EVENT(rider_event, offer_withdrawn) { WIRE_TEXT(offer); }
WIRE_EVENT(rider_event, stops_released) { WIRE_TEXT(order); }

WIRE_EVENT(rider_event, stop_ready) {
  WIRE_TEXT(order);
  WIRE_TIME(not_before);
}

WIRE_EVENT(rider_event, rider_arrived) {
  WIRE_TEXT(order);
  WIRE_ENUM(kind, StopKind);
  WIRE_TIME(at);
}

WIRE_EVENT(rider_event, order_collected) {
  WIRE_TEXT(order);
  WIRE_TIME(at);
}

WIRE_EVENT(rider_event, order_handed_over) {
  WIRE_TEXT(order);
  WIRE_TIME(at);
}

WIRE_EVENT_FIELD(rider_event, actor_paused, rider_paused);
WIRE_EVENT_FIELD(rider_event, actor_resumed, rider_resumed);

WIRE_EVENT(rider_event, delivery_failed) {
  WIRE_TEXT(order);
  WIRE_TEXT(reason);
  WIRE_TIME(at);
}

WIRE_EVENT(rider_event, return_started) { WIRE_TEXT(order); }

WIRE_EVENT(rider_event, waybill_received) {
  WIRE_TEXT(order);
  WIRE_MESSAGE(waybill);
}

WIRE_EVENT(rider_event, break_started) {
  WIRE_TEXT(reason);
  WIRE_TIME(at);
}

WIRE_EVENT(rider_event, break_ended) { WIRE_TIME(at); }

WIRE_EVENT(rider_event, broke_down) {
  WIRE_TEXT(reason);
  WIRE_MESSAGE(at);
  WIRE_TIME(time);
  WIRE_TEXTS(orders);
  WIRE_TEXTS(on_board);
}

WIRE_EVENT(rider_event, route_handed_back) { WIRE_TEXTS(orders); }

WIRE_EVENT(rider_event, transfer_started) {
  WIRE_TEXT(zone);
  WIRE_MESSAGE(rider);
}

WIRE_EVENT(rider_event, transfer_ended) {
  WIRE_TEXT(zone);
  WIRE_VALUE(number);
  WIRE_VALUE(received);
  WIRE_TEXT(detail);
}

WIRE_EVENT(rider_event, rider_received) {
  WIRE_TEXT(from);
  WIRE_MESSAGE(rider);
  WIRE_TIME(ends_at);
  WIRE_ENUM(ends_as, ShiftEnd);
}

WIRE_EVENT_FIELD(rider_event, transfer_answered, transfer_answered);
WIRE_EVENT(rider_event, order_yielded) { WIRE_TEXT(order); }
WIRE_EVENT(rider_event, order_kept) { WIRE_TEXT(order); }

WIRE_EVENT(rider_event, wrong_code_given) {
  WIRE_TEXT(order);
  WIRE_TIME(at);
}

} // namespace dispatch::wire
