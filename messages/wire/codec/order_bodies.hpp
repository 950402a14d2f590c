#pragma once

#include "dispatch/v1/event.pb.h"
#include "dispatch/v1/order.pb.h"
#include "dispatch/v1/order_return.pb.h"
#include "messages/wire/codec/bodies.hpp"
#include "messages/wire/codec/fields.hpp"

/// The commands and events of orders: how each is spelled. For codec_commands.cpp and
/// codec_events.cpp only.
namespace dispatch::wire {

// --- commands -----------------------------------------------------------------------------------

WIRE_COMMAND_MESSAGE(place_order, PlaceOrder);
WIRE_COMMAND(pay_order, PayOrder) {}
WIRE_COMMAND(ready_order, ReadyOrder) {}

WIRE_COMMAND(cancel_order, CancelOrder) {
  WIRE_TEXT(reason);
  WIRE_CHECK_REASON(reason);
}

WIRE_COMMAND(assign_order, AssignOrder) {
  WIRE_TEXT(rider);
  WIRE_CHECK_ID(rider);
}

WIRE_COMMAND(unassign_order, UnassignOrder) {
  WIRE_TEXT(reason);
  WIRE_CHECK_REASON(reason);
}

WIRE_COMMAND(write_off_order, WriteOffOrder) {
  WIRE_TEXT(reason);
  WIRE_CHECK_REASON(reason);
}

WIRE_COMMAND(hold_order, HoldOrder) {
  WIRE_TEXT(reason);
  WIRE_CHECK_REASON(reason);
}

WIRE_COMMAND(release_hold, ReleaseHold) {}
WIRE_COMMAND(attach_waybill, AttachWaybill) { WIRE_MESSAGE(waybill); }

// --- events -------------------------------------------------------------------------------------

WIRE_EVENT(order_event, order_placed) {
  WIRE_MESSAGE(order);
  WIRE_TIME(at);
  WIRE_OPTIONAL_TIME(pay_by);
}

WIRE_EVENT(order_event, order_paid) {
  WIRE_TIME(search_until);
  WIRE_TIME(at);
}

WIRE_EVENT(order_event, order_ready) {
  WIRE_TIME(at);
  WIRE_TEXT(rider);
  WIRE_TEXTS(also);
}

WIRE_EVENT(order_event, order_offered) {
  WIRE_TEXT(offer);
  WIRE_TEXT(rider);
  WIRE_OPTIONAL_TIME(pick_up_by);
}

WIRE_EVENT(order_event, order_offer_lapsed) {
  WIRE_TEXT(offer);
  WIRE_TEXT(rider);
  WIRE_ENUM(reason, LapseReason);
  WIRE_TEXT(detail);
}

WIRE_EVENT(order_event, order_assignment_requested) { WIRE_TEXT(rider); }

WIRE_EVENT(order_event, order_assignment_refused) {
  WIRE_TEXT(rider);
  WIRE_TEXT(reason);
}

WIRE_EVENT(order_event, order_assigned) {
  WIRE_TEXT(offer);
  WIRE_TEXT(rider);
  WIRE_OPTIONAL_TIME(pick_up_by);
  WIRE_VALUE(assignment);
  WIRE_TIME(at);
}

WIRE_EVENT(order_event, order_unassigned) {
  WIRE_TEXT(rider);
  WIRE_ENUM(reason, UnassignReason);
  WIRE_OPTIONAL_TIME(search_until);
  WIRE_TIME(at);
  WIRE_TEXT(station);
}

WIRE_EVENT(order_event, order_picked_up) {
  WIRE_TEXT(rider);
  WIRE_TIME(at);
  WIRE_TEXT(station);
}

WIRE_EVENT(order_event, order_delivered) {
  WIRE_TEXT(rider);
  WIRE_TIME(at);
}

WIRE_EVENT(order_event, order_cancelled) {
  WIRE_TEXT(reason);
  WIRE_TEXT(rider);
}

WIRE_EVENT(order_event, order_undeliverable) {
  WIRE_VALUE(offers);
  WIRE_ENUM(reason, SearchEnd);
  WIRE_MESSAGES(lapses);
}

WIRE_EVENT(order_event, order_refund_requested) {}
WIRE_EVENT_FIELD(order_event, actor_paused, order_paused);
WIRE_EVENT_FIELD(order_event, actor_resumed, order_resumed);

WIRE_EVENT(order_event, order_sourced) {
  WIRE_TEXT(station);
  WIRE_MESSAGE(pick_up);
}

WIRE_EVENT(order_event, order_unsourced) {
  WIRE_TEXT(station);
  WIRE_ENUM(reason, StockLoss);
}

WIRE_EVENT(order_event, order_reached) {
  WIRE_TEXT(rider);
  WIRE_TIME(at);
  WIRE_TEXT(station);
}

WIRE_EVENT(order_event, order_returning) {
  WIRE_TEXT(rider);
  WIRE_TEXT(reason);
  WIRE_TIME(at);
}

WIRE_EVENT(order_event, order_returned) {
  WIRE_TEXT(rider);
  WIRE_TIME(at);
  WIRE_TEXT(station);
  WIRE_MESSAGES(items);
}

WIRE_EVENT(order_event, order_held) {
  WIRE_TEXT(reason);
  WIRE_TIME(at);
}

WIRE_EVENT(order_event, order_hold_released) { WIRE_TIME(at); }

WIRE_EVENT(order_event, waybill_issued) {
  WIRE_TEXT(rider);
  WIRE_MESSAGE(waybill);
}

WIRE_EVENT(order_event, order_stranded) {
  WIRE_TEXT(rider);
  WIRE_MESSAGE(at);
  WIRE_TIME(time);
  WIRE_TIME(search_until);
}

WIRE_EVENT(order_event, order_swap_offered) {
  WIRE_TEXT(offer);
  WIRE_TEXT(rider);
  WIRE_OPTIONAL_TIME(pick_up_by);
}

WIRE_EVENT(order_event, order_yield_asked) {
  WIRE_TEXT(rider);
  WIRE_TEXT(offer);
  WIRE_TEXT(to);
}

WIRE_EVENT(order_event, order_deadlines_moved) {
  WIRE_OPTIONAL_TIME(waits_until);
  WIRE_OPTIONAL_TIME(pick_up_by);
}

WIRE_EVENT(order_event, order_written_off) {
  WIRE_TEXT(rider);
  WIRE_TEXT(reason);
  WIRE_TIME(at);
}

WIRE_EVENT(order_event, order_goods_lost) {
  WIRE_TEXT(rider);
  WIRE_TEXT(station);
  WIRE_MESSAGES(items);
}

WIRE_EVENT(order_event, order_wrong_code_counted) {
  WIRE_TEXT(rider);
  WIRE_VALUE(times);
}

} // namespace dispatch::wire
