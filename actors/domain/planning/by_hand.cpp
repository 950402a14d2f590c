#include "actors/domain/planning/steps.hpp"
#include "messages/records/record_budget.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

/// Operators' assignments.
namespace dispatch::domain {

namespace {

/// The gates that protect a rider; null: nobody on shift has the id.
gate protecting_gate(const rider* rider, const order& order) {
  if (rider == nullptr) {
    return gate::off_shift;
  }
  if (rider->pause) {
    return gate::paused;
  }
  if (rider->on_break) {
    return gate::on_break;
  }
  if (!has_skills(*rider, order)) {
    return gate::skill;
  }
  return rider->open_offer ? gate::has_offer : gate::none;
}

/// What an operator's assignment comes to.
struct judged {
  gate code = gate::none;
  waiting_reason obstacle = waiting_reason::none;
  evaluation evaluated; ///< possible: it is carried out
  bool at_paused_station = false;
};

judged judge(plan_draft& draft, const known_order& order) {
  const auto& known = draft.known;
  const auto& state = order.state;
  const auto context = draft.context();
  const auto& rider_id = state.requested_rider;
  const auto found = known.riders().find(rider_id);
  const auto* rider = found == known.riders().end() ? nullptr : found->second.get();
  judged result;
  result.code = protecting_gate(rider, state);
  const auto named = known.stations().find(state.details.station);
  result.at_paused_station = named != known.stations().end() && named->second->pause;
  const auto sources =
      needs_source(state) ? sources_of(state, draft.promised, context) : std::vector<std::string>{};
  if (needs_source(state) && sources.empty()) {
    result.obstacle = waiting_reason::no_stock;
  } else if (state.status == order_status::waiting && state.sourced &&
             state.stranded_with.empty() && result.at_paused_station) {
    result.obstacle = waiting_reason::station_paused; // It takes no reservation anew.
  }
  if (result.code == gate::none && result.obstacle == waiting_reason::none) {
    const known_rider asked{rider_id, *rider};
    result.evaluated = needs_source(state) ? evaluate_sources(asked, order, sources, context)
                                           : evaluate(asked, order, context.now, context.travel);
    result.code = result.evaluated.possible ? gate::none : gate::capacity;
  }
  return result;
}

void carry_out(plan_draft& draft, const known_order& order) {
  auto judged = judge(draft, order);
  const auto waits = order.state.status == order_status::waiting;
  decision d;
  d.order = order.id;
  d.policy_version = draft.known.policy().version;
  d.by_operator = true;
  if (!judged.evaluated.possible) {
    const auto hindered = judged.obstacle != waiting_reason::none;
    if (waits) {
      d.waiting = hindered ? judged.obstacle : waiting_reason::not_looked_at;
      draft.entry_of(order.id).reason = d.waiting;
    }
    const auto& rider = order.state.requested_rider;
    if (judged.code != gate::none) {
      d.gated.push_back({rider, judged.code});
    }
    draft.result.refused.push_back(
        {order.id, rider,
         std::string{hindered ? to_string(judged.obstacle) : to_string(judged.code)}});
  } else {
    d.candidates.push_back(judged.evaluated.candidate.terms);
    d.in_reach = 1;
    auto made = propose(draft, order, std::move(judged.evaluated.candidate), true);
    if (waits) {
      draft.entry_of(order.id).reason = waiting_reason::not_looked_at;
    } else if (judged.at_paused_station) {
      made.orders.front().wants.reset(); // Its goods are held there, for no longer than they are.
    }
    put_forward(draft, std::move(made), std::move(d));
    return;
  }
  draft.result.decisions.push_back(std::move(d));
}

} // namespace

void assign_by_hand(plan_draft& draft) {
  const auto carry_out_wishes = [&](const auto& orders) {
    for (const auto& [id, entry] : orders) {
      const auto& order = *entry.state;
      if (order.requested_rider.empty()) {
        continue;
      }
      if (draft.taken.contains(order.requested_rider)) {
        draft.result.notes.unfinished = true; // The route is another one then: the next match.
        continue;
      }
      if (!draft.spend(record_budget::reserve_assignment())) {
        return false;
      }
      carry_out(draft, {id, order});
    }
    return true;
  };
  if (carry_out_wishes(draft.known.waiting())) {
    carry_out_wishes(draft.known.bound());
  }
}

} // namespace dispatch::domain
