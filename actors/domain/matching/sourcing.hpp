#pragma once

#include "actors/domain/matching/matching.hpp"
#include "messages/entities/station.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Where the goods of an order come from. The choice of the station is part of the choice of the
/// rider: all stations that could hand them out are searched around, and the ride from there to the
/// customer is part of the cost.
namespace dispatch::domain {

/// What has been promised within a match, and is not in the stations' state yet.
class promised_goods {
public:
  void promise(const std::string& station, const std::vector<goods>& items);

  /// Whether the station still has so much for one more order.
  bool leaves(const std::string& station_id, const station& station,
              const std::vector<goods>& items) const;

private:
  std::map<std::pair<std::string, std::string>, std::uint32_t> of_; ///< by station and item
};

/// The order names goods, and nothing holds them for it.
bool needs_source(const order& order);

/// The ids of the stations that could hand out its goods now: the one that it names, or those
/// within the zone's reach of the customer, nearest first.
std::vector<std::string> sources_of(const order& order, const promised_goods& promised,
                                    const search_context& context);

/// The order as it would be with its goods from that station.
order sourced_from(const order& order, const std::string& station_id, const station& from);

/// search() around the pick-up. Around each of its sources if the order needs one: a rider is a
/// candidate with the station of least cost, and a station that a rule forbids for the order is
/// left out. nullopt: no station can hand out its goods.
std::optional<search_result> search_with_sources(const known_order& order,
                                                 const promised_goods& promised,
                                                 const search_context& context);

/// evaluate() with the station of least cost.
evaluation evaluate_sources(const known_rider& rider, const known_order& order,
                            const std::vector<std::string>& sources, const search_context& context);

} // namespace dispatch::domain
