#include "tests/wire/sample_parts.hpp"

namespace samples {

using namespace dispatch;
using namespace parts;

order order_state() {
  return {.status = order_status::assigned,
          .details = placing(),
          .placed_at = time(),
          .paid = true,
          .refunded = true,
          .offer = "offer-1",
          .rider = "rider-1",
          .requested_rider = "rider-2",
          .offers = 4,
          .passed = {"rider-3", "rider-4"},
          .waits_until = timestamp{},
          .picked_up_at = time(1),
          .delivered_at = time(2),
          .end_reason = "changed their mind",
          .pause = pause_note{"looks wrong", time(3)},
          .stranded_with = "rider-5",
          .belongs_at = shop};
}

order added_order_state() {
  auto o = order_state();
  o.details = placing_goods();
  o.hold = pause_note{"check", time(4)};
  o.any_station = true;
  o.sourced = true;
  o.pick_up_by = time(5);
  o.lapses = {{"expired", 2}};
  o.assignments = 2;
  o.assigned_at = time(4);
  o.waybill_issued = true;
  o.waybill_signed = true;
  o.swaps = 1;
  o.also_asked = {{"offer-2", "rider-6", time(6)}, {"offer-3", "rider-7", std::nullopt}};
  return o;
}

rider added_rider_state() {
  auto r = rider_state();
  r.route.front().delivery_code = "hash";
  r.route.front().return_to = shop;
  r.route.front().returning = true;
  return r;
}

station added_station_state() {
  auto one = station_state();
  one.hours = {480, 1200};
  one.stock = {{"gas-11kg", 12, 4, 5, true}, {"valve", 0, 0, 1, false}};
  one.reservations = {{"order-1", some_goods, time(5)}};
  one.reported_at = time(1);
  one.silent_from = time(2);
  one.silent = true;
  return one;
}

order order_state_of_edition_2() {
  auto one = added_order_state();
  one.waits_since = time(7);
  return one;
}

order order_state_with_codes() {
  auto one = order_state_of_edition_2();
  one.status = order_status::written_off;
  one.wrong_codes = 3;
  return one;
}

rider rider_state_with_codes() {
  auto one = added_rider_state();
  one.route.front().wrong_codes = 3;
  return one;
}

station station_state_of_edition_2() {
  auto one = added_station_state();
  one.stock.front().low_by_policy = true;
  one.reservations.front().handing_over = true;
  one.reservations.front().taken = {"gas-11kg"};
  return one;
}

zone added_zone_state() {
  auto one = zone_state();
  one.policy = policy_of_zone();
  return one;
}

rider rider_state() {
  return {.known = true,
          .on_shift = true,
          .vehicle = vehicle::walking,
          .capacity = 5,
          .at = shop,
          .at_time = time(-1),
          .route = route(),
          .frozen = 2,
          .arrived = true,
          .open_offer = proposal(),
          .pause = pause_note{"looks wrong", time(3)},
          .skills = {"hazardous"},
          .ends_at = time(480),
          .ends_as = shift_end::maximum_hours,
          .on_break = pause_note{"lunch", time(4)},
          .ignored_offers = 2,
          .began_at = time(-60),
          .transfers = 3,
          .leaving = departure{"jakarta-2", handing_over()},
          .answered = {{"jakarta-3", 4, true, "why not"}}};
}

station station_state() {
  return {.known = true, .open = true, .at = shop, .pause = pause_note{"looks wrong", time(3)}};
}

waybill a_waybill() {
  return {.number = "order-1-2",
          .zone = "jakarta-1",
          .order = "order-1",
          .rider = "rider-1",
          .offer = "offer-1",
          .station = "station-1",
          .pick_up = shop,
          .drop_off = home,
          .load = 3,
          .reference = "upstream/47 \xC3\xA9",
          .assigned_at = time(2),
          .items = some_goods};
}

zone zone_state() { return {.epoch = 12, .paused = true, .pause_reason = "flood"}; }

} // namespace samples
