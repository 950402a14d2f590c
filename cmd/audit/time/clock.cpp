#include "cmd/audit/time/clock.hpp"

#include "messages/limits.hpp"

#include <string>

namespace dispatch::audit {

void clock_check::add(const record& r, std::optional<timestamp> stored_at) {
  if (!clock_ || !stored_at) {
    return;
  }
  const auto ahead = clock_->to_wall(r.now) - *stored_at;
  if (ahead > limits::clock_offset_max) {
    found_.add(check::record_clock, r.number,
               "Its time is " + std::to_string(ahead / std::chrono::milliseconds{1}) +
                   " ms ahead of the time at which the server stored it.");
  }
}

} // namespace dispatch::audit
