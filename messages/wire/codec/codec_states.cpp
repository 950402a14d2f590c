#include "dispatch/v1/state.pb.h"
#include "messages/wire/archive.hpp"
#include "messages/wire/codec/fields.hpp"

namespace dispatch::wire {

namespace {

WIRE_FIELDS(pause_note) {
  WIRE_TEXT(reason);
  WIRE_TIME(since);
}

WIRE_FIELDS(asked_rider) {
  WIRE_TEXT(offer);
  WIRE_TEXT(rider);
  WIRE_OPTIONAL_TIME(pick_up_by);
}

WIRE_FIELDS(order) {
  WIRE_ENUM(status, OrderStatus);
  WIRE_MESSAGE(details);
  WIRE_TIME(placed_at);
  WIRE_VALUE(paid);
  WIRE_VALUE(refunded);
  WIRE_TEXT(offer);
  WIRE_TEXT(rider);
  WIRE_TEXT(requested_rider);
  WIRE_VALUE(offers);
  WIRE_TEXTS(passed);
  WIRE_OPTIONAL_TIME(waits_until);
  WIRE_TIME(picked_up_at);
  WIRE_TIME(delivered_at);
  WIRE_TEXT(end_reason);
  WIRE_OPTIONAL_MESSAGE(pause);
  WIRE_OPTIONAL_MESSAGE(hold);
  WIRE_VALUE(any_station);
  WIRE_VALUE(sourced);
  WIRE_OPTIONAL_TIME(pick_up_by);
  WIRE_MESSAGES(lapses);
  WIRE_VALUE(assignments);
  WIRE_TIME(assigned_at);
  WIRE_VALUE(waybill_issued);
  WIRE_VALUE(waybill_signed);
  WIRE_TEXT(stranded_with);
  WIRE_OPTIONAL_MESSAGE(belongs_at);
  WIRE_MESSAGES(also_asked);
  WIRE_VALUE(swaps);
  WIRE_TIME(waits_since);
  WIRE_VALUE(wrong_codes);
}

WIRE_FIELDS(departure) {
  WIRE_TEXT(zone);
  WIRE_MESSAGE(rider);
}

WIRE_FIELDS(rider) {
  WIRE_VALUE(known);
  WIRE_VALUE(on_shift);
  WIRE_ENUM(vehicle, Vehicle);
  WIRE_VALUE(capacity);
  WIRE_MESSAGE(at);
  WIRE_TIME(at_time);
  WIRE_MESSAGES(route);
  WIRE_VALUE(frozen);
  WIRE_VALUE(arrived);
  WIRE_OPTIONAL_MESSAGE(open_offer);
  WIRE_OPTIONAL_MESSAGE(pause);
  WIRE_TEXTS(skills);
  WIRE_OPTIONAL_TIME(ends_at);
  WIRE_ENUM(ends_as, ShiftEnd);
  WIRE_OPTIONAL_MESSAGE(on_break);
  WIRE_VALUE(ignored_offers);
  WIRE_TIME(began_at);
  WIRE_VALUE(transfers);
  WIRE_OPTIONAL_MESSAGE(leaving);
  WIRE_MESSAGES(answered);
}

WIRE_FIELDS(stock_level) {
  WIRE_TEXT(item);
  WIRE_VALUE(on_hand);
  WIRE_VALUE(reserved);
  WIRE_VALUE(low_below);
  WIRE_VALUE(low);
  WIRE_VALUE(low_by_policy);
}

WIRE_FIELDS(reservation) {
  WIRE_TEXT(order);
  WIRE_MESSAGES(items);
  WIRE_TIME(until);
  WIRE_VALUE(handing_over);
  WIRE_TEXTS(taken);
}

WIRE_FIELDS(station) {
  WIRE_VALUE(known);
  WIRE_VALUE(open);
  WIRE_MESSAGE(at);
  WIRE_OPTIONAL_MESSAGE(pause);
  WIRE_DEFAULTED_MESSAGE(hours);
  WIRE_MESSAGES(stock);
  WIRE_MESSAGES(reservations);
  WIRE_TIME(reported_at);
  WIRE_TIME(silent_from);
  WIRE_VALUE(silent);
}

WIRE_FIELDS(zone) {
  WIRE_VALUE(epoch);
  WIRE_VALUE(paused);
  WIRE_TEXT(pause_reason);
  WIRE_KEPT_POLICY(policy);
}

template <class Message, class State> std::string encode(const State& state) {
  auto& message = scratch<Message>();
  message.set_format(state_format);
  writer writing;
  fields(writing, state, message);
  return print(message, encoding::protobuf);
}

template <class Message, class State>
result<State> decode(std::string_view kind, std::string_view bytes) {
  const auto about = "state of " + std::string{kind};
  auto& message = scratch<Message>();
  if (std::string why; !parse(message, encoding::protobuf, bytes, why)) {
    return failure{about + " " + why};
  }
  if (message.format() == 0 || message.format() > state_format) {
    return failure{about + " has format " + std::to_string(message.format()) +
                   ", this build reads 1 to " + std::to_string(state_format) +
                   ": use the build that wrote it, or a newer one"};
  }
  State state;
  reader<false> reading;
  fields(reading, state, std::as_const(message));
  if (reading.failed()) {
    return failure{about + ", field " + reading.failure()};
  }
  return state;
}

} // namespace

std::string encode_state(const order& state) { return encode<v1::OrderState>(state); }
std::string encode_state(const rider& state) { return encode<v1::RiderState>(state); }
std::string encode_state(const station& state) { return encode<v1::StationState>(state); }
std::string encode_state(const zone& state) { return encode<v1::ZoneState>(state); }

result<order> decode_order(std::string_view bytes) {
  return decode<v1::OrderState, order>("order", bytes);
}

result<rider> decode_rider(std::string_view bytes) {
  return decode<v1::RiderState, rider>("rider", bytes);
}

result<station> decode_station(std::string_view bytes) {
  return decode<v1::StationState, station>("station", bytes);
}

result<zone> decode_zone(std::string_view bytes) {
  return decode<v1::ZoneState, zone>("zone", bytes);
}

} // namespace dispatch::wire
