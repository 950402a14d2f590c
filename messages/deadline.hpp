#pragma once

namespace dispatch {

/// A deadline in an entity's state has passed. Sent by the zone.
struct pass_deadline {};

} // namespace dispatch
