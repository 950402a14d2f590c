#pragma once

#include "actors/recovery/opening_failure.hpp"
#include "messages/ports/commit_log.hpp"
#include "persistence/store.hpp"

#include <cstdint>
#include <string>

namespace dispatch {

/// Appends and waits for the answer; `unknown` when none comes in time.
append_result append_and_wait(commit_log& log, const std::string& bytes,
                              std::uint64_t expected_last, const std::string& id);

/// Makes sure that the store is a copy of a prefix of the log.
///
/// A log that has lost its end, as a restored backup has or a server after a power cut, gets the
/// lost records back from the store's journal: the same bytes at the same sequences, each appended
/// behind the one before. So it does not matter who does it, nor how many at once. A log that goes
/// on differently than the store remembers has forked: that is a permanent failure, and nothing is
/// appended. Blocks.
opening_outcome repair_log(commit_log& log, store& kept, const std::string& zone);

} // namespace dispatch
