#pragma once

#include "messages/entities/traits.hpp"

namespace dispatch {

/// A deadline in an entity's state has passed. Sent by the zone.
struct pass_deadline {
  static constexpr auto verb = from_zone("pass_deadline");
  static constexpr order_handling at_order{.taken_while_paused = true, .rider_hears = true};
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::none};
  static constexpr station_handling at_station{.taken_while_paused = true, .takes_goods = true};
};

} // namespace dispatch
