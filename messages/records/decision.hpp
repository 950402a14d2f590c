#pragma once

#include "messages/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dispatch {

/// Why a rider was passed over. The value is stored: never renumber.
enum class gate : std::uint8_t {
  none = 0,
  off_shift = 1,
  stale_position = 2,
  vehicle = 3,
  capacity = 4,
  route_full = 5,
  has_offer = 6,
  passed_before = 7, ///< declined or ignored this order
  paused = 8,        ///< by an operator
  on_break = 9,
  skill = 10,      ///< lacks one that the order needs
  shift_ends = 11, ///< would finish too long after the end of the shift
  rule = 15,       ///< a rule of the policy forbids it
};

/// The stable name of a gate.
std::string_view to_string(gate code);

/// What an order waits for. The value is stored: never renumber.
enum class waiting_reason : std::uint8_t {
  none = 0,
  not_looked_at = 1, ///< the next match has not come
  zone_paused = 2,
  station_closed = 3,
  too_early = 4, ///< its ready time is further away than the zone dispatches ahead
  no_rider_in_reach = 5,
  all_riders_gated = 6, ///< riders in reach, none passes the gates
  riders_busy = 7,      ///< riders pass, but serve others better
  order_paused = 8,     ///< by an operator
  station_paused = 9,   ///< by an operator
  no_stock = 10,        ///< no open station in reach has the goods
  order_held = 11,      ///< by an operator
  planned = 12,         ///< for a rider, who need not be asked yet
  rule = 15,            ///< a rule of the policy forbids it, whoever the rider
};

/// The stable name of a waiting reason.
std::string_view to_string(waiting_reason code);

/// Where travel times come from. The value is stored: never renumber.
enum class travel_source : std::uint8_t {
  estimate = 0, ///< from straight distances
  engine = 1,   ///< a routing engine
  partly = 2,   ///< the engine, but for some ways that it did not tell
};

/// One rider considered for an order, with the terms of the cost in seconds.
struct candidate {
  std::string rider;
  double cost_s = 0.0;       ///< sum of the terms below, each times the policy's weight
  double travel_s = 0.0;     ///< until the rider stands at the pick-up, work on the route included
  double order_wait_s = 0.0; ///< the order lies ready before that
  double rider_wait_s = 0.0; ///< the rider stands there before it is ready
  double detour_s = 0.0;     ///< added to the orders that the rider already carries
  double distance_m = 0.0;   ///< rider to pick-up, straight line; no term
  std::string station = {};  ///< where the goods come from, if the dispatcher chooses
  double ride_s = 0.0;       ///< from that station to the customer
  double rules_cost_s = 0.0; ///< what the policy's rules add to the sum
  std::vector<std::string> rules = {}; ///< those that applied to this rider, at most `rules_kept`
  travel_source travel = travel_source::estimate; ///< of all times above

  bool operator==(const candidate&) const = default;
};

struct gated_rider {
  std::string rider;
  gate code = gate::none;
  std::string rule = {}; ///< which, when it is one

  bool operator==(const gated_rider&) const = default;
};

struct gate_count {
  gate code = gate::none;
  std::uint32_t riders = 0;

  bool operator==(const gate_count&) const = default;
};

/// One more rider who is asked about the same order.
struct further_offer {
  std::string rider;
  std::string offer;

  bool operator==(const further_offer&) const = default;
};

/// One decision of the dispatcher about one order: an offer, or what it waits for, with evidence.
struct decision {
  std::string order;
  std::string rider; ///< chosen; empty: none
  std::string offer; ///< made; empty: none
  waiting_reason waiting = waiting_reason::none;
  bool by_operator = false; ///< the rider was named by an operator
  std::uint32_t policy_version = 0;
  double radius_m = 0.0;               ///< searched
  std::uint32_t in_reach = 0;          ///< riders found in that radius
  std::vector<candidate> candidates;   ///< the best ones, cheapest first, at most `candidates_kept`
  std::vector<gated_rider> gated;      ///< nearest first, at most `gated_kept`
  std::vector<gate_count> counts;      ///< of all riders passed over, by gate
  std::vector<std::string> rules = {}; ///< that applied to the order, at most `rules_kept`
  std::vector<std::string> failed_rules = {}; ///< that came to no number, and were skipped
  std::vector<further_offer> also = {};       ///< who else is asked, cheapest first
  std::optional<candidate> swap_from = {};    ///< who has the order; `rider` is to get it instead
  double gain_s = 0.0;                        ///< then: by so much `rider` is better

  bool operator==(const decision&) const = default;
};

} // namespace dispatch
