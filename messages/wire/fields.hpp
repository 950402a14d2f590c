#pragma once

#include "dispatch/v1/entity.pb.h"
#include "dispatch/v1/order.pb.h"
#include "dispatch/v1/place.pb.h"
#include "dispatch/v1/rider.pb.h"
#include "dispatch/v1/waybill.pb.h"
#include "messages/wire/archive.hpp"

/// Field lists of the messages that are part of several others. For the folder messages/wire only.
namespace dispatch::wire {

inline constexpr unsigned load_max = 1000;
inline constexpr unsigned capacity_max = 1000;
inline constexpr std::size_t vehicles_max = 4;
inline constexpr std::size_t reference_bytes_max = 128;
inline constexpr std::size_t reason_bytes_max = 256;

WIRE_FIELDS(entity_ref) {
  WIRE_ENUM(kind, EntityKind);
  WIRE_TEXT(id);
}

WIRE_FIELDS(place) {
  WIRE_REQUIRED(latitude);
  WIRE_REQUIRED(longitude);
  if constexpr (A::strict) {
    a.within("latitude", p.latitude, -90.0, 90.0);
    a.within("longitude", p.longitude, -180.0, 180.0);
  }
}

/// A time that a sender gave must be in the years 2000 to 2100.
template <class A> void check_era(A& a, const char* field, timestamp value) {
  using namespace std::chrono;
  constexpr sys_days first = year{2000} / January / 1;
  constexpr sys_days last = year{2100} / December / 31;
  if (value < first || value >= last + days{1}) {
    a.reject(field, "must be in the years 2000 to 2100");
  }
}

WIRE_FIELDS(place_order) {
  WIRE_TEXT(station);
  WIRE_MESSAGE(pick_up);
  WIRE_MESSAGE(drop_off);
  WIRE_TIME(ready_at);
  WIRE_VALUE(prepaid);
  WIRE_DEFAULTED(load);
  WIRE_ENUMS(vehicles, Vehicle);
  WIRE_TEXT(reference);
  if constexpr (A::strict) {
    a.id("station", p.station);
    if (w.has_ready_at()) {
      check_era(a, "ready_at", p.ready_at);
    }
    a.within("load", p.load, 1U, load_max);
    if (p.vehicles.size() > vehicles_max) {
      a.reject("vehicles", "must be at most 4, are " + std::to_string(p.vehicles.size()));
    }
    a.at_most_bytes("reference", p.reference, reference_bytes_max);
  }
}

WIRE_FIELDS(start_shift) {
  WIRE_ENUM(vehicle, Vehicle);
  WIRE_VALUE(capacity);
  WIRE_MESSAGE(at);
  if constexpr (A::strict) {
    a.within("capacity", p.capacity, 1U, capacity_max);
  }
}

WIRE_FIELDS(stop) {
  WIRE_ENUM(kind, StopKind);
  WIRE_TEXT(order);
  WIRE_MESSAGE(at);
  WIRE_VALUE(load);
  WIRE_TIME(not_before);
}

WIRE_FIELDS(offer) {
  WIRE_TEXT(id);
  WIRE_TEXTS(orders);
  WIRE_MESSAGES(route);
  WIRE_TIME(expires_at);
}

WIRE_FIELDS(signed_waybill) {
  WIRE_TEXT(number);
  WIRE_VALUE(document);
  WIRE_TEXT(algorithm);
  WIRE_TEXT(key);
  WIRE_VALUE(signature);
}

} // namespace dispatch::wire
