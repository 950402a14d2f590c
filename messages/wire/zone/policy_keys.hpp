#pragma once

#include "messages/limits.hpp"
#include "messages/policy.hpp"
#include "messages/wire/zone/toml_fields.hpp"

#include <array>
#include <cstdint>
#include <limits>

/// The keys of a policy, which is a part of a zone's definition and a text of its own. For the
/// folder messages/wire only.
namespace dispatch::wire {

inline constexpr std::int64_t hour_s = 3600;
inline constexpr std::int64_t day_s = 24 * hour_s;
inline constexpr std::int64_t week_s = 7 * day_s;

template <class A> void rule_keys(A& a, of<policy_rule> auto& r) {
  constexpr std::int64_t priority_max = 1'000'000;
  a.text("name", r.name, "unique in the policy");
  a.text("when", r.when, "the rule holds when this is not 0");
  a.optional(r.forbid, [&] { a.flag("forbid", r.forbid, "not to be brought together"); });
  a.optional(!r.cost_s.empty(), [&] { a.expression("cost_s", r.cost_s, "added to the cost"); });
  a.optional(r.weight != 0.0, [&] {
    a.number("weight", r.weight, 1.0 / limits::order_weight_max, limits::order_weight_max,
             "the order counts so many times more");
  });
  a.optional(r.priority != 0, [&] {
    a.integer("priority", r.priority, -priority_max, priority_max, "in its group");
  });
  a.optional(!r.group.empty(), [&] { a.text("group", r.group, "only one of a group applies"); });
}

template <class A> void policy_version_key(A& a, of<policy> auto& p) {
  a.integer("version", p.version, 1, std::numeric_limits<std::uint32_t>::max(),
            "counted up with every change; decisions name it");
}

template <class A> void policy_keys(A& a, of<policy> auto& p) {
  a.text("planner", p.planner,
         "who decides which rider is asked; a wrong name is refused with the right ones");
  a.span("match_interval_ms", p.match_interval, 1, 60'000, "at most one match per interval");
  a.span("offer_ttl_s", p.offer_ttl, 1, hour_s, "how long a rider may think");
  a.span("position_freshness_s", p.position_freshness, 1, day_s, "older positions do not count");
  a.span("max_wait_s", p.max_wait, 1, week_s, "paid but unassigned for longer: undeliverable");
  a.span("payment_timeout_s", p.payment_timeout, 1, week_s,
         "placed but unpaid for longer: cancelled");
  a.span("dispatch_ahead_s", p.dispatch_ahead, 0, week_s,
         "look for a rider this long before ready");
  a.number("radius_m", p.radius_m, 1.0, 200'000.0, "rider to pick-up, straight line");
  a.number("radius_growth_m_per_min", p.radius_growth_m_per_min, 0.0, 100'000.0,
           "per minute that the order has waited");
  a.number("radius_max_m", p.radius_max_m, 1.0, 200'000.0, "the radius grows up to this");
  a.integer("route_orders_max", p.route_orders_max, 1, 20, "orders on a rider's route at once");
  a.integer("bundle_orders_max", p.bundle_orders_max, 1, 20,
            "orders in one offer, where there are fewer riders than orders");
  a.span("bundle_detour_max_s", p.bundle_detour_max, 0, hour_s,
         "one more order in an offer may lengthen the rides by so much, in sum");
  a.integer("offers_max", p.offers_max, 1, 1000, "in vain for one order, then undeliverable");
  a.integer("offers_at_once", p.offers_at_once, 1, limits::offers_at_once_max,
            "riders asked at once for one order");
  a.span("swap_gain_s", p.swap_gain, 0, hour_s,
         "an assigned order is offered to a rider who is so much better; 0: never");
  a.span("swap_pause_s", p.swap_pause, 1, day_s,
         "so long after it was assigned, or looked at for a better rider");
  a.integer("swaps_max", p.swaps_max, 1, 100, "how often a better rider gets one order");
  a.span("late_after_s", p.late_after, 0, day_s,
         "a rider so much later than expected at the pick-up loses the order; 0: never");
  a.span("release_ahead_s", p.release_ahead, 0, week_s,
         "look for a rider this long before the promised time");
  a.span("reservation_ttl_s", p.reservation_ttl, 1, day_s,
         "goods are held so long behind the expected pick-up");
  a.number("source_radius_m", p.source_radius_m, 1.0, 200'000.0,
           "station to customer, straight line");
  a.integer("low_stock", p.low_stock, 0, 1'000'000, "fewer unreserved pieces are an alert");
  a.span("sensor_silence_s", p.sensor_silence, 1, day_s,
         "a silent sensor while stock is low is an alert");
  a.span("pick_up_service_s", p.pick_up_service, 0, hour_s, "at the station, hand-over included");
  a.span("drop_off_service_s", p.drop_off_service, 0, hour_s, "at the customer");
  a.number("detour_factor", p.detour_factor, 1.0, 10.0, "road metres per straight metre");
  a.span("travel_overhead_s", p.travel_overhead, 0, hour_s,
         "of each way that is estimated: to set out, park, find the door");
  a.flag("routed", p.routed, "travel times are those of a routing engine, where it answers");
  a.number("order_wait_weight", p.order_wait_weight, 0.0, 1000.0, "a ready order lies waiting");
  a.number("rider_wait_weight", p.rider_wait_weight, 0.0, 1000.0,
           "a rider stands idle at the pick-up");
  a.number("detour_weight", p.detour_weight, 0.0, 1000.0, "delay of orders already on the route");
  a.number("age_weight", p.age_weight, 0.0, 1000.0,
           "an order has waited: so much goes before what its rider costs");
  a.span("shift_max_s", p.shift_max, 60, week_s, "a shift ends by itself after this time");
  a.span("overtime_s", p.overtime, 0, day_s, "work may be finished so long after a shift's end");
  a.integer("ignored_offers_max", p.ignored_offers_max, 0, 1000,
            "offers that expire in a row send the rider on a break; 0: never");
  a.integer("code_attempts_max", p.code_attempts_max, 1, 1000,
            "wrong codes of one order, then an operator has to confirm its hand-over");
  a.integer("intake_per_s", p.intake_per_s, 0, 100'000,
            "commands that one sender may send per second; 0: unlimited");
  a.integer("intake_burst", p.intake_burst, 1, 1'000'000, "so many of them at once");
  a.span(
      "shed_after_s", p.shed_after, 0, hour_s,
      "so long so far behind: new orders are refused, at half of it positions dropped; 0: never");
  a.text("time_zone", p.time_zone, "of the local time in rules and in hours of stations");
  constexpr std::array vehicles = {"walking", "bicycle", "motorcycle", "car"};
  a.section("capacity_max", [&] {
    for (std::size_t i = 0; i < vehicles.size(); ++i) {
      a.integer(vehicles.at(i), p.capacity_max.at(i), 1, limits::capacity_max,
                "units of capacity that a shift may begin with");
    }
  });
  a.section("speed_m_per_s", [&] {
    for (std::size_t i = 0; i < vehicles.size(); ++i) {
      a.number(vehicles.at(i), p.speed_m_per_s.at(i), 0.1, 50.0, "metres per second on the road");
    }
  });
  a.tables("rules", p.rules, [&](auto& rule) { rule_keys(a, rule); });
}

/// What the single keys cannot say. `path` leads to the policy.
void check_policy(toml_reader& a, const std::string& path, const policy& p);

} // namespace dispatch::wire
