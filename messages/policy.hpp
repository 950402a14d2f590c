#pragma once

#include "messages/time.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dispatch {

/// What holds under a condition, beside the numbers of the policy. actors/domain/rules.hpp says
/// what a condition can ask. Exactly one of `forbid`, `cost_s` and `weight` is given.
struct policy_rule {
  std::string name;          ///< unique in the policy
  std::string when;          ///< an expression; the rule holds when it is not 0
  bool forbid = false;       ///< the order and the rider are not brought together
  std::string cost_s;        ///< an expression: seconds added to the cost; empty: none
  double weight = 0.0;       ///< the order counts so many times more than others; 0: none
  std::int32_t priority = 0; ///< in its group
  std::string group;         ///< of the rules of a group only one applies; empty: in no group

  bool operator==(const policy_rule&) const = default;
};

/// What an operator may tune per zone. Times are zone time.
struct policy {
  std::uint32_t version = 1;

  std::string planner = "greedy";                 ///< who decides which rider is asked
  std::chrono::milliseconds match_interval{1000}; ///< at most one match per interval
  std::chrono::seconds offer_ttl{45};             ///< how long a rider may think
  std::chrono::seconds position_freshness{180};   ///< older positions do not count
  std::chrono::seconds max_wait{5400};            ///< paid but unassigned for longer: undeliverable
  std::chrono::seconds payment_timeout{900};      ///< placed but unpaid for longer: cancelled
  std::chrono::seconds dispatch_ahead{900};       ///< look for a rider this long before ready
  double radius_m = 5000.0;                       ///< rider to pick-up, straight line
  double radius_growth_m_per_min = 500.0;         ///< per minute that the order has waited
  double radius_max_m = 15000.0;
  std::uint32_t route_orders_max = 3;          ///< orders on a rider's route at once
  std::uint32_t bundle_orders_max = 1;         ///< orders in one offer
  std::chrono::seconds bundle_detour_max{600}; ///< by which one more of them lengthens the rides
  std::uint32_t offers_max = 30;               ///< in vain for one order, then undeliverable
  std::uint32_t offers_at_once = 1;            ///< riders asked at once for one order
  std::chrono::seconds swap_gain{0};    ///< who is so much better gets an assigned order; 0: never
  std::chrono::seconds swap_pause{120}; ///< since it was assigned or looked at for that
  std::uint32_t swaps_max = 1;          ///< of one order
  std::chrono::seconds late_after{0};   ///< behind the expected arrival; 0: never
  std::chrono::seconds release_ahead{1800};   ///< look for a rider this long before promised
  std::chrono::seconds reservation_ttl{300};  ///< goods are held behind the expected pick-up
  double source_radius_m = 10000.0;           ///< station to customer, straight line
  std::uint32_t low_stock = 5;                ///< unreserved pieces; below that: an alert
  std::chrono::seconds sensor_silence{30};    ///< while stock is low: an alert
  std::chrono::seconds pick_up_service{120};  ///< at the station, hand-over included
  std::chrono::seconds drop_off_service{120}; ///< at the customer
  double detour_factor = 1.3;                 ///< road metres per straight metre
  std::chrono::seconds travel_overhead{0};    ///< of each way: to set out, park, find the door
  bool routed = false; ///< travel times are those of a routing engine, where it answers

  /// Metres per second by vehicle: walking, bicycle, motorcycle, car.
  std::array<double, 4> speed_m_per_s{1.4, 4.2, 7.0, 7.0};

  /// Units of capacity that a shift may begin with, by vehicle as above.
  std::array<std::uint32_t, 4> capacity_max{1000, 1000, 1000, 1000};

  std::chrono::seconds shift_max{14 * 3600}; ///< a shift ends by itself after this time
  std::chrono::seconds overtime{1800};       ///< work may be finished so long after a shift's end
  std::uint32_t ignored_offers_max = 3;      ///< in a row, then a break; 0: never
  std::uint32_t code_attempts_max = 5;       ///< wrong codes of one order, then an operator

  /// Weights of the cost, in seconds per second.
  double order_wait_weight = 2.0; ///< a ready order lies waiting
  double rider_wait_weight = 0.3; ///< a rider stands idle at the pick-up
  double detour_weight = 1.0;     ///< delay of orders already on the route

  double age_weight = 1.0; ///< an order has waited; equal orders leave in their order

  /// Protection of the intake, by the server's clock however fast the zone's goes.
  std::uint32_t intake_per_s = 0;      ///< commands of one sender per second; 0: unlimited
  std::uint32_t intake_burst = 100;    ///< so many at once
  std::chrono::seconds shed_after{30}; ///< the zone may be so far behind; 0: any time

  /// Of the local time, in rules and in the hours of stations: a name of the tz database.
  std::string time_zone = "UTC";
  std::vector<policy_rule> rules;

  bool operator==(const policy&) const = default;
};

/// A version of a zone's policy as the log keeps it: what counts is the text.
struct kept_policy {
  std::uint32_t version = 0;                      ///< ascending; 0: none is kept
  std::string toml;                               ///< canonical, without the version
  std::shared_ptr<const policy> parsed = nullptr; ///< what both mean; null when none is kept

  bool operator==(const kept_policy& other) const {
    return version == other.version && toml == other.toml;
  }
};

} // namespace dispatch
