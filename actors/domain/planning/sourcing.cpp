#include "actors/domain/planning/sourcing.hpp"

#include "actors/domain/geohash.hpp"
#include "actors/domain/machines/station.hpp"
#include "actors/domain/route.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <ranges>
#include <tuple>
#include <utility>

namespace dispatch::domain {

namespace {

/// Says of a candidate where the goods come from, and what the ride costs.
void add_source(ranked_candidate& c, const order& sourced, vehicle by, const travel_model& travel) {
  const auto& details = sourced.details;
  c.from = chosen_station{details.station, details.pick_up};
  c.terms.station = details.station;
  c.terms.ride_s = travel_s(details.pick_up, details.drop_off, by, travel);
  c.terms.cost_s += c.terms.ride_s;
}

} // namespace

void promised_goods::promise(const std::string& station, const std::vector<goods>& items) {
  for (const auto& g : items) {
    of_[{station, g.item}] += g.quantity;
  }
}

bool promised_goods::leaves(const std::string& station_id, const station& what,
                            const std::vector<goods>& items) const {
  return std::ranges::all_of(items, [&](const goods& g) {
    const auto known = of_.find({station_id, g.item});
    const auto promised = known == of_.end() ? 0 : known->second;
    return available(what, g.item) >= promised + g.quantity;
  });
}

bool needs_source(const order& what) { return !what.details.items.empty() && !what.sourced; }

std::vector<std::string> sources_of(const order& what, const station_book& stations,
                                    const promised_goods& promised, timestamp now,
                                    std::chrono::seconds local_offset, const policy& rules) {
  const auto& details = what.details;
  std::vector<std::pair<double, std::string>> found;
  const auto consider = [&](const std::string& id, const station& one) {
    const auto far_m = distance_m(one.at, details.drop_off);
    const auto in_reach = !what.any_station || far_m <= rules.source_radius_m;
    if (in_reach && !one.pause && hands_out(one, now, local_offset) &&
        promised.leaves(id, one, details.items)) {
      found.emplace_back(far_m, id);
    }
  };
  if (what.any_station) {
    for (const auto& [id, one] : stations) {
      consider(id, *one);
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

order sourced_from(const order& what, const std::string& station_id, const station& from) {
  auto sourced = what;
  sourced.details.station = station_id;
  sourced.details.pick_up = from.at;
  return sourced;
}

search_result search_sources(const std::string& order_id, const order& what,
                             const std::vector<std::string>& sources, const station_book& stations,
                             const fleet& riders, const rider_index& index, timestamp now,
                             const travel_model& travel, const rules_in_force& with) {
  search_result merged;
  merged.forbidden = true;                      // unless a station is not
  std::map<std::string, ranked_candidate> best; // by rider
  std::size_t searched = 0;
  for (const auto& id : sources) {
    if (searched >= limits::stations_per_order &&
        (!best.empty() || searched >= limits::stations_per_order_max)) {
      break;
    }
    const auto sourced = sourced_from(what, id, *stations.at(id));
    auto found = search(order_id, sourced, riders, index, now, travel,
                        rule_on(sourced, now, with, travel.rules));
    if (found.forbidden) {
      merged.applied |= found.applied;
      merged.failed |= found.failed;
      continue;
    }
    ++searched;
    for (auto& c : found.candidates) {
      add_source(c, sourced, riders.at(c.terms.rider)->vehicle, travel);
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
  std::ranges::sort(merged.candidates, {}, [](const ranked_candidate& c) {
    return std::tie(c.terms.cost_s, c.terms.rider);
  });
  if (merged.candidates.size() > limits::candidates_per_order) {
    merged.candidates.resize(limits::candidates_per_order);
  }
  return merged;
}

evaluation evaluate_sources(const std::string& rider_id, const rider& who,
                            const std::string& order_id, const order& what,
                            const std::vector<std::string>& sources, const station_book& stations,
                            timestamp now, const travel_model& travel) {
  evaluation best;
  for (const auto& id : sources | std::views::take(limits::stations_per_order)) {
    const auto sourced = sourced_from(what, id, *stations.at(id));
    auto one = evaluate(rider_id, who, order_id, sourced, now, travel);
    if (!one.possible) {
      continue;
    }
    add_source(one.candidate, sourced, who.vehicle, travel);
    if (!best.possible || one.candidate.terms.cost_s < best.candidate.terms.cost_s) {
      best = std::move(one);
    }
  }
  return best;
}

} // namespace dispatch::domain
