#pragma once

#include "persistence/store.hpp"

#include <cstddef>
#include <optional>

/// Commands that no process survives. The log shows that owners died again and again and got no
/// further in its input; then a zone decides one command at a time and notes in its store
/// which. A note that is found when the zone opens again names a suspect; the second time, it
/// becomes a dead letter instead of being decided once more.
namespace dispatch {

/// How a zone that has just been opened goes on.
struct caution {
  std::size_t turns = 0;                    ///< to be run with one command each
  std::optional<attempted_command> suspect; ///< was being decided when a process ended
};

/// What to make of the newest records and of the note, in the store of a zone that has just been
/// opened by the record at `open`.
caution look_for_deaths(store& kept, const store_position& open);

} // namespace dispatch
