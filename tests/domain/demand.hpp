#pragma once

#include "messages/entities/order.hpp"
#include "messages/entities/station.hpp"
#include "messages/policy.hpp"
#include "messages/time.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What a city wants of its two zones in one life. A function of the seed, and the same whatever
/// goes wrong meanwhile.
namespace dispatch::domain {

struct planned_order {
  std::size_t zone = 0;
  std::string id;
  place_order wants;
  timestamp placed_at;
  bool is_equal = false; ///< to the others of its zone of which this is said
};

struct planned_rider {
  std::string id;
  std::size_t zone = 0;
  place at;
  timestamp begins;
  std::uint32_t capacity = 1;
  std::optional<timestamp> moves_at; ///< to the other zone
};

struct planned_station {
  place at;
  opening_hours hours;
  std::uint32_t pieces = 0;             ///< of gas, when the life begins
  std::optional<timestamp> longer_from; ///< an operator lets it stay open
};

struct demand {
  dispatch::policy policy;
  std::optional<std::uint32_t> load_max; ///< a rule forbids riders to have more
  double customer_distance_min_m = 0.0;  ///< a rule forbids stations that are nearer
  std::array<std::map<std::string, planned_station>, 2> stations;
  std::vector<planned_order> orders;
  std::vector<planned_rider> riders;
  timestamp begins;
  timestamp calm_from;                    ///< nothing goes wrong any more
  std::optional<timestamp> clocks_change; ///< an hour ahead
  bool is_two_days = false;

  std::chrono::seconds local_offset(timestamp now) const {
    return std::chrono::hours{clocks_change && now >= *clocks_change ? 1 : 0};
  }
};

demand demand_of(std::uint64_t seed);

} // namespace dispatch::domain
