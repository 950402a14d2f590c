#pragma once

#include "actors/domain/horizon/planned_route.hpp"
#include "messages/entities/place.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <vector>

/// The problem of a planning round: who should collect what, where and in which sequence, as things
/// are now. Times are seconds from now, places are indices, and nothing here knows of ids.
namespace dispatch::domain::horizon {

inline constexpr std::size_t nobody = std::numeric_limits<std::size_t>::max();

/// Costs from here on mean that it cannot be done.
inline constexpr double impossible_s = 1e9;

/// A point of the plane that the city is taken for.
struct point {
  double x_m = 0.0;
  double y_m = 0.0;
};

/// What a plan is judged by. Weights are seconds per second.
struct weights {
  double late_after_s = 2400.0; ///< click to door
  double late = 0.4;            ///< for each second beyond that
  double very_late_after_s = 3600.0;
  double very_late = 0.3; ///< besides
  double older = 0.02;    ///< for each second, at an hour: of equal orders the oldest goes first
  double unplaced_s = 18'000.0; ///< an order that nobody is planned for is delivered then

  double rider = 0.1;              ///< a rider is on the way, at a station or at a customer
  double rider_scarce = 0.5;       ///< besides, for each unit of load beyond `scarce_from`
  double scarce_from = 0.7;        ///< work for the riders as a share of their time
  double rider_most = 3.0;         ///< of all that
  double scarce_window_s = 1200.0; ///< in which work and time are compared

  double end = 0.5;           ///< the way from where a rider ends to the next order
  double end_span_s = 1800.0; ///< less of it where less of the shift is left
};

/// An order that nobody has on board.
struct pool_order {
  std::size_t pick_up = 0; ///< place
  std::size_t drop_off = 0;
  double placed_s = 0.0;
  double ready_s = 0.0;
  double weight = 1.0; ///< of its delay
  std::uint32_t load = 1;
  std::size_t bound_to = nobody; ///< the rider who has accepted it
};

/// A rider, from when all that is fixed is done. A rider who is on the way to a station, or stands
/// there, for an order that has been accepted, is `anchored`: free in front of that station.
struct free_rider {
  std::size_t at = 0; ///< place
  double free_s = 0.0;
  bool anchored = false;
  double off_s = impossible_s;     ///< nothing is collected later
  double done_by_s = impossible_s; ///< nothing is delivered later
  double s_per_m = 0.14;
  double s_per_way = 0.0; ///< besides
  std::uint32_t capacity = 1;
};

struct problem {
  weights judged_by;
  place origin; ///< where the plane touches the sphere
  std::vector<point> places;
  std::vector<double> end_value_s; ///< of places: the way from there to the next order
  std::vector<pool_order> orders;
  std::vector<free_rider> riders;
  double pick_up_service_s = 0.0;  ///< half of it before the orders are taken, half behind
  double drop_off_service_s = 0.0; ///< half before the order is handed over, half behind
  std::size_t together_max = 1;    ///< orders in one visit
  double rider_weight = 0.0;       ///< rider_weight_of() the problem
  /// What it costs besides that this rider has this order; `impossible_s`: it may not be.
  std::function<double(std::size_t order, std::size_t rider)> pair_s;

  /// By this rider.
  double way_s(std::size_t from, std::size_t to, const free_rider& rider) const;
};

/// A place in the plane that touches the sphere at `origin`: good for a city, not for more.
point in_plane(const place& origin, const place& at);

/// How long a rider takes from one point to another.
double way_s(const point& from, const point& to, const free_rider& rider);

/// One route for each rider, and the orders that are on none.
struct solution {
  std::vector<route> routes;
  std::vector<std::uint32_t> unplaced;
};

/// What a second of a rider costs: the more, the scarcer riders are.
double rider_weight_of(const problem& problem);

/// When a visit takes place.
struct visit_times {
  double leave_s = 0.0;   ///< the latest time to set out that costs no order time
  double arrival_s = 0.0; ///< at the station, if the rider sets out as soon as free
  double collected_s = 0.0;
  double done_s = 0.0; ///< the last order is delivered, and the rider free
};
/// `clock_s` and `at`: from where the rider is free for it; `first`: of the route.
visit_times times_of(const problem& problem, const free_rider& rider, const visit& visit,
                     double clock_s, std::size_t at, bool first);

/// What it costs that nobody is planned for an order.
double unplaced_cost_of(const problem& problem, std::uint32_t order);

/// The cost of a route; at least `impossible_s` when it cannot be done. It is the sum of the delay
/// of each order, more of it when it is late; the rider's time; where the rider ends.
double cost_of(const problem& problem, std::size_t rider, const route& route);

} // namespace dispatch::domain::horizon
