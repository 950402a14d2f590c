#include "actors/domain/horizon/city_view.hpp"

#include "actors/domain/board/looks.hpp"
#include "actors/domain/geohash.hpp"
#include "actors/domain/machines/order.hpp"
#include "actors/domain/planning/steps.hpp"
#include "actors/domain/route.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

namespace dispatch::domain {

namespace {

using horizon::impossible_s;
using horizon::nobody;

constexpr std::size_t stations_looked_at_max = 100; ///< for the value of a place to end at
constexpr std::size_t nearest_stations_least = 3;

bool is_pick_up(const stop& s) { return s.kind == stop_kind::pick_up; }

/// The first stop of the visit that a route ends with: pick-ups at one place, and behind them their
/// drop-offs alone. Others can be collected together with these. `route.size()`: it has none.
std::size_t begin_of_visit(const std::vector<stop>& route) {
  const auto first = std::ranges::find_if(route, is_pick_up);
  const auto behind = std::find_if_not(first, route.end(), is_pick_up);
  const auto collected = std::span(first, behind);
  const auto fits = [&](const stop& s) {
    return s.kind == stop_kind::drop_off &&
           std::ranges::find(collected, s.order, &stop::order) != collected.end();
  };
  const auto is_visit =
      collected.size() <= horizon::visit_orders_max &&
      std::ranges::all_of(collected, [&](const stop& s) { return s.at == first->at; }) &&
      std::all_of(behind, route.end(), fits);
  return is_visit ? static_cast<std::size_t>(first - route.begin()) : route.size();
}

/// Why nothing is planned for the rider.
bool is_out(const rider& state, timestamp now, const policy& policy) {
  return !state.on_shift || state.pause || state.on_break ||
         now - state.at_time > policy.position_freshness;
}

} // namespace

city_view::city_view(plan_draft& draft) : draft_(draft), context_(draft.context()) {
  const auto& policy = draft.known.policy();
  problem_.pick_up_service_s = static_cast<double>(policy.pick_up_service.count());
  problem_.drop_off_service_s = static_cast<double>(policy.drop_off_service.count());
  problem_.together_max =
      std::min<std::size_t>(policy.bundle_orders_max, horizon::visit_orders_max);
  take_orders();
  take_riders();
  pair_s_.assign(problem_.orders.size() * crew_.size(), std::numeric_limits<float>::quiet_NaN());
  problem_.pair_s = [this](std::size_t order, std::size_t rider) { return pair_s(order, rider); };
  problem_.end_value_s = end_values();
  problem_.rider_weight = horizon::rider_weight_of(problem_);
}

/// In the plane that touches the sphere where the first place is.
std::size_t city_view::place_index(const place& at) {
  auto& places = problem_.places;
  const auto [known, is_new] = place_of_.try_emplace({at.latitude, at.longitude}, places.size());
  if (is_new) {
    if (places.empty()) {
      problem_.origin = at;
    }
    places.push_back(horizon::in_plane(problem_.origin, at));
  }
  return known->second;
}

void city_view::take_orders() {
  const auto& known = draft_.known;
  const auto now = draft_.request.now;
  for (const auto& [id, entry] : known.waiting()) {
    const auto is_looked_at = is_due(entry, known, now);
    if (!entry.state->requested_rider.empty() || (entry.dirty && !is_looked_at)) {
      continue;
    }
    if (const auto why =
            reason_not_to_search(*entry.state, known, now, draft_.request.local_offset)) {
      if (is_looked_at) {
        draft_.held.push_back({id, *why});
      }
    } else if (known.policy().routed && entry.travel == travel_phase::unasked) {
      draft_.entry_of(id).dirty = true; // What it wants to know is asked for behind the turn.
    } else {
      take_order(id, *entry.state);
    }
  }
}

void city_view::take_order(const std::string& id, const order& state) {
  const auto& known = draft_.known;
  const auto now = draft_.request.now;
  const auto later = now + look_again_after;
  pooled taken{id, state};
  if (needs_source(state)) {
    auto found = search_with_sources({id, state}, draft_.promised, context_);
    if (!found) {
      draft_.held.push_back({id, wait{waiting_reason::no_stock, later}});
      return;
    }
    if (found->forbidden) {
      draft_.held.push_back({id, wait{waiting_reason::rule, later}, std::move(*found)});
      return;
    }
    if (!found->candidates.empty()) {
      taken.from = found->candidates.front().from;
    }
    if (taken.from) {
      taken.state = sourced_from(state, taken.from->id, *known.stations().at(taken.from->id));
    }
  }
  auto& order = pool_.emplace_back(std::move(taken));
  order.ruling.emplace(rule_on(order.state, context_));
  const auto& verdict = order.ruling->verdict;
  if (verdict.forbidden_by) {
    search_result evidence;
    evidence.order = id;
    evidence.applied = verdict.applied;
    draft_.held.push_back({id, wait{waiting_reason::rule, later}, std::move(evidence)});
    pool_.pop_back();
    return;
  }
  const auto& details = order.state.details;
  const auto since = std::max(state.placed_at, search_begins(details, known.policy()));
  order_of_.emplace(id, static_cast<std::uint32_t>(order_ids_.size()));
  order_ids_.push_back(id);
  problem_.orders.push_back({.pick_up = place_index(details.pick_up),
                             .drop_off = place_index(details.drop_off),
                             .placed_s = seconds_between(now, since),
                             .ready_s = seconds_between(now, details.ready_at),
                             .weight = (1.0 + details.priority) * verdict.weight,
                             .load = details.load});
}

void city_view::take_riders() {
  for (const auto& id : draft_.known.rider_ids()) {
    const auto& state = *draft_.known.riders().at(id);
    if (!draft_.taken.contains(id) && !is_out(state, context_.now, context_.policy())) {
      take_rider(id, state);
    }
  }
}

void city_view::take_rider(const std::string& id, const rider& state) {
  const auto& policy = context_.policy();
  crew taken{id, state, state.open_offer ? state.open_offer->route : state.route,
             state.open_offer.has_value()};
  taken.unbound.route.clear();
  taken.unbound.open_offer.reset();
  const auto first_stop = begin_of_visit(taken.route);
  const auto is_anchored = first_stop < taken.route.size();
  auto fixed = ride(state, taken.route, first_stop);
  if (is_anchored) {
    const auto& station = taken.route[first_stop].at;
    if (first_stop > 0 || !state.arrived) {
      fixed.clock_s = std::max(
          0.0, fixed.clock_s + travel_s(fixed.at, station, state.vehicle, context_.travel));
    }
    fixed.at = station;
  }
  const auto vehicle = static_cast<std::size_t>(state.vehicle) - 1;
  horizon::free_rider free{.at = place_index(fixed.at),
                           .free_s = fixed.clock_s,
                           .anchored = is_anchored,
                           .s_per_m = policy.detour_factor / policy.speed_m_per_s.at(vehicle),
                           .s_per_way = static_cast<double>(policy.travel_overhead.count()),
                           .capacity = state.capacity};
  if (state.ends_at) {
    free.off_s = seconds_between(context_.now, *state.ends_at);
    free.done_by_s = free.off_s + static_cast<double>(policy.overtime.count());
  }
  problem_.riders.push_back(free);
  crew_.push_back(std::move(taken));
  if (is_anchored) {
    take_bound_orders(crew_.size() - 1, first_stop);
  }
}

/// The clock begins with the rider's last position: since then the rider has gone on.
city_view::ridden city_view::ride(const rider& state, const std::vector<stop>& route,
                                  std::size_t stops) const {
  const auto& policy = context_.policy();
  ridden so_far{0.0, state.at};
  if (!state.route.empty()) {
    so_far.clock_s = std::min(0.0, seconds_between(context_.now, state.at_time));
  }
  for (std::size_t i = 0; i < stops; ++i) {
    const auto& s = route[i];
    if (i > 0 || !state.arrived) {
      so_far.clock_s += travel_s(so_far.at, s.at, state.vehicle, context_.travel);
    }
    const auto service = is_pick_up(s) ? policy.pick_up_service : policy.drop_off_service;
    if (is_pick_up(s)) {
      so_far.clock_s = std::max(so_far.clock_s, seconds_between(context_.now, s.not_before));
    }
    so_far.clock_s = std::max(0.0, so_far.clock_s + static_cast<double>(service.count()));
    so_far.at = s.at;
  }
  return so_far;
}

/// The board knows nothing of orders that are offered, so that the stops have to say it all.
void city_view::take_bound_orders(std::size_t rider, std::size_t first_stop) {
  const auto& route = crew_[rider].route;
  for (std::size_t i = first_stop; i < route.size(); ++i) {
    const auto& delivery = route[i];
    if (is_pick_up(delivery)) {
      continue;
    }
    const auto& from = *std::ranges::find(route, delivery.order, &stop::order);
    const auto bound = draft_.known.bound().find(delivery.order);
    const auto since =
        bound == draft_.known.bound().end() ? from.not_before : bound->second.state->placed_at;
    order_of_.emplace(delivery.order, static_cast<std::uint32_t>(order_ids_.size()));
    order_ids_.push_back(delivery.order);
    problem_.orders.push_back({.pick_up = place_index(from.at),
                               .drop_off = place_index(delivery.at),
                               .placed_s = seconds_between(context_.now, since),
                               .ready_s = seconds_between(context_.now, from.not_before),
                               .load = from.load,
                               .bound_to = rider});
  }
}

/// The mean way from each place to the stations nearest to it.
std::vector<double> city_view::end_values() const {
  std::vector<horizon::point> stations;
  const auto& known = draft_.known.stations();
  const auto step = known.size() / stations_looked_at_max + 1;
  std::size_t index = 0;
  for (const auto& [id, station] : known) {
    if (index++ % step == 0 && station->open) {
      stations.push_back(horizon::in_plane(problem_.origin, station->at));
    }
  }
  std::vector<double> values(problem_.places.size(), 0.0);
  const auto counted =
      std::min(stations.size(), std::max(nearest_stations_least, stations.size() / 10));
  if (counted == 0 || problem_.riders.empty()) {
    return values;
  }
  const auto& middle = problem_.riders.front();
  std::vector<double> ways_s(stations.size());
  for (std::size_t at = 0; at < values.size(); ++at) {
    std::ranges::transform(stations, ways_s.begin(), [&](const horizon::point& station) {
      return horizon::way_s(problem_.places[at], station, middle);
    });
    const auto end = ways_s.begin() + static_cast<std::ptrdiff_t>(counted);
    std::partial_sort(ways_s.begin(), end, ways_s.end());
    values[at] = std::accumulate(ways_s.begin(), end, 0.0) / static_cast<double>(counted);
  }
  return values;
}

double city_view::pair_s(std::size_t order, std::size_t rider) const {
  const auto bound_to = problem_.orders[order].bound_to;
  if (bound_to != nobody) {
    return bound_to == rider ? 0.0 : impossible_s;
  }
  auto& cost = pair_s_[order * crew_.size() + rider];
  if (std::isnan(cost)) {
    cost = static_cast<float>(judged_pair_s(pool_[order], crew_[rider]));
  }
  return static_cast<double>(cost);
}

double city_view::judged_pair_s(const pooled& order, const crew& rider) const {
  if (gate_of({rider.id, rider.unbound}, order.state, context_.now, context_.policy()) !=
      gate::none) {
    return impossible_s;
  }
  const auto verdict = judge_pair(*order.ruling, rider.unbound, order.state);
  return verdict.forbidden_by ? impossible_s : order.ruling->verdict.cost_s + verdict.cost_s;
}

/// What the rider has accepted and not collected yet.
horizon::route city_view::fixed_route(std::size_t rider) const {
  horizon::route route;
  if (problem_.riders[rider].anchored) {
    route.count = 1;
    auto& visit = route.visits.front();
    visit.place = problem_.riders[rider].at;
    for (std::uint32_t i = static_cast<std::uint32_t>(pool_.size()); i < order_ids_.size(); ++i) {
      if (problem_.orders[i].bound_to == rider) {
        visit.orders.at(visit.count++) = i;
      }
    }
  }
  return route;
}

/// Besides what is fixed, what was intended, unless it is gone or is collected elsewhere now.
horizon::route city_view::intended_route(std::size_t rider) const {
  auto route = fixed_route(rider);
  const auto& intended = draft_.known.intended();
  const auto known = intended ? intended->find(crew_[rider].id) : intentions::const_iterator{};
  if (!intended || known == intended->end()) {
    return route;
  }
  for (const auto& visit : known->second) {
    for (const auto& id : visit) {
      const auto order = order_of_.find(id);
      if (order == order_of_.end() || is_bound(order->second)) {
        continue;
      }
      const auto place = problem_.orders[order->second].pick_up;
      const auto is_same = route.count > 0 && route.visits.at(route.count - 1).place == place;
      if (!is_same && route.count == horizon::visits_max) {
        return route;
      }
      if (!is_same) {
        route.visits.at(route.count++) = {.place = place};
      }
      auto& into = route.visits.at(route.count - 1);
      if (into.count < std::max<std::size_t>(problem_.together_max, 1)) {
        into.orders.at(into.count++) = order->second;
      }
    }
  }
  return route;
}

horizon::solution city_view::first_solution() const {
  horizon::solution solution;
  std::vector<bool> is_planned(pool_.size(), false);
  for (std::size_t rider = 0; rider < crew_.size(); ++rider) {
    auto route = intended_route(rider);
    if (horizon::cost_of(problem_, rider, route) >= impossible_s) {
      route = fixed_route(rider);
    }
    for (const auto& visit : horizon::visits_of(route)) {
      for (const auto order : horizon::orders_of(visit)) {
        if (!is_bound(order)) {
          is_planned[order] = true;
        }
      }
    }
    solution.routes.push_back(route);
  }
  for (std::uint32_t order = 0; order < pool_.size(); ++order) {
    if (!is_planned[order]) {
      solution.unplaced.push_back(order);
    }
  }
  return solution;
}

intentions city_view::intentions_of(const horizon::solution& solution) const {
  intentions intended;
  for (std::size_t rider = 0; rider < crew_.size(); ++rider) {
    const auto& route = solution.routes[rider];
    for (const auto& visit : horizon::visits_of(route)) {
      intended_visit orders;
      for (const auto order : horizon::orders_of(visit)) {
        if (!is_bound(order)) {
          orders.push_back(order_ids_[order]);
        }
      }
      if (!orders.empty()) {
        intended[crew_[rider].id].push_back(std::move(orders));
      }
    }
  }
  return intended;
}

} // namespace dispatch::domain
