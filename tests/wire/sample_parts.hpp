#pragma once

#include "messages/wire/codec.hpp"
#include "messages/wire/zone/policy_text.hpp"
#include "tests/wire/samples.hpp"

#include <optional>
#include <string>
#include <vector>

/// Values that several samples share.
namespace samples::parts {

using namespace dispatch;

inline constexpr place shop{-6.2087634, 106.845599};
inline constexpr place home{-6.1751101, 106.865036};

inline place_order placing() {
  return {.station = "station-1",
          .pick_up = shop,
          .drop_off = home,
          .ready_at = time(20),
          .prepaid = true,
          .load = 3,
          .vehicles = {vehicle::bicycle, vehicle::car},
          .reference = "upstream/47 \xC3\xA9"};
}

inline const std::vector<goods> some_goods = {{"gas-11kg", 2}, {"valve", 1}};

inline place_order placing_goods() {
  auto goods = placing();
  goods.station.clear();
  goods.pick_up = {};
  goods.items = some_goods;
  goods.priority = 7;
  goods.promised_from = time(120);
  goods.delivery_code = "4711";
  return goods;
}

inline report_stock count() { return {{{"gas-11kg", 12, 5}, {"valve", 0, std::nullopt}}}; }

inline start_shift shift() { return {.vehicle = vehicle::car, .capacity = 12, .at = home}; }

inline place_order placing_with_skills() {
  auto placed = placing();
  placed.skills = {"hazardous", "two-people"};
  return placed;
}

inline start_shift planned_shift() {
  auto planned = shift();
  planned.skills = {"hazardous"};
  planned.until = time(480);
  return planned;
}

inline handover handing_over() {
  return {.number = 3,
          .shift = planned_shift(),
          .seen_at = time(16),
          .began_at = time(-60),
          .ends_at = time(480),
          .ends_as = shift_end::planned_end};
}

inline std::vector<stop> route() {
  return {{stop_kind::pick_up, "order-1", shop, 3, time(20)},
          {stop_kind::drop_off, "order-1", home, 3, time(21)}};
}

inline offer proposal() {
  return {
      .id = "offer-1", .orders = {"order-1", "order-2"}, .route = route(), .expires_at = time(1)};
}

inline signed_waybill paper() {
  return {.number = "order-1-2",
          .document = wire::encode_waybill(a_waybill()),
          .algorithm = "SM2-SM3",
          .key = "0123456789abcdef",
          .signature = std::string{"\x30\x00\xFF", 3}};
}

/// As some build wrote it.
inline kept_policy policy_of_zone() {
  const std::string toml = "[policy]\nroute_orders_max = 5\ntime_zone = \"America/Bogota\"\n"
                           "[[policy.rules]]\nname = \"night\"\nwhen = \"local_hour < 6\"\n"
                           "forbid = true\n";
  auto policy = *wire::kept_policy_from_toml(toml);
  policy.version = 4;
  return {4, toml, std::make_shared<const dispatch::policy>(policy)};
}

inline set_policy setting_policy() {
  const auto& policy = policy_of_zone().parsed;
  return {wire::canonical_toml(*policy), policy, 3};
}

} // namespace samples::parts
