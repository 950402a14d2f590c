#pragma once

#include "messages/wire/zone/zone_definition.hpp"
#include "tests/integration/harness.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace dispatch::integration {

/// All records of a zone's log, as they are stored.
std::vector<std::string> stored_log(const site& where, const std::string& zone);

/// Decides all turns of a log again, from their recorded commands, on in-memory twins and a
/// scheduler with so many threads. Returns the first difference in words; nullopt when all records
/// have the same bytes and as much was announced as they say.
std::optional<std::string> difference_when_decided_again(const zone_definition& definition,
                                                         const std::vector<std::string>& log,
                                                         std::size_t threads);

} // namespace dispatch::integration
