#pragma once

#include "cmd/dispatchd/answers/metric_list.hpp"

#include <optional>
#include <string>

namespace dispatch::daemon {

/// The answer to the question `zone`, as JSON. `halted_by`: why it has halted; nullopt: it has not.
std::string status_of(const std::string& zone, const std::optional<std::string>& halted_by,
                      const zone_readings& from);

} // namespace dispatch::daemon
