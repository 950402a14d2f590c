#pragma once

#include "messages/entities/vehicle.hpp"
#include "messages/policy.hpp"
#include "messages/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The rules of a policy. An expression knows + - * / < <= == != >= > && || ! and parentheses, the
/// functions min, max, abs, floor and ceil, and what follows. Whatever is not 0 is true.
///
///   of the order    order_load, order_waited_min, order_priority, needs("skill")
///   of the station  station_distance_m (to the drop-off), station_is("id")
///   of the time     local_hour (0 to 24, 13.5 is half past one), local_weekday (1 is Monday)
///   of the rider    rider_capacity, rider_load, rider_orders, distance_m (to the pick-up),
///                   rider_can("skill"), vehicle_is("car")
///
/// A group (or a rule in none) that asks nothing of the rider is judged once per order: if it
/// forbids, the order waits. Any other is judged for every rider, and cannot give a weight.
///
/// Of the rules of a group that hold, the one of the highest priority applies, the first of equals.
/// An expression that comes to no number, or divides by zero, is as if its rule did not hold.
namespace dispatch::domain {

/// What expressions ask for.
struct rule_facts {
  double order_load = 0.0;
  double order_waited_min = 0.0; ///< since the zone began to look for a rider
  double order_priority = 0.0;
  double station_distance_m = 0.0;
  double local_hour = 0.0;
  double local_weekday = 1.0;
  double rider_capacity = 0.0;
  double rider_load = 0.0;
  double rider_orders = 0.0; ///< on the route
  double distance_m = 0.0;
  vehicle rider_vehicle = vehicle::walking;
  std::string_view station;
  std::span<const std::string> order_skills; ///< that it needs
  std::span<const std::string> rider_skills;
};

/// The hour and the weekday of a time that is so far ahead of UTC.
void set_local_time(rule_facts& facts, timestamp now, std::chrono::seconds ahead);

/// Rules by their place in the policy, one bit each.
using rule_bits = std::uint32_t;

struct rule_verdict {
  std::optional<std::size_t> forbidden_by; ///< place of the first rule that does
  double cost_s = 0.0;
  double weight = 1.0; ///< of the order
  rule_bits applied = 0;
  rule_bits failed = 0;
};

/// Compiled rules. Expressions are computed in place: one thread at a time.
class rule_set {
public:
  /// A rule with a fault fails whenever it is asked for.
  explicit rule_set(const std::vector<policy_rule>& given);
  ~rule_set();
  rule_set(rule_set&&) noexcept;
  rule_set& operator=(rule_set&&) noexcept;

  bool empty() const;

  /// What is wrong with the first rule that cannot be compiled: its name, the key, the position and
  /// why. nullopt when all can.
  std::optional<std::string> fault() const;

  /// What follows for the order, whoever the rider.
  rule_verdict of_order(const rule_facts& facts) const;

  /// What follows for the order and one rider, beside what follows for the order.
  rule_verdict of_pair(const rule_facts& facts) const;

  const std::string& name(std::size_t place) const;
  /// Of those in `which`, at most `rules_kept`, in the order of the policy.
  std::vector<std::string> names(rule_bits which) const;

private:
  struct compiled;

  rule_verdict judge(const rule_facts& facts, bool of_riders) const;

  std::unique_ptr<compiled> compiled_;
};

} // namespace dispatch::domain
