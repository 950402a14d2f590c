#pragma once

#include "messages/policy.hpp"
#include "messages/time.hpp"

namespace dispatch::sim {

/// The policy for a zone whose time passes `speed` times faster than wall time. What takes 100 ms
/// of wall time in the pipeline takes 100 ms * speed there, so some limits are raised, never
/// lowered, and at most to what a zone definition may contain:
///
///  offer_ttl           longest thinking time + 0.5 s * speed
///  position_freshness  2 * (position interval + 0.5 s * speed), since the zone records a
///                      position again when the recorded one is half that old
///  match_interval      10 ms * speed
policy policy_at_speed(policy base, double speed, duration think_max, duration position_interval);

} // namespace dispatch::sim
