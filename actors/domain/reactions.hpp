#pragma once

#include "messages/command.hpp"
#include "messages/event.hpp"

#include <vector>

namespace dispatch::domain {

/// A command that an event causes to another entity, in the next round of the same turn.
struct reaction {
  entity_ref target;
  command_body command;
};

/// Who has to hear of an event, in a fixed order:
///
///  rider: offer accepted            -> each of its orders: confirm
///  rider: offer declined or expired -> each of its orders: lapse
///  rider: order collected           -> the order: collect
///  rider: order handed over         -> the order: complete
///  order: cancelled, unassigned, offer lapsed by reassignment -> its rider: release
///  order: ready                     -> its rider: the stop is ready
std::vector<reaction> reactions(const event& e);

} // namespace dispatch::domain
