#include "dispatch/v1/event.pb.h"
#include "dispatch/v1/record.pb.h"
#include "dispatch/v1/state.pb.h"
#include "messages/wire/archive.hpp"
#include "messages/wire/commands.hpp"

#include <nlohmann/json.hpp>

namespace dispatch::wire {

namespace {

using nlohmann::ordered_json;

template <class Message> result<std::string> state_json(std::string_view bytes) {
  auto& message = scratch<Message>();
  if (std::string why; !parse(message, encoding::protobuf, bytes, why)) {
    return failure{"state " + why};
  }
  return to_json(message);
}

template <class State>
result<std::string> if_decoded(result<State> decoded, result<std::string> json) {
  return decoded ? std::move(json) : decoded.error();
}

std::string hexadecimal(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const auto c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text.append({digits[byte >> 4U], digits[byte & 15U]});
  }
  return text;
}

} // namespace

result<std::string> state_to_json(entity_kind kind, std::string_view bytes) {
  switch (kind) {
  case entity_kind::order:
    return if_decoded(decode_order(bytes), state_json<v1::OrderState>(bytes));
  case entity_kind::rider:
    return if_decoded(decode_rider(bytes), state_json<v1::RiderState>(bytes));
  case entity_kind::station:
    return if_decoded(decode_station(bytes), state_json<v1::StationState>(bytes));
  case entity_kind::zone:
    return if_decoded(decode_zone(bytes), state_json<v1::ZoneState>(bytes));
  }
  broken_invariant("state_to_json: unknown kind");
}

result<std::string> event_to_json(std::string_view bytes) {
  auto& message = scratch<v1::Event>();
  if (std::string why; !parse(message, encoding::protobuf, bytes, why)) {
    return failure{"event " + why};
  }
  return to_json(message);
}

/// As the message says, but with the nested encodings opened and hashes in hexadecimal.
result<std::string> record_to_json(std::string_view bytes) {
  if (auto decoded = decode_record(bytes); !decoded) {
    return decoded.error();
  }
  auto& message = scratch<v1::Record>();
  if (std::string why; !parse(message, encoding::protobuf, bytes, why)) {
    return failure{"commit record " + why};
  }
  auto plain_form = to_json(message);
  if (!plain_form) {
    return plain_form;
  }
  auto shown_form = ordered_json::parse(*plain_form);
  shown_form["previous"] = hexadecimal(message.previous());
  for (int i = 0; i < message.commands_size(); ++i) {
    const auto& one = message.commands(i);
    auto body =
        recorded_to_json(static_cast<entity_kind>(one.target().kind()), one.verb(), one.body());
    if (!body) {
      return body;
    }
    shown_form["commands"][static_cast<std::size_t>(i)]["body"] = ordered_json::parse(*body);
  }
  for (int i = 0; i < message.events_size(); ++i) {
    auto body = event_to_json(message.events(i));
    if (!body) {
      return body;
    }
    shown_form["events"][static_cast<std::size_t>(i)] = ordered_json::parse(*body);
  }
  return shown_form.dump();
}

} // namespace dispatch::wire
