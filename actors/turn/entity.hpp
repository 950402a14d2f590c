#pragma once

#include "actors/turn/deliveries.hpp"

#include <cstdint>
#include <memory>

namespace dispatch {

/// An order, a rider, a station or the zone itself, as turns know it: its state, and the machine
/// that decides its commands. All that an attempt made of it can be taken back until the next one
/// begins.
class entity {
public:
  entity() = default;
  entity(const entity&) = delete;
  entity& operator=(const entity&) = delete;
  virtual ~entity() = default;

  /// Decides the commands one after the other. Tentative ones change nothing before `adopt`.
  virtual answer decide(const deliver& message) = 0;

  /// The last tentative answer becomes the state.
  virtual void adopt() = 0;

  /// Back to the state before the attempt; of another attempt, nothing happens.
  virtual void roll_back(std::uint64_t attempt) = 0;
};

std::unique_ptr<entity> make_entity(const entity_ref& entity, const entity_state& state);

} // namespace dispatch
