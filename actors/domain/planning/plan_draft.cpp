#include "actors/domain/planning/plan_draft.hpp"

#include "messages/limits.hpp"
#include "messages/records/record_budget.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace dispatch::domain {

plan_draft::plan_draft(const board& by_board, const plan_request& asked)
    : known(by_board), request(asked), engine(known.travel()), budget_bytes(request.budget_bytes) {
  result.ran = true;
}

search_context plan_draft::context() {
  return known.context_at(request.now, request.local_offset, engine);
}

std::string plan_draft::next_offer_id() {
  return request.offer_prefix + "-" + std::to_string(offers++);
}

bool plan_draft::spend(std::size_t bytes) {
  if (bytes > budget_bytes) {
    result.notes.unfinished = true;
    return false;
  }
  budget_bytes -= bytes;
  return true;
}

waiting_entry& plan_draft::entry_of(const std::string& order) {
  return result.notes.waiting.try_emplace(order, known.waiting().at(order)).first->second;
}

const order& plan_draft::waiting_order(const std::string& id) const {
  return *known.waiting().at(id).state;
}

timestamp expected_pick_up(const order& order, const ranked_candidate& pick, timestamp answered) {
  const auto arrival =
      std::chrono::round<duration>(std::chrono::duration<double>{pick.terms.travel_s});
  return std::max(answered + arrival, order.details.ready_at);
}

order_terms terms_of(plan_draft& draft, const known_order& order, const ranked_candidate& pick,
                     timestamp answered) {
  const auto& policy = draft.known.policy();
  const auto& details = order.state.details;
  const auto collected = expected_pick_up(order.state, pick, answered);
  order_terms terms{order.id, {}, pick.from, {}};
  if (!details.items.empty() && order.state.stranded_with.empty()) {
    terms.wants = {pick.from ? pick.from->id : details.station, details.items,
                   collected + policy.reservation_ttl};
    if (pick.from) {
      draft.promised.promise(pick.from->id, details.items);
    }
  }
  if (policy.late_after.count() > 0) {
    terms.pick_up_by = collected + policy.late_after;
  }
  return terms;
}

proposal propose(plan_draft& draft, const known_order& order, ranked_candidate pick,
                 bool confirmed) {
  const auto thinks = confirmed ? duration{0} : duration{draft.known.policy().offer_ttl};
  const auto answered = draft.request.now + thinks;
  proposal made;
  made.rider = pick.terms.rider;
  made.confirmed = confirmed;
  made.orders.push_back(terms_of(draft, order, pick, answered));
  made.offer = {draft.next_offer_id(), {order.id}, std::move(pick.route), answered};
  draft.taken.insert(made.rider);
  return made;
}

void put_forward(plan_draft& draft, proposal made, decision evidence) {
  evidence.rider = made.rider;
  evidence.offer = made.offer.id;
  draft.result.proposals.push_back(std::move(made));
  draft.result.decisions.push_back(std::move(evidence));
}

decision evidence_of(const search_result& found, const board& known) {
  decision d;
  d.order = found.order;
  d.policy_version = known.policy().version;
  d.radius_m = found.radius_m;
  d.in_reach = found.in_reach;
  for (const auto& c : found.candidates) {
    if (d.candidates.size() == limits::candidates_kept) {
      break;
    }
    d.candidates.push_back(c.terms);
  }
  d.gated = found.gated;
  for (const auto& [code, riders] : found.counts) {
    d.counts.push_back({code, riders});
  }
  d.rules = known.rules().names(found.applied);
  d.failed_rules = known.rules().names(found.failed);
  return d;
}

void keep_waiting(plan_draft& draft, const std::string& id, const wait& why, decision evidence) {
  if (draft.entry_of(id).reason != why.reason) {
    evidence.order = id;
    evidence.waiting = why.reason;
    if (!draft.spend(record_budget::reserve(evidence))) {
      return; // Stays dirty: the next match has a budget of its own.
    }
    draft.result.decisions.push_back(std::move(evidence));
  }
  auto& entry = draft.entry_of(id);
  entry.reason = why.reason;
  entry.dirty = false;
  entry.next_look = why.look_again;
  entry.travel = travel_phase::unasked;
}

} // namespace dispatch::domain
