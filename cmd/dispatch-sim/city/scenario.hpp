#pragma once

#include "messages/entities/entity.hpp"
#include "messages/entities/goods.hpp"
#include "messages/entities/place.hpp"
#include "messages/entities/station.hpp"
#include "messages/entities/vehicle.hpp"
#include "messages/records/command.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What happens in a city by itself: who orders what, and who comes to work. What the riders then
/// do follows from the zone's events.
namespace dispatch::sim {

/// The day on which every scenario takes place, in zone time.
inline constexpr timestamp scenario_day =
    std::chrono::sys_days{std::chrono::year{2026} / std::chrono::January / 1};

struct planned_station {
  std::string id;
  place at;
  opening_hours hours = {};
  std::vector<goods> stock = {}; ///< counted when it opens

  bool operator==(const planned_station&) const = default;
};

struct planned_order {
  std::string id;
  std::string station;
  place pick_up;
  place drop_off;
  timestamp placed_at;
  timestamp ready_at; ///< never before placed_at
  std::vector<goods> items = {};
  std::vector<std::string> skills = {}; ///< that its rider needs
  bool prepaid = true;
  std::vector<timestamp> payments = {}; ///< when it is paid, again and again perhaps
  /// When the station has it, which said `ready_at` and is late; nullopt: then.
  std::optional<timestamp> late_until = {};

  bool operator==(const planned_order&) const = default;
};

struct planned_rider {
  std::string id;
  dispatch::vehicle vehicle = dispatch::vehicle::motorcycle;
  place start;
  timestamp on;
  timestamp off; ///< later than `on`
  std::vector<std::string> skills = {};

  bool operator==(const planned_rider&) const = default;
};

/// Something that happens to a station in the course of the day.
struct station_turn {
  timestamp at;
  std::string station;
  std::vector<goods> restock = {}; ///< is counted then, besides what was there
  bool closes = false;
  bool opens = false;

  bool operator==(const station_turn&) const = default;
};

/// Something that an operator says, whether or not it can be done then.
struct operator_wish {
  timestamp at;
  entity_ref target;
  command_body command;
};

/// A rider goes to the neighbouring zone as soon as there is no work in hand, and comes back.
struct planned_transfer {
  timestamp at; ///< at the earliest
  std::string rider;
  duration away{}; ///< from when the rider is at work there

  bool operator==(const planned_transfer&) const = default;
};

struct scenario {
  timestamp begins = scenario_day;
  std::vector<planned_station> stations;
  std::vector<planned_order> orders; ///< by placing time
  std::vector<planned_rider> riders;
  std::vector<station_turn> turns; ///< by time
  std::vector<operator_wish> wishes;
  std::vector<planned_transfer> transfers; ///< if any, the run has a neighbouring zone
  bool shelf_sensors = false; ///< a sensor also counts when a rider takes something from the shelf
  duration grace{};           ///< that it needs behind the last order, at least
  double delivered_min = 1.0; ///< share of the orders paid in time that can be delivered
  /// What was corrected or left out while reading, and how often.
  std::map<std::string, std::uint64_t> warnings;
};

/// Units that every rider carries at once; an order is one unit.
inline constexpr std::uint32_t rider_capacity = 3;

/// Keeps the orders placed in [from, to), the riders on shift in it, who start at `from` at the
/// earliest, and the stations of these orders. Times are since the start of the day.
void cut(scenario& city, duration from, duration to);

/// Keeps about this share of the riders. Who is kept at one share is kept at every larger one.
void thin_riders(scenario& city, double share, std::uint64_t seed);

/// Moves everything by the same span of time.
void shift(scenario& city, duration by);

/// Puts the prefix before every id, so that none is one of an earlier run in the same zone.
void prefix_ids(scenario& city, const std::string& prefix);

/// A number in [0, 1) that follows from seed and text alone.
double chance(std::uint64_t seed, std::string_view text);

/// Rounded up.
duration seconds_of(double seconds);

} // namespace dispatch::sim
