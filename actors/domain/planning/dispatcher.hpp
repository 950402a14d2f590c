#pragma once

#include "actors/domain/board/board.hpp"
#include "actors/domain/planning/plan.hpp"
#include "actors/domain/travel.hpp"
#include "messages/entities/entity.hpp"
#include "messages/entities/state.hpp"
#include "messages/entities/travel.hpp"
#include "messages/policy.hpp"
#include "messages/time.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dispatch::domain {

/// The board and the planner that the policy names: the board remembers, the planner decides, and
/// what is to be remembered of that goes to the board.
///
/// All results are functions of what was observed and of the times given. Changes are provisional
/// until commit(); roll_back() undoes them. Another policy of the zone is in force from the
/// commit() on that makes it true: every waiting order is looked at again.
///
/// Where the policy wants travel times of a routing engine, an order is not looked at before they
/// have been asked for (commit() says which) and learn() has told what came of it. What is not
/// known then is estimated: an engine that is out puts nothing off for long.
class dispatcher {
public:
  explicit dispatcher(policy policy) : board_(std::move(policy)) {}

  /// Takes note of an entity's state.
  void observe(const entity_ref& entity, const entity_state& state) {
    board_.observe(entity, state);
  }

  /// Restores what an order waited for when the process ended.
  void restore_reason(const std::string& order, waiting_reason reason) {
    board_.restore_reason(order, reason);
  }

  /// When the next match has something to do; nullopt: not before something is observed.
  std::optional<timestamp> next_due() const;

  /// Plans if a match is due.
  plan match(const plan_request& request);

  /// Says what should be asked before the next matches, once each.
  std::vector<wanted_travel> commit();
  void roll_back() { board_.roll_back(); }

  /// What came of asking, with the turn that records it: just before its commit().
  void learn(const std::vector<travel_answer>& answers) { board_.learn(answers); }

  const fleet& riders() const { return board_.riders(); }
  std::size_t waiting() const { return board_.waiting().size(); }
  /// When the order that waits longest was placed.
  std::optional<timestamp> oldest_waiting() const;

private:
  struct planned_at {
    timestamp now;
    std::chrono::seconds local_offset;
  };

  std::vector<wanted_travel> want_travel();

  board board_;
  std::optional<planned_at> planned_; ///< the last turn; not undone by roll_back()
};

} // namespace dispatch::domain
