#include "actors/domain/horizon/problem.hpp"

#include "actors/domain/geohash.hpp"

#include <algorithm>
#include <cmath>

namespace dispatch::domain::horizon {

namespace {

double delay_cost_s(const weights& judged_by, double click_to_door_s) {
  constexpr auto hour_s = 3600.0;
  return click_to_door_s +
         judged_by.late * std::max(0.0, click_to_door_s - judged_by.late_after_s) +
         judged_by.very_late * std::max(0.0, click_to_door_s - judged_by.very_late_after_s) +
         judged_by.older * click_to_door_s * click_to_door_s / (2.0 * hour_s);
}

} // namespace

point in_plane(const place& origin, const place& at) {
  // Rounded: the last bits of a cosine are not the same on all processors.
  const auto shrunk = std::round(std::cos(origin.latitude * radians_per_degree) * 1e9) / 1e9;
  constexpr auto metres_per_degree = earth_radius_m * radians_per_degree;
  return {std::remainder(at.longitude - origin.longitude, 360.0) * metres_per_degree * shrunk,
          (at.latitude - origin.latitude) * metres_per_degree};
}

double way_s(const point& from, const point& to, const free_rider& rider) {
  const auto dx = from.x_m - to.x_m;
  const auto dy = from.y_m - to.y_m;
  return std::sqrt(dx * dx + dy * dy) * rider.s_per_m + rider.s_per_way;
}

double problem::way_s(std::size_t from, std::size_t to, const free_rider& rider) const {
  return from == to ? 0.0 : horizon::way_s(places[from], places[to], rider);
}

double rider_weight_of(const problem& problem) {
  const auto& judged_by = problem.judged_by;
  const auto window_s = judged_by.scarce_window_s;
  auto speed_s_per_m = 0.0;
  auto time_s = 0.0;
  for (const auto& rider : problem.riders) {
    time_s += std::max(0.0, std::min(rider.off_s, window_s) - std::max(rider.free_s, 0.0));
    speed_s_per_m += rider.s_per_m;
  }
  if (time_s <= 0.0) {
    return judged_by.rider_most;
  }
  const free_rider middle{.s_per_m = speed_s_per_m / static_cast<double>(problem.riders.size())};
  constexpr auto way_to_it_s = 300.0;
  auto work_s = 0.0;
  for (const auto& order : problem.orders) {
    if (order.ready_s <= window_s) {
      work_s += problem.pick_up_service_s + problem.drop_off_service_s + way_to_it_s +
                problem.way_s(order.pick_up, order.drop_off, middle);
    }
  }
  const auto scarce = std::max(0.0, work_s / time_s - judged_by.scarce_from);
  return std::min(judged_by.rider_most, judged_by.rider + judged_by.rider_scarce * scarce);
}

visit_times times_of(const problem& problem, const free_rider& rider, const visit& visit,
                     double clock_s, std::size_t at, bool first) {
  const auto half_s = problem.pick_up_service_s / 2.0;
  const auto way_s = problem.way_s(at, visit.place, rider);
  visit_times times;
  times.arrival_s = clock_s + way_s;
  // An anchored rider may have come before now.
  const auto came_s = first && rider.anchored ? rider.free_s : times.arrival_s;
  times.collected_s = std::max({came_s + half_s, clock_s, 0.0});
  for (const auto order : orders_of(visit)) {
    times.collected_s = std::max(times.collected_s, problem.orders[order].ready_s);
  }
  times.leave_s = at == visit.place ? clock_s : times.collected_s - half_s - way_s;
  times.done_s = times.collected_s + half_s;
  auto from = visit.place;
  for (const auto order : orders_of(visit)) {
    times.done_s +=
        problem.way_s(from, problem.orders[order].drop_off, rider) + problem.drop_off_service_s;
    from = problem.orders[order].drop_off;
  }
  return times;
}

double unplaced_cost_of(const problem& problem, std::uint32_t index) {
  const auto& order = problem.orders[index];
  return order.weight *
         delay_cost_s(problem.judged_by, problem.judged_by.unplaced_s - order.placed_s);
}

double cost_of(const problem& problem, std::size_t rider_index, const route& route) {
  const auto& rider = problem.riders[rider_index];
  const auto& judged_by = problem.judged_by;
  const auto half_s = problem.drop_off_service_s / 2.0;
  auto clock_s = std::max(rider.free_s, 0.0);
  auto at = rider.at;
  auto cost = 0.0;
  for (std::size_t v = 0; v < route.count; ++v) {
    const auto& visit = route.visits[v];
    const auto times = times_of(problem, rider, visit, clock_s, at, v == 0);
    if (times.collected_s > rider.off_s || times.done_s > rider.done_by_s) {
      return impossible_s;
    }
    auto clock = times.collected_s + problem.pick_up_service_s / 2.0;
    auto from = visit.place;
    std::uint32_t load = 0;
    for (const auto index : orders_of(visit)) {
      const auto& order = problem.orders[index];
      clock += problem.way_s(from, order.drop_off, rider) + half_s;
      cost += order.weight * delay_cost_s(judged_by, clock - order.placed_s);
      cost += problem.pair_s ? problem.pair_s(index, rider_index) : 0.0;
      clock += half_s;
      from = order.drop_off;
      load += order.load;
    }
    if (load > rider.capacity || cost >= impossible_s) {
      return impossible_s;
    }
    cost +=
        problem.rider_weight * std::max(0.0, std::min(times.done_s, rider.off_s) - times.leave_s);
    clock_s = times.done_s;
    at = from;
  }
  if (route.count > 0 && clock_s < rider.off_s) {
    const auto share = std::min(1.0, (rider.off_s - clock_s) / judged_by.end_span_s);
    cost += judged_by.end * share * (problem.end_value_s[at] - problem.end_value_s[rider.at]);
  }
  return cost;
}

} // namespace dispatch::domain::horizon
