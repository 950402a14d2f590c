#pragma once

#include "actors/domain/board/board.hpp"
#include "actors/domain/board/looks.hpp"
#include "actors/domain/matching/matching.hpp"
#include "actors/domain/matching/sourcing.hpp"
#include "actors/domain/planning/plan.hpp"
#include "messages/records/decision.hpp"
#include "messages/time.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace dispatch::domain {

/// A plan in the making, and what its steps tell each other.
struct plan_draft {
  /// Both outlive the draft.
  plan_draft(const board& known, const plan_request& request);

  /// An order that is due and is not offered, and why.
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

  const board& known;
  const plan_request& request;
  engine_times engine;
  std::size_t budget_bytes; ///< of the record, not yet spent
  std::size_t offers = 0;
  std::set<std::string> taken{};  ///< riders proposed to in this match
  std::set<std::string> needed{}; ///< riders whom the choice gives to an order
  promised_goods promised{};      ///< in this match
  std::vector<held_order> held{};
  std::vector<search_result> searches{}; ///< one for each order that riders are looked for
  std::vector<std::size_t> chosen{};     ///< parallel: the candidate, or `unassigned`
  std::vector<made_offer> made{};
  plan result{};

  search_context context();
  std::string next_offer_id();

  /// False: the record has no room for so much. The match is unfinished then.
  bool spend(std::size_t bytes);

  /// What is remembered of an order that waits, to be changed.
  waiting_entry& entry_of(const std::string& order);
  /// An order that waits.
  const order& waiting_order(const std::string& id) const;
};

/// When the rider has the order on board, if the offer is accepted at `answered`.
timestamp expected_pick_up(const order& order, const ranked_candidate& pick, timestamp answered);

/// What the order takes besides the rider. Takes the goods for the rest of the match.
order_terms terms_of(plan_draft& draft, const known_order& order, const ranked_candidate& pick,
                     timestamp answered);

/// An offer to this rider. Takes the rider and the goods for the rest of the match.
proposal propose(plan_draft& draft, const known_order& order, ranked_candidate pick,
                 bool confirmed);

/// The proposal, and the decision that it was made.
void put_forward(plan_draft& draft, proposal made, decision evidence);

/// What a decision about the order says of the search for its rider.
decision evidence_of(const search_result& found, const board& known);

/// The order is not looked at until then. A reason that was told before is not told again.
void keep_waiting(plan_draft& draft, const std::string& id, const wait& why, decision evidence);

} // namespace dispatch::domain
