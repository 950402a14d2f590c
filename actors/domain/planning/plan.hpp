#pragma once

#include "actors/domain/board/board.hpp"
#include "messages/entities/order.hpp"
#include "messages/entities/rider.hpp"
#include "messages/records/decision.hpp"
#include "messages/time.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dispatch::domain {

/// What a match is asked for.
struct plan_request {
  timestamp now;
  std::string offer_prefix; ///< offers are named `<offer_prefix>-<index>`
  /// Of the record, for decisions and what the offers cause. What does not fit is looked at again
  /// in the next match, which is due at once then.
  std::size_t budget_bytes = 0;
  std::chrono::seconds local_offset{0}; ///< the zone's local time less UTC
};

/// Goods that a station is to hold for the order of a proposal.
struct wanted_goods {
  std::string station;
  std::vector<goods> items;
  timestamp until;
};

/// What one order of a proposal takes besides the rider.
struct order_terms {
  std::string order;
  std::optional<wanted_goods> wants = {};
  std::optional<chosen_station> from = {}; ///< where they come from, if nothing held them before
  std::optional<timestamp> pick_up_by = {};
};

/// One more rider who is asked about the order of a proposal.
struct further_ask {
  std::string rider;
  dispatch::offer offer;
  std::optional<timestamp> pick_up_by = {};
};

/// What the dispatcher wants to offer to one rider or to several at once, or with `confirmed` an
/// operator's assignment. Either all of its commands are applied (to every rider, to every order,
/// and to the station), or none.
struct proposal {
  std::string rider;
  dispatch::offer offer;
  bool confirmed = false;
  std::vector<order_terms> orders = {}; ///< as many as the offer's, in the same order; not empty
  std::vector<further_ask> also = {};   ///< of a single order: others who are offered it
  std::string instead_of = {};          ///< of a single order: who has it; empty: nobody
};

/// An operator's assignment that is not possible.
struct refused_assignment {
  std::string order;
  std::string rider;
  std::string reason; ///< the name of a gate, of what the order waits for, or of a refusal
};

/// What a match comes to.
struct plan {
  bool ran = false;                ///< false: nothing was due, and nothing has changed
  std::vector<proposal> proposals; ///< of those who wait longest first, then cheapest
  std::vector<refused_assignment> refused;
  std::vector<decision> decisions; ///< operators' first, then in the order of the proposals
  std::size_t failed_rules = 0;    ///< searches in which a rule came to no number
  match_notes notes = {};          ///< of the planner for the board, which takes them
};

} // namespace dispatch::domain
