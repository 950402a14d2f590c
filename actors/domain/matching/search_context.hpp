#pragma once

#include "actors/domain/matching/rider_index.hpp"
#include "actors/domain/rules.hpp"
#include "actors/domain/travel.hpp"
#include "messages/entities/order.hpp"
#include "messages/entities/rider.hpp"
#include "messages/entities/station.hpp"
#include "messages/policy.hpp"
#include "messages/time.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>

namespace dispatch::domain {

/// Riders on shift, by id. Looked up, never walked: its order is not determined.
using fleet = std::unordered_map<std::string, std::shared_ptr<const rider>>;

/// Stations by id.
using station_book = std::map<std::string, std::shared_ptr<const station>>;

/// An order and its id, for the length of a call.
struct known_order {
  const std::string& id;
  const order& state;
};

/// A rider and their id, for the length of a call.
struct known_rider {
  const std::string& id;
  const rider& state;
};

/// What a search for riders follows from. All of it outlives the search.
struct search_context {
  const fleet& riders;
  const rider_index& index; ///< of these riders
  const station_book& stations;
  const rule_set& rules; ///< of the policy, compiled
  travel_model travel;   ///< with the policy
  timestamp now;
  std::chrono::seconds local_offset; ///< local time less UTC

  const dispatch::policy& policy() const { return travel.policy; }
};

} // namespace dispatch::domain
