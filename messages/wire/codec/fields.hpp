#pragma once

#include "dispatch/v1/entity.pb.h"
#include "dispatch/v1/goods.pb.h"
#include "dispatch/v1/order.pb.h"
#include "dispatch/v1/place.pb.h"
#include "dispatch/v1/rider.pb.h"
#include "dispatch/v1/station.pb.h"
#include "dispatch/v1/waybill.pb.h"
#include "messages/entities/era.hpp"
#include "messages/limits.hpp"
#include "messages/wire/archive.hpp"
#include "messages/wire/zone/policy_text.hpp"

/// Field lists of the messages that are part of several others. For the folder messages/wire only.
namespace dispatch::wire {

inline constexpr unsigned load_max = 1000;
inline constexpr std::size_t vehicles_max = 4;
inline constexpr std::size_t reference_bytes_max = 128;
inline constexpr std::size_t reason_bytes_max = 256;
inline constexpr std::size_t code_bytes_max = 32;
inline constexpr std::uint32_t quantity_max = 1'000'000;
inline constexpr std::uint32_t priority_max = 9;
inline constexpr std::uint32_t minute_of_day_max = 1439;

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

template <class A> void check_era(A& a, const char* field, timestamp value) {
  if (!in_era(value)) {
    a.reject(field, era_rule);
  }
}

WIRE_FIELDS(goods) {
  WIRE_TEXT(item);
  WIRE_DEFAULTED(quantity);
  if constexpr (A::strict) {
    a.id("item", p.item);
    a.within("quantity", p.quantity, 1U, quantity_max);
  }
}

template <class A> void check_skills(A& a, const std::vector<std::string>& skills) {
  if (skills.size() > limits::skills_max) {
    a.reject("skills", "must be at most " + std::to_string(limits::skills_max) + ", are " +
                           std::to_string(skills.size()));
  }
  for (const auto& skill : skills) {
    a.id("skills", skill);
  }
}

WIRE_FIELDS(place_order) {
  WIRE_TEXT(station);
  if (p.station.empty()) {
    WIRE_DEFAULTED_MESSAGE(pick_up);
  } else {
    WIRE_MESSAGE(pick_up);
  }
  WIRE_MESSAGE(drop_off);
  WIRE_TIME(ready_at);
  WIRE_VALUE(prepaid);
  WIRE_DEFAULTED(load);
  WIRE_ENUMS(vehicles, Vehicle);
  WIRE_TEXT(reference);
  WIRE_MESSAGES(items);
  WIRE_VALUE(priority);
  WIRE_OPTIONAL_TIME(promised_from);
  WIRE_TEXT(delivery_code);
  WIRE_TEXTS(skills);
  if constexpr (A::strict) {
    if (p.items.empty() || !p.station.empty()) {
      a.id("station", p.station);
    }
    a.each_once("items", p.items, limits::goods_per_order, &goods::item);
    a.within("priority", p.priority, 0U, priority_max);
    if (p.promised_from) {
      check_era(a, "promised_from", *p.promised_from);
    }
    a.at_most_bytes("delivery_code", p.delivery_code, code_bytes_max);
    if (w.has_ready_at()) {
      check_era(a, "ready_at", p.ready_at);
    }
    a.within("load", p.load, 1U, load_max);
    a.at_most_items("vehicles", p.vehicles.size(), vehicles_max);
    a.at_most_bytes("reference", p.reference, reference_bytes_max);
    check_skills(a, p.skills);
  }
}

WIRE_FIELDS(start_shift) {
  WIRE_ENUM(vehicle, Vehicle);
  WIRE_VALUE(capacity);
  WIRE_MESSAGE(at);
  WIRE_TEXTS(skills);
  WIRE_OPTIONAL_TIME(until);
  if constexpr (A::strict) {
    a.within("capacity", p.capacity, 1U, limits::capacity_max);
    check_skills(a, p.skills);
    if (p.until) {
      check_era(a, "until", *p.until);
    }
  }
}

WIRE_FIELDS(lapse_count) {
  WIRE_TEXT(reason);
  WIRE_VALUE(times);
}

WIRE_FIELDS(opening_hours) {
  WIRE_VALUE(from_min);
  WIRE_VALUE(to_min);
  if constexpr (A::strict) {
    a.within("from_min", p.from_min, 0U, minute_of_day_max);
    a.within("to_min", p.to_min, 0U, minute_of_day_max);
  }
}

WIRE_FIELDS(counted_stock) {
  WIRE_TEXT(item);
  WIRE_DEFAULTED(on_hand);
  WIRE_OPTIONAL(low_below);
  if constexpr (A::strict) {
    a.id("item", p.item);
    a.present("on_hand", w.has_on_hand());
    a.within("on_hand", p.on_hand, 0U, quantity_max);
    a.within("low_below", p.low_below.value_or(0), 0U, quantity_max);
  }
}

WIRE_FIELDS(handover) {
  WIRE_VALUE(number);
  WIRE_MESSAGE(shift);
  WIRE_TIME(seen_at);
  WIRE_TIME(began_at);
  WIRE_OPTIONAL_TIME(ends_at);
  WIRE_ENUM(ends_as, ShiftEnd);
  WIRE_VALUE(ignored_offers);
}

WIRE_FIELDS(transfer_answered) {
  WIRE_TEXT(from);
  WIRE_VALUE(number);
  WIRE_VALUE(received);
  WIRE_TEXT(detail);
  WIRE_VALUE(at_work);
}

WIRE_FIELDS(stop) {
  WIRE_ENUM(kind, StopKind);
  WIRE_TEXT(order);
  WIRE_MESSAGE(at);
  WIRE_VALUE(load);
  WIRE_TIME(not_before);
  WIRE_TEXT(delivery_code);
  WIRE_OPTIONAL_MESSAGE(return_to);
  WIRE_VALUE(returning);
  WIRE_VALUE(wrong_codes);
}

/// Of whatever message holds these fields.
WIRE_FIELDS(kept_policy) {
  WIRE_VALUE(version);
  WIRE_TEXT(toml);
  if constexpr (!A::writing) {
    auto read = kept_policy_from_toml(p.toml);
    if (read) {
      read->version = p.version;
      p.parsed = std::make_shared<const policy>(*std::move(read));
    } else {
      a.reject("toml", read.error().what);
    }
  }
}

/// A policy that is there when it has a version.
#define WIRE_KEPT_POLICY(name)                                                                     \
  if constexpr (A::writing) {                                                                      \
    if (p.name.version != 0)                                                                       \
      fields(a, p.name, *w.mutable_##name());                                                      \
  } else if (w.has_##name()) {                                                                     \
    [[maybe_unused]] const typename A::inside step{a, #name};                                      \
    fields(a, p.name, w.name());                                                                   \
  }                                                                                                \
  static_assert(true)

WIRE_FIELDS(offer) {
  WIRE_TEXT(id);
  WIRE_TEXTS(orders);
  WIRE_MESSAGES(route);
  WIRE_TIME(expires_at);
  WIRE_VALUE(swap);
}

WIRE_FIELDS(signed_waybill) {
  WIRE_TEXT(number);
  WIRE_VALUE(document);
  WIRE_TEXT(algorithm);
  WIRE_TEXT(key);
  WIRE_VALUE(signature);
}

} // namespace dispatch::wire
