#include "actors/domain/matching/rider_index.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace dispatch::domain {
namespace {

/// Cells of 1.2 x 0.6 km at the equator: a city of riders is a few hundred cells.
constexpr std::size_t index_precision = 6;

/// More than the rounding of distances and cell borders, less than positions are known to.
constexpr double rounding_m = 0.001;

} // namespace

rider_index::direction rider_index::direction_of(const place& at) {
  const double latitude = at.latitude * radians_per_degree;
  const double longitude = at.longitude * radians_per_degree;
  return {std::cos(latitude) * std::cos(longitude), std::cos(latitude) * std::sin(longitude),
          std::sin(latitude)};
}

void rider_index::put(const std::string& rider, const place& at) {
  const std::uint64_t to = cell_of(at, index_precision).bits;
  const auto known = riders_.find(rider);
  if (known != riders_.end() && known->second.cell == to) {
    entry& moved = cells_.at(to)[known->second.index];
    moved.at = at;
    moved.towards = direction_of(at);
    return;
  }
  erase(rider);
  auto& entries = cells_[to];
  riders_[rider] = {to, entries.size()};
  entries.push_back({rider, at, direction_of(at)});
}

void rider_index::erase(const std::string& rider) {
  const auto known = riders_.find(rider);
  if (known == riders_.end()) {
    return;
  }
  const auto [from, index] = known->second;
  riders_.erase(known);
  const auto place_in = cells_.find(from);
  auto& entries = place_in->second;
  if (index + 1 != entries.size()) {
    entries[index] = std::move(entries.back());
    riders_.at(entries[index].rider).index = index;
  }
  entries.pop_back();
  if (entries.empty()) {
    cells_.erase(place_in);
  }
}

std::optional<place> rider_index::find(const std::string& rider) const {
  const auto known = riders_.find(rider);
  if (known == riders_.end()) {
    return std::nullopt;
  }
  const auto [cell, index] = known->second;
  return cells_.at(cell)[index].at;
}

std::vector<std::string> rider_index::riders() const {
  std::vector<std::string> ids;
  ids.reserve(riders_.size());
  for (const auto& [rider, unused] : riders_) {
    ids.push_back(rider);
  }
  std::ranges::sort(ids);
  return ids;
}

std::vector<rider_index::found> rider_index::within(const place& centre, double radius_m) const {
  std::vector<found> all;
  nearest(centre, radius_m, [&all](const found& one) {
    all.push_back(one);
    return true;
  });
  return all;
}

rider_index::search::search(const rider_index& index, const place& centre, double radius_m)
    : index_(index), centre_(centre), towards_(direction_of(centre)), radius_m_(radius_m),
      home_(cell_of(centre, index_precision)), home_bounds_(bounds_of(home_)) {}

bool rider_index::search::later(const candidate& a, const candidate& b) {
  return a.distance_m != b.distance_m ? a.distance_m > b.distance_m
                                      : a.rider->rider > b.rider->rider;
}

const rider_index::found* rider_index::search::next() {
  for (;;) {
    if (heap_.empty() || heap_.front().distance_m >= safe_m_) {
      if (complete_) {
        return nullptr;
      }
      read_more();
      continue;
    }
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const candidate nearest = heap_.back();
    heap_.pop_back();
    if (nearest.exact) {
      last_ = nearest;
      found_.rider = nearest.rider->rider;
      found_.distance_m = nearest.distance_m;
      return &found_;
    }
    const candidate exact{distance_m(centre_, nearest.rider->at), nearest.rider, true};
    const bool returned = last_.rider != nullptr && !later(exact, last_);
    if (exact.distance_m <= radius_m_ && !returned) {
      heap_.push_back(exact);
      std::push_heap(heap_.begin(), heap_.end(), later);
    }
  }
}

void rider_index::search::read_more() {
  const auto side = 2 * static_cast<std::size_t>(rings_) + 1;
  if (side * side > index_.cells_.size()) {
    read_rest();
    complete_ = true;
  } else {
    read_ring();
    ++rings_;
    safe_m_ = unread_from_m() - rounding_m;
    complete_ = safe_m_ > radius_m_;
  }
  std::make_heap(heap_.begin(), heap_.end(), later);
  if (complete_) {
    safe_m_ = std::numeric_limits<double>::infinity();
  }
}

void rider_index::search::read_ring() {
  if (rings_ == 0) {
    read_cell(0, 0);
    return;
  }
  for (int step = -rings_; step < rings_; ++step) {
    read_cell(step, -rings_);
    read_cell(rings_, step);
    read_cell(-step, rings_);
    read_cell(-rings_, -step);
  }
}

void rider_index::search::read_cell(int column, int row) {
  const auto beside = offset(home_, column, row);
  if (!beside) {
    return;
  }
  const auto occupied = index_.cells_.find(beside->bits);
  if (occupied != index_.cells_.end()) {
    for (const entry& rider : occupied->second) {
      add(rider);
    }
  }
}

void rider_index::search::read_rest() {
  // Cheaper than to tell read cells from unread ones: start again behind the last one returned.
  heap_.clear();
  for (const auto& [bits, entries] : index_.cells_) {
    for (const entry& rider : entries) {
      add(rider);
    }
  }
}

void rider_index::search::add(const entry& rider) {
  const double x = rider.towards.x - towards_.x;
  const double y = rider.towards.y - towards_.y;
  const double z = rider.towards.z - towards_.z;
  const double chord_m = earth_radius_m * std::sqrt(x * x + y * y + z * z) - rounding_m;
  if (chord_m <= radius_m_) {
    heap_.push_back({chord_m, &rider});
  }
}

/// The distance to the border of the box that was read. To a parallel it is along the meridian;
/// to a meridian it is at right angles (sin d = cos latitude * sin difference), or the pole's when
/// the meridian is more than a quarter of the Earth away. Beyond a pole there are no rows.
double rider_index::search::unread_from_m() const {
  const int more = rings_ - 1;
  const auto& [low, high] = home_bounds_;
  const double height = high.latitude - low.latitude;
  const double width = high.longitude - low.longitude;
  const double south = low.latitude - more * height;
  const double north = high.latitude + more * height;
  const double sideways =
      std::min(centre_.longitude - low.longitude, high.longitude - centre_.longitude) +
      more * width;
  double angle = std::asin(std::cos(centre_.latitude * radians_per_degree) *
                           std::sin(std::min(sideways, 90.0) * radians_per_degree));
  if (south > -90.0) {
    angle = std::min(angle, (centre_.latitude - south) * radians_per_degree);
  }
  if (north < 90.0) {
    angle = std::min(angle, (north - centre_.latitude) * radians_per_degree);
  }
  return angle * earth_radius_m;
}

} // namespace dispatch::domain
