#pragma once

#include "messages/entities/place.hpp"
#include "messages/time.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace dispatch {

/// Where a rider said to be, by the server's wall clock.
struct rider_position {
  std::string rider;
  place at;
  timestamp stored_at;
};

/// Port: the newest position of each rider of one zone. A hint: positions may be skipped, and all
/// vanish when the server restarts.
class position_feed {
public:
  virtual ~position_feed() = default;

  /// `on_available` is called, from any thread, whenever take() has something after it had nothing.
  virtual void start(std::function<void()> on_available) = 0;

  /// At most `riders_max` riders who moved since they were last taken, by rider id.
  virtual std::vector<rider_position> take(std::size_t riders_max) = 0;

  /// Ends delivery; no callback begins after it returns.
  virtual void stop() = 0;
};

} // namespace dispatch
