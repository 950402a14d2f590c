#pragma once

#include "actors/domain/matching/search_context.hpp"
#include "actors/domain/rules.hpp"
#include "actors/domain/travel.hpp"
#include "messages/entities/order.hpp"
#include "messages/entities/rider.hpp"
#include "messages/policy.hpp"
#include "messages/records/decision.hpp"
#include "messages/time.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// Which rider should carry which order.
///
/// The cost of a rider for an order is in seconds:
///
///   travel until the rider stands at the pick-up (work on the route included)
///   + order_wait_weight * time for which the order lies ready before that
///   + rider_wait_weight * time for which the rider waits for the order
///   + detour_weight     * (delay of the orders on the route + ride of this order beyond direct)
///   + what the policy's rules add
///   + ride from the station to the customer, where the dispatcher chooses the station
///
/// A rule's weight multiplies order_wait_weight, and what it costs to leave the order without a
/// rider, as its priority does: so where riders are scarce, the order comes first.
///
/// One match solves one minimum-cost assignment over all orders looked at, so that no order is
/// served by arrival at the expense of the sum. An order goes unserved only when no rider is left,
/// one of low priority before one of high; then
///
///   age_weight * time for which the order has waited
///
/// counts against the costs, so that no order is passed over for ever: with a weight of 1 an order
/// that has waited ten minutes longer goes before one whose rider costs less than ten minutes less.
/// Where that is equal, too, the order that has waited longer is served, then that of the lower id.
namespace dispatch::domain {

/// The straight-line radius in which riders are searched for an order.
double search_radius_m(const order& order, timestamp now, const policy& policy);

/// Why the rider cannot be asked to carry the order, apart from distance and what depends on
/// the route; none when it can.
gate gate_of(const known_rider& rider, const order& order, timestamp now, const policy& policy);

/// Whether the rider has every skill that the order needs.
bool has_skills(const rider& rider, const order& order);

/// The stops that an order adds to a route.
stop pick_up_stop(const std::string& order_id, const order& order);
stop drop_off_stop(const std::string& order_id, const order& order);

/// What the rules say of an order, and what they need to judge riders for it.
struct order_ruling {
  const rule_set& rules;
  rule_facts facts; ///< of the order that was judged: it outlives the ruling
  rule_verdict verdict;
};
order_ruling rule_on(const order& order, const search_context& context);

/// What the rules say of the rider, with the route as it is in `rider`, for that order.
rule_verdict judge_pair(const order_ruling& ruling, const rider& rider, const order& order);

/// A candidate with the route that the rider would have.
struct ranked_candidate {
  candidate terms;
  std::vector<stop> route;
  std::optional<chosen_station> from = {}; ///< if the order needs one
};

/// Cheapest first; ties by rider id.
void sort_by_cost(std::vector<ranked_candidate>& candidates);

/// Everything found in the search for one order.
struct search_result {
  std::string order; ///< its id
  double radius_m = 0.0;
  double weight = 1.0;                      ///< of leaving the order unserved
  double waited_s = 0.0;                    ///< since the zone began to look for a rider
  std::uint32_t in_reach = 0;               ///< riders looked at
  std::vector<ranked_candidate> candidates; ///< as sort_by_cost() leaves them
  std::vector<gated_rider> gated;           ///< nearest first, at most `gated_kept`
  std::map<gate, std::uint32_t> counts;     ///< of all riders that did not pass
  rule_bits applied = 0;                    ///< to the order
  rule_bits failed = 0;
  bool others_get_them = false; ///< candidates who are proposed to already were left out
  bool forbidden = false;       ///< by a rule, whoever the rider: nothing was searched
};

/// Looks outward from the pick-up until `candidates_per_order` riders pass, at least
/// `idle_candidates_per_order` of them without work, or the radius ends, or many have work.
search_result search(const known_order& order, const search_context& context);

/// The cost terms and the route if this rider takes this order.
struct evaluation {
  ranked_candidate candidate;
  gate code = gate::capacity; ///< why it is not offered: no room, or done too late; none: it is
  bool possible = false;      ///< false: the capacity does not allow it anywhere on the route
};
evaluation evaluate(const known_rider& rider, const known_order& order, timestamp now,
                    const travel_model& travel);

/// The one sum of the terms, each times the policy's weight: what `cost_s` says. The order of
/// adding is a part of the edition: another one could round to another last bit.
double cost_of(const candidate& terms, const policy& policy);

/// Says what the rules add to the cost.
void add_rules(candidate& terms, const order_ruling& ruling, const rule_verdict& pair,
               const policy& policy);

/// The index of the chosen candidate of each search, or `unassigned`; each rider at most once.
std::vector<std::size_t> choose(const std::vector<search_result>& searches, double age_weight);

} // namespace dispatch::domain
