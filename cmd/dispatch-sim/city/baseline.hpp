#pragma once

#include "cmd/dispatch-sim/city/scenario.hpp"
#include "cmd/dispatch-sim/outcome.hpp"
#include "messages/policy.hpp"

namespace dispatch::sim {

/// The same scenario decided by the simplest policy that works: orders in the order of placement,
/// each given to the free rider who is there first; when none is free, to the one who becomes free
/// first. One order at a time per rider, every rider accepts at once and at any distance. An order
/// is looked at from `dispatch_ahead` before it is ready and given up after `max_wait`, as by the
/// zone; travel and service times are those of the policy. A function of its arguments.
service nearest_free_rider(const scenario& city, const policy& policy);

} // namespace dispatch::sim
