#pragma once

#include "actors/domain/board/board.hpp"
#include "messages/entities/order.hpp"
#include "messages/records/decision.hpp"
#include "messages/time.hpp"

#include <chrono>
#include <optional>

/// When an order is looked at. Level-triggered: an order is due when anything has changed that
/// could help it, never because an event said so.
namespace dispatch::domain {

/// Why no rider is looked for, and until when.
struct wait {
  waiting_reason reason = waiting_reason::none;
  std::optional<timestamp> look_again = {}; ///< nullopt: not before something changes
};

/// What keeps the order from being searched for; nullopt: nothing.
std::optional<wait> reason_not_to_search(const order& order, const board& known, timestamp now,
                                         std::chrono::seconds local_offset);

/// The next match looks for riders.
bool is_due(const waiting_entry& entry, const board& known, timestamp now);

/// When a better rider may be looked for; nullopt: not as things are.
std::optional<timestamp> next_look(const bound_entry& entry, const policy& policy);

/// When the next match has something to do; nullopt: not before something is observed.
std::optional<timestamp> next_match(const board& known);

} // namespace dispatch::domain
