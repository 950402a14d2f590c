#pragma once

#include "messages/records/command.hpp"
#include "messages/records/event.hpp"

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
///  rider: arrived at a pick-up      -> the order: reached
///  rider: order collected           -> the order: collect
///  rider: order handed over         -> the order: complete
///  rider: delivery failed           -> the order: it comes back
///  order: cancelled, unassigned, offer taken back or taken by another -> its rider: release
///  order: another rider wants it    -> its rider: yield it
///  rider: yielded or kept           -> the order: it changes hands, or does not
///  order: returning                 -> its rider: bring it back
///  order: ready                     -> all riders asked, or its rider: the stop is ready
///  order: reached                   -> the station: the rider has come for its goods
///  order: unassigned                -> the station: the rider has gone without them
///  order: unsourced                 -> the station: release its goods
///  order: picked up                 -> the station: its goods are taken
///  order: returned                  -> the station: its goods are back
///  station: goods released, but not at the order's wish -> the order: its goods are lost
std::vector<reaction> reactions(const event& e);

} // namespace dispatch::domain
