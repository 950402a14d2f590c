#pragma once

#include "cmd/client/ask.hpp"

#include <optional>
#include <string>

namespace dispatch::ctl {

/// Why a zone that runs takes no commands at present.
struct stall {
  std::string state; ///< in two words
  std::string what;  ///< with what helps
};

/// By what the zone's owner says of it; nullopt: nothing stalls it.
std::optional<stall> stall_of(const std::string& zone, const client::zone_status& status);

} // namespace dispatch::ctl
