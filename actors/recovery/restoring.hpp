#pragma once

#include "actors/recovery/opening.hpp"

namespace dispatch {

/// Reads from the store what the dispatcher, the deadlines and the position filter know of
/// entities that sleep, and which ids were applied; with `waybills` also which orders want one.
/// `zone.position` is given.
opening_outcome restore_memory(store& from, bool waybills, opened_zone& zone);

} // namespace dispatch
