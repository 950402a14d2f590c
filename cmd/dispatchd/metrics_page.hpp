#pragma once

#include "cmd/dispatchd/zones/zone_keeper.hpp"

#include <string>

namespace dispatch::daemon {

/// The figures of the node's zones in Prometheus' text format.
std::string metrics_page(const zone_keeper& zones);

} // namespace dispatch::daemon
