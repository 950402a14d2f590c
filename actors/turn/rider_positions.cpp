#include "actors/turn/rider_positions.hpp"

#include "actors/domain/geohash.hpp"

namespace dispatch {

namespace {

/// A position is recorded when it leaves its cell of this precision (about 150 metres).
constexpr std::size_t position_precision = 7;

} // namespace

bool is_worth_recording(const recorded_position& known, const place& at, timestamp time,
                        std::chrono::seconds freshness) {
  if (time <= known.time) {
    return false;
  }
  const auto same_cell =
      domain::cell_of(known.at, position_precision) == domain::cell_of(at, position_precision);
  return !same_cell || time - known.time >= freshness / 2;
}

void rider_positions::note(const std::string& rider, const recorded_position& now) {
  auto& known = of_[rider];
  if (known.at_work) {
    --at_work_;
  }
  known = now;
  if (known.at_work) {
    ++at_work_;
  }
}

const recorded_position* rider_positions::find(const std::string& rider) const {
  const auto known = of_.find(rider);
  return known == of_.end() ? nullptr : &known->second;
}

} // namespace dispatch
