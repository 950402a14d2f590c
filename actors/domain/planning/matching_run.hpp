#pragma once

#include "actors/domain/planning/dispatcher.hpp"
#include "messages/records/record_budget.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

/// A match in the making. For the dispatcher's own sources only.
namespace dispatch::domain {

/// When the rider has the order on board, if the offer is accepted at `answered`.
timestamp expected_pick_up(const order& what, const ranked_candidate& pick, timestamp answered);

/// What a decision about the order says of the search for its rider.
decision evidence_of(const search_result& found, const std::string& order_id, const policy& rules,
                     const rule_set& compiled);

struct dispatcher::matching_run {
  struct held_order {
    std::string id;
    wait why;
    search_result evidence{};
  };
  /// Where to find what belongs to an offer.
  struct made_offer {
    std::size_t search = 0;
    std::size_t proposal = 0;
    std::size_t decision = 0;
  };

  timestamp now;
  const std::string& offer_prefix;
  std::size_t budget_bytes;
  engine_times engine;
  std::size_t offers = 0;
  std::set<std::string> taken{};      ///< riders proposed to in this match
  std::set<std::string> needed{};     ///< riders whom the solution gives to an order
  promised_goods promised{};          ///< in this match
  std::vector<held_order> held{};     ///< due, but not searched for
  std::vector<std::string> unasked{}; ///< due, but travel times have to be asked for first
  std::vector<std::string> searched{};
  std::vector<search_result> searches{}; ///< parallel to searched
  std::vector<made_offer> made{};
  bool cut_short = false; ///< the record has no room for all of it
  plan result{};

  bool spend(std::size_t bytes) {
    if (bytes > budget_bytes) {
      cut_short = true;
      return false;
    }
    budget_bytes -= bytes;
    return true;
  }

  std::string next_offer_id() { return offer_prefix + "-" + std::to_string(offers++); }
};

} // namespace dispatch::domain
