#pragma once

#include "cmd/dispatchd/zone_runtime.hpp"

#include <map>
#include <memory>
#include <string>

namespace dispatch::daemon {

/// The zones' figures in Prometheus' text format.
std::string metrics_page(const std::map<std::string, std::unique_ptr<zone_runtime>>& zones);

} // namespace dispatch::daemon
