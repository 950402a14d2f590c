#pragma once

#include "messages/entities/state.hpp"
#include "messages/policy.hpp"
#include "messages/records/command.hpp"
#include "messages/records/event.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// What a turn and the entities say to each other.
namespace dispatch {

/// One command for one entity.
struct delivery {
  std::uint32_t input = 0; ///< index of the turn's command that caused it
  command_body command;
  timestamp at;
  std::string by; ///< the operator; empty: not an operator's command
};

/// Commands of one round for one entity. Answered with `answer`.
struct deliver {
  std::uint64_t attempt = 0; ///< of which turn; a new one commits what was answered before
  std::vector<delivery> items;
  std::shared_ptr<const dispatch::policy> policy; ///< in force in the turn
  bool tentative = false; ///< only tell what would happen; `adopt` makes it happen
};

/// What one delivery came to.
struct reply {
  std::uint32_t input = 0;
  std::vector<event_body> events;
  refusal refused = refusal::none;
  std::string detail;
};

/// What a round came to for one entity, and the state it is in now.
struct answer {
  entity_ref who;
  std::vector<reply> replies; ///< as many as deliveries, in their order
  entity_state state;
  std::string encoded;
  std::uint64_t part_before = 0; ///< of the digest
  std::uint64_t part_after = 0;
  std::string thrown; ///< what a handler threw; the answer holds nothing else then
};

/// The tentative answer becomes the entity's state.
struct adopt {};

/// Back to the state before the attempt began.
struct roll_back {
  std::uint64_t attempt = 0;
};

using observed_entity = std::pair<entity_ref, entity_state>;

} // namespace dispatch
