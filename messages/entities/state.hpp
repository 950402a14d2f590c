#pragma once

#include "messages/entities/order.hpp"
#include "messages/entities/rider.hpp"
#include "messages/entities/station.hpp"
#include "messages/entities/zone.hpp"

#include <memory>
#include <variant>

namespace dispatch {

/// What is known about one entity: immutable, so that actors can share it.
using entity_state = std::variant<std::shared_ptr<const order>, std::shared_ptr<const rider>,
                                  std::shared_ptr<const station>, std::shared_ptr<const zone>>;

} // namespace dispatch
