#pragma once

#include "actors/domain/planning/matching.hpp"
#include "messages/entities/station.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

/// Where the goods of an order come from. The choice of the station is part of the choice of the
/// rider: all stations that could hand them out are searched around, and the ride from there to the
/// customer is part of the cost.
namespace dispatch::domain {

/// Stations by id.
using station_book = std::map<std::string, std::shared_ptr<const station>>;

/// What has been promised within a match, and is not in the stations' state yet.
class promised_goods {
public:
  void promise(const std::string& station, const std::vector<goods>& items);

  /// Whether the station still has so much for one more order.
  bool leaves(const std::string& station_id, const station& what,
              const std::vector<goods>& items) const;

private:
  std::map<std::pair<std::string, std::string>, std::uint32_t> of_; ///< by station and item
};

/// The order names goods, and nothing holds them for it.
bool needs_source(const order& what);

/// The ids of the stations that could hand out its goods now: the one that it names, or those
/// within the zone's reach of the customer, nearest first.
/// `local_offset` is the zone's local time less UTC.
std::vector<std::string> sources_of(const order& what, const station_book& stations,
                                    const promised_goods& promised, timestamp now,
                                    std::chrono::seconds local_offset, const policy& rules);

/// The order as it would be with its goods from that station.
order sourced_from(const order& what, const std::string& station_id, const station& from);

/// search() around each of these stations; a rider is a candidate with the station of least cost.
/// A station that a rule forbids for the order is left out.
search_result search_sources(const std::string& order_id, const order& what,
                             const std::vector<std::string>& sources, const station_book& stations,
                             const fleet& riders, const rider_index& index, timestamp now,
                             const travel_model& travel, const rules_in_force& with);

/// evaluate() with the station of least cost.
evaluation evaluate_sources(const std::string& rider_id, const rider& who,
                            const std::string& order_id, const order& what,
                            const std::vector<std::string>& sources, const station_book& stations,
                            timestamp now, const travel_model& travel);

} // namespace dispatch::domain
