#include "messages/wire/archive.hpp"
#include "messages/wire/codec/fields.hpp"

namespace dispatch::wire {

namespace {

WIRE_FIELDS(waybill) {
  WIRE_TEXT(number);
  WIRE_TEXT(zone);
  WIRE_TEXT(order);
  WIRE_TEXT(rider);
  WIRE_TEXT(offer);
  WIRE_TEXT(station);
  WIRE_MESSAGE(pick_up);
  WIRE_MESSAGE(drop_off);
  WIRE_VALUE(load);
  WIRE_TEXT(reference);
  WIRE_TIME(assigned_at);
  WIRE_MESSAGES(items);
}

} // namespace

std::string encode_waybill(const waybill& waybill) {
  auto& message = scratch<v1::Waybill>();
  writer writing;
  fields(writing, waybill, message);
  return print(message, encoding::protobuf);
}

result<waybill> decode_waybill(std::string_view bytes) {
  auto& message = scratch<v1::Waybill>();
  if (std::string why; !parse(message, encoding::protobuf, bytes, why)) {
    return failure{"waybill " + why};
  }
  waybill plain;
  reader<false> reading;
  fields(reading, plain, std::as_const(message));
  if (reading.failed()) {
    return failure{"waybill, field " + reading.failure()};
  }
  return plain;
}

} // namespace dispatch::wire
