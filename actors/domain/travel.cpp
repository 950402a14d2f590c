#include "actors/domain/travel.hpp"

#include "actors/domain/geohash.hpp"
#include "messages/limits.hpp"

#include <utility>

namespace dispatch::domain {

std::size_t known_travel::hash::operator()(const travel_leg& leg) const {
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;
  const auto from = (leg.from ^ (static_cast<std::uint64_t>(leg.by) << 56U)) * odd;
  return static_cast<std::size_t>((from ^ (from >> 29U) ^ leg.to) * odd);
}

void known_travel::learn(const travel_time& time) {
  newer_.insert_or_assign(time.leg, time.seconds);
  if (newer_.size() >= most_ / 2) {
    older_ = std::exchange(newer_, {});
  }
}

std::optional<double> known_travel::find(const travel_leg& leg) const {
  for (const auto* generation : {&newer_, &older_}) {
    if (const auto known = generation->find(leg); known != generation->end()) {
      return known->second;
    }
  }
  return std::nullopt;
}

std::optional<double> engine_times::seconds(const place& from, const place& to, vehicle by) {
  const travel_leg leg{by, cell_of(from, limits::travel_cell_precision).bits,
                       cell_of(to, limits::travel_cell_precision).bits};
  const auto known = leg.from == leg.to ? std::optional{0.0} : known_.find(leg);
  ++(known ? found_ : not_found_);
  if (!known && missing_.size() < limits::travel_legs_per_order) {
    missing_.insert(leg);
  }
  return known;
}

void engine_times::begin() {
  found_ = 0;
  not_found_ = 0;
}

travel_source engine_times::used() const {
  if (found_ == 0) {
    return travel_source::estimate;
  }
  return not_found_ == 0 ? travel_source::engine : travel_source::partly;
}

double travel_s(const place& from, const place& to, vehicle by, const travel_model& model) {
  if (model.engine != nullptr) {
    if (const auto known = model.engine->seconds(from, to, by)) {
      return *known;
    }
  }
  const auto speed = model.policy.speed_m_per_s.at(static_cast<std::size_t>(by) - 1);
  const auto overhead_s =
      from == to ? 0.0 : static_cast<double>(model.policy.travel_overhead.count());
  return distance_m(from, to) * model.policy.detour_factor / speed + overhead_s;
}

} // namespace dispatch::domain
