#include "messages/wire/codec/event_fields.hpp"

#include <algorithm>

namespace dispatch::wire {

namespace {

/// The alternative `name` of the event's oneof is the plain `type`, inside the variant `group`.
#define WIRE_ALTERNATIVE(group, type, name)                                                        \
  if constexpr (A::writing) {                                                                      \
    if (const auto* of_group = std::get_if<group>(&body))                                          \
      if (const auto* it = std::get_if<type>(of_group))                                            \
        return fields(a, *it, *w.mutable_##name());                                                \
  } else if (w.has_##name()) {                                                                     \
    const typename A::inside step{a, #name};                                                       \
    return fields(a, body.template emplace<group>().template emplace<type>(), w.name());           \
  }                                                                                                \
  static_assert(true)

/// The same for a plain type that is in no group.
#define WIRE_LONE_ALTERNATIVE(type, name)                                                          \
  if constexpr (A::writing) {                                                                      \
    if (const auto* it = std::get_if<type>(&body))                                                 \
      return fields(a, *it, *w.mutable_##name());                                                  \
  } else if (w.has_##name()) {                                                                     \
    const typename A::inside step{a, #name};                                                       \
    return fields(a, body.template emplace<type>(), w.name());                                     \
  }                                                                                                \
  static_assert(true)

template <class A> void alternatives(A& a, of<event_body> auto& body, auto& w) {
  WIRE_ALTERNATIVE(order_event, order_placed, order_placed);
  WIRE_ALTERNATIVE(order_event, order_paid, order_paid);
  WIRE_ALTERNATIVE(order_event, order_ready, order_ready);
  WIRE_ALTERNATIVE(order_event, order_offered, order_offered);
  WIRE_ALTERNATIVE(order_event, order_offer_lapsed, order_offer_lapsed);
  WIRE_ALTERNATIVE(order_event, order_assignment_requested, order_assignment_requested);
  WIRE_ALTERNATIVE(order_event, order_assignment_refused, order_assignment_refused);
  WIRE_ALTERNATIVE(order_event, order_assigned, order_assigned);
  WIRE_ALTERNATIVE(order_event, order_unassigned, order_unassigned);
  WIRE_ALTERNATIVE(order_event, order_picked_up, order_picked_up);
  WIRE_ALTERNATIVE(order_event, order_delivered, order_delivered);
  WIRE_ALTERNATIVE(order_event, order_cancelled, order_cancelled);
  WIRE_ALTERNATIVE(order_event, order_undeliverable, order_undeliverable);
  WIRE_ALTERNATIVE(order_event, order_refund_requested, order_refund_requested);
  WIRE_ALTERNATIVE(order_event, actor_paused, order_paused);
  WIRE_ALTERNATIVE(order_event, actor_resumed, order_resumed);
  WIRE_ALTERNATIVE(order_event, order_sourced, order_sourced);
  WIRE_ALTERNATIVE(order_event, order_unsourced, order_unsourced);
  WIRE_ALTERNATIVE(order_event, order_reached, order_reached);
  WIRE_ALTERNATIVE(order_event, order_returning, order_returning);
  WIRE_ALTERNATIVE(order_event, order_returned, order_returned);
  WIRE_ALTERNATIVE(order_event, order_held, order_held);
  WIRE_ALTERNATIVE(order_event, order_hold_released, order_hold_released);
  WIRE_ALTERNATIVE(order_event, waybill_issued, waybill_issued);
  WIRE_ALTERNATIVE(order_event, order_stranded, order_stranded);
  WIRE_ALTERNATIVE(order_event, order_swap_offered, order_swap_offered);
  WIRE_ALTERNATIVE(order_event, order_yield_asked, order_yield_asked);
  WIRE_ALTERNATIVE(order_event, order_deadlines_moved, order_deadlines_moved);
  WIRE_ALTERNATIVE(order_event, order_written_off, order_written_off);
  WIRE_ALTERNATIVE(order_event, order_goods_lost, order_goods_lost);
  WIRE_ALTERNATIVE(order_event, order_wrong_code_counted, order_wrong_code_counted);
  WIRE_ALTERNATIVE(rider_event, shift_started, shift_started);
  WIRE_ALTERNATIVE(rider_event, shift_ended, shift_ended);
  WIRE_ALTERNATIVE(rider_event, position_recorded, position_recorded);
  WIRE_ALTERNATIVE(rider_event, offer_received, offer_received);
  WIRE_ALTERNATIVE(rider_event, offer_accepted, offer_accepted);
  WIRE_ALTERNATIVE(rider_event, route_extended, route_extended);
  WIRE_ALTERNATIVE(rider_event, offer_declined, offer_declined);
  WIRE_ALTERNATIVE(rider_event, offer_expired, offer_expired);
  WIRE_ALTERNATIVE(rider_event, offer_withdrawn, offer_withdrawn);
  WIRE_ALTERNATIVE(rider_event, stops_released, stops_released);
  WIRE_ALTERNATIVE(rider_event, stop_ready, stop_ready);
  WIRE_ALTERNATIVE(rider_event, rider_arrived, rider_arrived);
  WIRE_ALTERNATIVE(rider_event, order_collected, order_collected);
  WIRE_ALTERNATIVE(rider_event, order_handed_over, order_handed_over);
  WIRE_ALTERNATIVE(rider_event, actor_paused, rider_paused);
  WIRE_ALTERNATIVE(rider_event, actor_resumed, rider_resumed);
  WIRE_ALTERNATIVE(rider_event, delivery_failed, delivery_failed);
  WIRE_ALTERNATIVE(rider_event, return_started, return_started);
  WIRE_ALTERNATIVE(rider_event, waybill_received, waybill_received);
  WIRE_ALTERNATIVE(rider_event, break_started, break_started);
  WIRE_ALTERNATIVE(rider_event, break_ended, break_ended);
  WIRE_ALTERNATIVE(rider_event, broke_down, broke_down);
  WIRE_ALTERNATIVE(rider_event, route_handed_back, route_handed_back);
  WIRE_ALTERNATIVE(rider_event, transfer_started, transfer_started);
  WIRE_ALTERNATIVE(rider_event, transfer_ended, transfer_ended);
  WIRE_ALTERNATIVE(rider_event, rider_received, rider_received);
  WIRE_ALTERNATIVE(rider_event, transfer_answered, transfer_answered);
  WIRE_ALTERNATIVE(rider_event, order_yielded, order_yielded);
  WIRE_ALTERNATIVE(rider_event, order_kept, order_kept);
  WIRE_ALTERNATIVE(rider_event, wrong_code_given, wrong_code_given);
  WIRE_ALTERNATIVE(station_event, station_opened, station_opened);
  WIRE_ALTERNATIVE(station_event, station_closed, station_closed);
  WIRE_ALTERNATIVE(station_event, actor_paused, station_paused);
  WIRE_ALTERNATIVE(station_event, actor_resumed, station_resumed);
  WIRE_ALTERNATIVE(station_event, stock_reported, stock_reported);
  WIRE_ALTERNATIVE(station_event, stock_reserved, stock_reserved);
  WIRE_ALTERNATIVE(station_event, stock_released, stock_released);
  WIRE_ALTERNATIVE(station_event, stock_consumed, stock_consumed);
  WIRE_ALTERNATIVE(station_event, stock_returned, stock_returned);
  WIRE_ALTERNATIVE(station_event, stock_low, stock_low);
  WIRE_ALTERNATIVE(station_event, sensor_silent, sensor_silent);
  WIRE_ALTERNATIVE(station_event, hand_over_began, hand_over_began);
  WIRE_ALTERNATIVE(station_event, hand_over_ended, hand_over_ended);
  WIRE_ALTERNATIVE(zone_event, zone_opened, zone_opened);
  WIRE_ALTERNATIVE(zone_event, zone_paused, zone_paused);
  WIRE_ALTERNATIVE(zone_event, zone_resumed, zone_resumed);
  WIRE_ALTERNATIVE(zone_event, policy_set, policy_set);
  WIRE_ALTERNATIVE(zone_event, input_loss_accepted, input_loss_accepted);
  WIRE_LONE_ALTERNATIVE(command_refused, refused);
  WIRE_LONE_ALTERNATIVE(command_repeated, repeated);
  if constexpr (A::writing) {
    broken_invariant("encode_event: an event without a spelling");
  } else {
    a.reject("body", "must be a known event");
  }
}

WIRE_FIELDS(event) {
  WIRE_MESSAGE(entity);
  WIRE_TIME(at);
  WIRE_TEXT(command_id);
  WIRE_TEXT(trace);
  alternatives(a, p.body, w);
}

/// nullptr: it tells no route.
const std::vector<stop>* route_in(const event_body& body) {
  const auto* by_rider = std::get_if<rider_event>(&body);
  if (by_rider == nullptr) {
    return nullptr;
  }
  if (const auto* received = std::get_if<offer_received>(by_rider)) {
    return &received->offer.route;
  }
  if (const auto* accepted = std::get_if<offer_accepted>(by_rider)) {
    return &accepted->route;
  }
  const auto* extended = std::get_if<route_extended>(by_rider);
  return extended != nullptr ? &extended->route : nullptr;
}

bool needs_code(const std::vector<stop>& route) {
  return std::ranges::any_of(route, [](const stop& s) { return !s.delivery_code.empty(); });
}

void hide_codes(google::protobuf::RepeatedPtrField<v1::Stop>& route) {
  for (auto& s : route) {
    s.set_needs_code(!s.delivery_code().empty());
    s.clear_delivery_code();
  }
}

} // namespace

std::string encode_event(const event& e) {
  auto& message = scratch<v1::Event>();
  writer writing;
  fields(writing, e, message);
  return print(message, encoding::protobuf);
}

std::string announced_form(const event& e, const std::string& encoded) {
  const auto* by_order = std::get_if<order_event>(&e.body);
  const auto* placed = by_order != nullptr ? std::get_if<order_placed>(by_order) : nullptr;
  const auto* route = route_in(e.body);
  const auto sealed = placed != nullptr ? !placed->order.delivery_code.empty()
                                        : route != nullptr && needs_code(*route);
  if (!sealed) {
    return encoded;
  }
  auto& message = scratch<v1::Event>();
  message.ParseFromString(encoded);
  if (placed != nullptr) {
    message.mutable_order_placed()->mutable_order()->clear_delivery_code();
  } else if (message.has_offer_received()) {
    hide_codes(*message.mutable_offer_received()->mutable_offer()->mutable_route());
  } else if (message.has_offer_accepted()) {
    hide_codes(*message.mutable_offer_accepted()->mutable_route());
  } else {
    hide_codes(*message.mutable_route_extended()->mutable_route());
  }
  return print(message, encoding::protobuf);
}

result<event> decode_event(std::string_view bytes, encoding as) {
  auto& message = scratch<v1::Event>();
  if (std::string why; !parse(message, as, bytes, why)) {
    return failure{"event " + why};
  }
  event plain;
  reader<false> reading;
  fields(reading, plain, std::as_const(message));
  if (reading.failed()) {
    return failure{"event field " + reading.failure()};
  }
  return plain;
}

} // namespace dispatch::wire
