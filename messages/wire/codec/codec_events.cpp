#include "messages/wire/codec/bodies.hpp"
#include "messages/wire/codec/order_bodies.hpp"
#include "messages/wire/codec/rider_bodies.hpp"
#include "messages/wire/codec/station_bodies.hpp"
#include "messages/wire/codec/zone_bodies.hpp"

#include <algorithm>
#include <concepts>
#include <type_traits>
#include <variant>

namespace dispatch::wire {

namespace {

/// Reads the event if it is this one.
template <class Group, class Event, class A>
bool read_event(A& a, event_body& body, const v1::Event& w) {
  using field = field_of<Group, Event>;
  if (!field::is_set(w)) {
    return false;
  }
  const typename A::inside step{a, field::name};
  if constexpr (std::same_as<Group, event_body>) {
    fields(a, body.emplace<Event>(), field::read(w));
  } else {
    fields(a, body.emplace<Group>().template emplace<Event>(), field::read(w));
  }
  return true;
}

/// The same of whichever of the group it is.
template <class A, class... Events>
bool read_event_of(std::type_identity<std::variant<Events...>> /*group*/, A& a, event_body& body,
                   const v1::Event& w) {
  return (read_event<std::variant<Events...>, Events>(a, body, w) || ...);
}

template <class A> void read_body(A& a, event_body& body, const v1::Event& w) {
  const auto is_known = read_event_of(std::type_identity<order_event>{}, a, body, w) ||
                        read_event_of(std::type_identity<rider_event>{}, a, body, w) ||
                        read_event_of(std::type_identity<station_event>{}, a, body, w) ||
                        read_event_of(std::type_identity<zone_event>{}, a, body, w) ||
                        read_event<event_body, command_refused>(a, body, w) ||
                        read_event<event_body, command_repeated>(a, body, w);
  if (!is_known) {
    a.reject("body", "must be a known event");
  }
}

struct body_writer {
  writer& a;
  v1::Event& w;

  template <class Group, class Event> void write(const Event& e) const {
    fields(a, e, field_of<Group, Event>::write(w));
  }
  template <class... Events> void operator()(const std::variant<Events...>& group) const {
    std::visit([this](const auto& e) { write<std::variant<Events...>>(e); }, group);
  }
  void operator()(const command_refused& e) const { write<event_body>(e); }
  void operator()(const command_repeated& e) const { write<event_body>(e); }
};

WIRE_FIELDS(event) {
  WIRE_MESSAGE(entity);
  WIRE_TIME(at);
  WIRE_TEXT(command_id);
  WIRE_TEXT(trace);
  if constexpr (A::writing) {
    std::visit(body_writer{a, w}, p.body);
  } else {
    read_body(a, p.body, w);
  }
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
