#include "actors/domain/matching/sourcing.hpp"

#include "actors/domain/geohash.hpp"
#include "actors/domain/machines/station.hpp"
#include "actors/domain/route.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <map>
#include <ranges>
#include <utility>

namespace dispatch::domain {

namespace {

/// Says of a candidate where the goods come from, and what the ride costs.
void add_source(ranked_candidate& c, const order& sourced, vehicle by, const travel_model& travel) {
  const auto& details = sourced.details;
  c.from = chosen_station{details.station, details.pick_up};
  c.terms.station = details.station;
  c.terms.ride_s = travel_s(details.pick_up, details.drop_off, by, travel);
  c.terms.cost_s = cost_of(c.terms, travel.policy);
}

search_result search_around(const known_order& order, const std::vector<std::string>& sources,
                            const search_context& context) {
  search_result merged;
  merged.order = order.id;
  merged.forbidden = true;                      // unless a station is not
  std::map<std::string, ranked_candidate> best; // by rider
  std::size_t searched = 0;
  for (const auto& id : sources) {
    if (searched >= limits::stations_per_order &&
        (!best.empty() || searched >= limits::stations_per_order_max)) {
      break;
    }
    const auto sourced = sourced_from(order.state, id, *context.stations.at(id));
    auto found = search({order.id, sourced}, context);
    if (found.forbidden) {
      merged.applied |= found.applied;
      merged.failed |= found.failed;
      continue;
    }
    ++searched;
    for (auto& c : found.candidates) {
      add_source(c, sourced, context.riders.at(c.terms.rider)->vehicle, context.travel);
      const auto [known, is_new] = best.try_emplace(c.terms.rider, c);
      if (!is_new && c.terms.cost_s < known->second.terms.cost_s) {
        known->second = std::move(c);
      }
    }
    if (merged.forbidden ||
        merged.in_reach == 0) { // Who was passed over is told of the nearest station with riders.
      found.candidates.clear();
      found.failed |= merged.failed;
      merged = std::move(found);
    }
  }
  for (auto& [rider, c] : best) {
    merged.candidates.push_back(std::move(c));
  }
  sort_by_cost(merged.candidates);
  if (merged.candidates.size() > limits::candidates_per_order) {
    merged.candidates.resize(limits::candidates_per_order);
  }
  return merged;
}

} // namespace

void promised_goods::promise(const std::string& station, const std::vector<goods>& items) {
  for (const auto& g : items) {
    of_[{station, g.item}] += g.quantity;
  }
}

bool promised_goods::leaves(const std::string& station_id, const station& station,
                            const std::vector<goods>& items) const {
  return std::ranges::all_of(items, [&](const goods& g) {
    const auto known = of_.find({station_id, g.item});
    const auto promised = known == of_.end() ? 0 : known->second;
    return available(station, g.item) >= promised + g.quantity;
  });
}

bool needs_source(const order& order) { return !order.details.items.empty() && !order.sourced; }

std::vector<std::string> sources_of(const order& order, const promised_goods& promised,
                                    const search_context& context) {
  const auto& details = order.details;
  std::vector<std::pair<double, std::string>> found;
  const auto consider = [&](const std::string& id, const station& station) {
    const auto far_m = distance_m(station.at, details.drop_off);
    const auto in_reach = !order.any_station || far_m <= context.policy().source_radius_m;
    if (in_reach && !station.pause && hands_out(station, context.now, context.local_offset) &&
        promised.leaves(id, station, details.items)) {
      found.emplace_back(far_m, id);
    }
  };
  const auto& stations = context.stations;
  if (order.any_station) {
    for (const auto& [id, station] : stations) {
      consider(id, *station);
    }
  } else if (const auto named = stations.find(details.station); named != stations.end()) {
    consider(named->first, *named->second);
  }
  std::ranges::sort(found);
  std::vector<std::string> ids;
  for (auto& [far_m, id] : found) {
    ids.push_back(std::move(id));
  }
  return ids;
}

order sourced_from(const order& order, const std::string& station_id, const station& from) {
  auto sourced = order;
  sourced.details.station = station_id;
  sourced.details.pick_up = from.at;
  return sourced;
}

std::optional<search_result> search_with_sources(const known_order& order,
                                                 const promised_goods& promised,
                                                 const search_context& context) {
  if (!needs_source(order.state)) {
    return search(order, context);
  }
  const auto sources = sources_of(order.state, promised, context);
  return sources.empty() ? std::nullopt : std::optional{search_around(order, sources, context)};
}

evaluation evaluate_sources(const known_rider& rider, const known_order& order,
                            const std::vector<std::string>& sources,
                            const search_context& context) {
  evaluation best;
  for (const auto& id : sources | std::views::take(limits::stations_per_order)) {
    const auto sourced = sourced_from(order.state, id, *context.stations.at(id));
    auto evaluated = evaluate(rider, {order.id, sourced}, context.now, context.travel);
    if (!evaluated.possible) {
      continue;
    }
    add_source(evaluated.candidate, sourced, rider.state.vehicle, context.travel);
    if (!best.possible || evaluated.candidate.terms.cost_s < best.candidate.terms.cost_s) {
      best = std::move(evaluated);
    }
  }
  return best;
}

} // namespace dispatch::domain
