#pragma once

#include "actors/domain/planning/plan_draft.hpp"

#include <chrono>

/// The steps of a match. Each does one thing to the draft, and leaves to the next what it needs.
namespace dispatch::domain {

/// The search radius grows while an order waits, so an order is looked at again after this.
inline constexpr std::chrono::seconds look_again_after{60};

/// Carries out operators' assignments. The gates that protect the rider hold, those of taste do
/// not. An order that has a rider keeps that one when it comes to nothing.
void assign_by_hand(plan_draft& draft);

/// Searches for the orders that are due: fills `searches` and `held`.
void search_for_due(plan_draft& draft);

/// Makes offers of what is `chosen`, to those who wait longest first, then cheapest. Offers come
/// before anything is told of others: no budget may be spent on that before.
void make_offers(plan_draft& draft);

/// Orders for which no rider is left ride along in an offer of the same match, where the policy
/// allows it. Those of high weight go first, then those that were placed first. Each goes where it
/// lengthens the rides least.
void bundle(plan_draft& draft);

/// Asks several riders at once, where the policy wants it: those whom the match does not need.
void ask_others(plan_draft& draft);

/// Says of the orders without an offer what they wait for.
void tell_who_waits(plan_draft& draft);

/// Offers assigned orders to riders who are so much better, where the policy wants it.
void offer_swaps(plan_draft& draft);

/// All of these in turn, and between the search and the offers a planner's own choice: it fills
/// `chosen`.
plan plan_with(const board& known, const plan_request& request, void (*choice)(plan_draft&));

} // namespace dispatch::domain
