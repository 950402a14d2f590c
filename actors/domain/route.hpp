#pragma once

#include "actors/domain/travel.hpp"
#include "messages/entities/rider.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

/// Arithmetic on routes: load, travel time, insertion.
namespace dispatch::domain {

double seconds_between(timestamp from, timestamp to);

/// Units on board before the first stop: the drop-offs whose pick-up is done.
std::uint32_t load_on_board(std::span<const stop> route);

/// The greatest load at any point of the route.
std::uint32_t peak_load(std::span<const stop> route);

/// The number of different orders on the route.
std::size_t orders_on(std::span<const stop> route);

/// Whether the route has a stop of this kind for this order.
bool has_stop(std::span<const stop> route, stop_kind kind, const std::string& order);

/// When each stop of a route would be left, in seconds after `now`, by a rider who is at `from`
/// and, with `arrived`, stands at the first stop. A pick-up is not left before the order is ready.
std::vector<double> departures_s(std::span<const stop> route, const place& from, bool arrived,
                                 vehicle by, timestamp now, const travel_model& model);

/// An order put into a route at its cheapest place.
struct insertion {
  std::vector<stop> route;
  double arrival_s = 0.0;  ///< until the rider stands at the pick-up
  double drop_off_s = 0.0; ///< until the order is handed over
  double finish_s = 0.0;   ///< until the whole route is done
  double delay_s = 0.0;    ///< summed over the orders that were on the route before
  double cost_s = 0.0;     ///< delay_s + drop_off_s: what the choice of place minimises
  bool possible = false;   ///< false: the capacity is exceeded wherever it is put
};

/// The cheapest way to add a pick-up and a drop-off behind the frozen prefix of a rider's route,
/// keeping the order of the other stops; the earliest position wins among equals.
insertion cheapest_insertion(const rider& rider, const stop& pick_up, const stop& drop_off,
                             timestamp now, const travel_model& model);

} // namespace dispatch::domain
