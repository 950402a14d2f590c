#pragma once

#include "actors/turn/entity.hpp"
#include "actors/turn/turn.hpp"

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

namespace dispatch {

/// The entities of a zone that tests run, and their part in a turn.
struct entity_hall {
  std::function<entity_state(const entity_ref&)> state_of; ///< of one that nobody has called yet
  std::shared_ptr<const dispatch::policy> policy;
  std::map<entity_ref, std::unique_ptr<entity>> awake = {};

  entity& at(const entity_ref& who) {
    auto& known = awake[who];
    if (known == nullptr) {
      known = make_entity(who, state_of(who));
    }
    return *known;
  }

  /// Throws what a handler threw.
  void answer(turn& current, std::vector<turn::batch> batches, std::uint64_t attempt,
              bool tentative) {
    for (auto& b : batches) {
      current.take(at(b.target).decide({attempt, std::move(b.items), policy, tentative}));
    }
    if (!current.thrown().empty()) {
      throw std::runtime_error(current.thrown());
    }
  }
};

} // namespace dispatch
