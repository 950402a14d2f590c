#include "cmd/dispatch-sim/city/shelves.hpp"

#include <algorithm>

namespace dispatch::sim {

void shelves::put(const std::string& station, const std::vector<goods>& items) {
  for (const auto& g : items) {
    lying_[station][g.item] += g.quantity;
  }
}

void shelves::take(const std::string& station, const std::vector<goods>& items) {
  for (const auto& g : items) {
    auto& pieces = lying_[station][g.item];
    pieces -= std::min(pieces, g.quantity);
  }
}

bool shelves::lift(const std::string& order, const std::string& station,
                   const std::vector<goods>& items) {
  if (!lifted_.emplace(order, station).second) {
    return false;
  }
  take(station, items);
  return true;
}

bool shelves::forget_lift(const std::string& order) { return lifted_.erase(order) > 0; }

std::optional<std::string> shelves::put_back(const std::string& order,
                                             const std::vector<goods>& items) {
  const auto from = lifted_.extract(order);
  if (from.empty()) {
    return std::nullopt;
  }
  put(from.mapped(), items);
  return from.mapped();
}

report_stock shelves::count(const std::string& station) const {
  report_stock report;
  if (const auto found = lying_.find(station); found != lying_.end()) {
    for (const auto& [item, pieces] : found->second) {
      report.levels.push_back({item, pieces, std::nullopt});
    }
  }
  return report;
}

} // namespace dispatch::sim
