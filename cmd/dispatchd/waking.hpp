#pragma once

#include "cmd/dispatchd/connections.hpp"
#include "messages/time.hpp"

#include <string>

namespace dispatch::daemon {

/// Simulated clocks go on from the time of the newest record of their zones, `speed` times as fast
/// as wall time: nobody drove these zones meanwhile, so their time stood still (decision 0054).
/// Every turn records its time as ever; records decided again use what is recorded.
///
/// Only beside an embedded server, which is down exactly while its node is. To be called after the
/// server has started and before any zone is opened.
status wake_simulations(const connections& on, const std::string& root, double speed,
                        timestamp wall);

} // namespace dispatch::daemon
