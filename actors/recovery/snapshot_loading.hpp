#pragma once

#include "actors/recovery/opening_failure.hpp"
#include "messages/ports/commit_log.hpp"
#include "messages/ports/snapshot_shelf.hpp"
#include "persistence/store.hpp"

#include <string>

namespace dispatch {

/// Makes sure that the log goes on where the store ends.
///
/// A store that is empty, or that ends before the log begins, becomes the newest shipped snapshot
/// that fits the log: the log has its last record, or the one behind it. A snapshot that is torn or
/// damaged is passed over, with a warning, for the one before. A store that needs one and finds
/// none is a permanent failure, which says why. Without a shelf there are no snapshots. Blocks.
opening_outcome load_snapshot(commit_log& log, snapshot_shelf* shelf, store& kept,
                              const std::string& zone);

} // namespace dispatch
