#pragma once

#include "messages/entities/goods.hpp"
#include "messages/entities/station.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dispatch::sim {

/// What lies in the stations, whatever the zone knows of it.
class shelves {
public:
  void put(const std::string& station, const std::vector<goods>& items);

  /// Leaves nothing below zero: what is not there cannot be taken.
  void take(const std::string& station, const std::vector<goods>& items);

  /// Takes the goods of an order whose rider has not said so yet; false if that was done before.
  bool lift(const std::string& order, const std::string& station, const std::vector<goods>& items);

  /// The rider has said so; false if the goods of the order were not lifted.
  bool forget_lift(const std::string& order);

  /// The rider goes without them; returns the station, nullopt if they were not lifted.
  std::optional<std::string> put_back(const std::string& order, const std::vector<goods>& items);

  /// What a sensor reports.
  report_stock count(const std::string& station) const;

private:
  std::map<std::string, std::map<std::string, std::uint32_t>> lying_; ///< by station and item
  std::map<std::string, std::string> lifted_;                         ///< from which station
};

} // namespace dispatch::sim
