#pragma once

#include "cmd/client/announced.hpp"

#include <nlohmann/json_fwd.hpp>

namespace dispatch::ctl {

using client::announced;

/// For `-o json`: with its sequence.
nlohmann::ordered_json to_json(const announced& message);

} // namespace dispatch::ctl
