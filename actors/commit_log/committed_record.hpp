#pragma once

#include "messages/ports/commit_log.hpp"
#include "persistence/store.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace dispatch {

/// The bytes of a record up to the store's position: of the journal, or else of the log, which goes
/// back further when the store was loaded from a snapshot or has forgotten. nullopt when neither
/// keeps it.
result<std::optional<std::string>> committed_record(store& kept, commit_log& log,
                                                    std::uint64_t number);

} // namespace dispatch
