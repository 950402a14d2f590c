#include "actors/domain/planning/dispatcher.hpp"

#include "actors/domain/board/looks.hpp"
#include "actors/domain/matching/sourcing.hpp"
#include "actors/domain/planning/planner.hpp"

#include <utility>

namespace dispatch::domain {

std::optional<timestamp> dispatcher::next_due() const { return next_match(board_); }

plan dispatcher::match(const plan_request& request) {
  planned_ = {request.now, request.local_offset};
  const auto due = next_due();
  if (!due || request.now < *due) {
    return {};
  }
  board_.begin_match(request.now);
  // A policy of a newer build may name a planner that this one does not have.
  const auto named = find_planner(board_.policy().planner);
  auto made = (named != nullptr ? named : greedy)(board_, request);
  board_.remember(std::exchange(made.notes, {}), request.now);
  return made;
}

std::vector<wanted_travel> dispatcher::commit() {
  board_.commit();
  return want_travel();
}

/// Of the orders that the next match would look at.
std::vector<wanted_travel> dispatcher::want_travel() {
  std::vector<wanted_travel> list;
  if (!board_.policy().routed || !planned_) {
    return list;
  }
  const auto [now, local_offset] = *planned_;
  for (const auto& [id, entry] : board_.waiting()) {
    if (!entry.dirty || entry.travel != travel_phase::unasked ||
        !entry.state->requested_rider.empty() ||
        reason_not_to_search(*entry.state, board_, now, local_offset)) {
      continue;
    }
    engine_times engine{board_.travel()};
    (void)search_with_sources({id, *entry.state}, {}, board_.context_at(now, local_offset, engine));
    auto missing = engine.missing();
    board_.note_travel(id, missing.empty() ? travel_phase::answered : travel_phase::asked);
    if (!missing.empty()) {
      list.push_back({id, std::move(missing)});
    }
  }
  return list;
}

std::optional<timestamp> dispatcher::oldest_waiting() const {
  std::optional<timestamp> oldest;
  for (const auto& [id, entry] : board_.waiting()) {
    if (!oldest || entry.state->placed_at < *oldest) {
      oldest = entry.state->placed_at;
    }
  }
  return oldest;
}

} // namespace dispatch::domain
