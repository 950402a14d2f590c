#include "actors/domain/matching/matching.hpp"

#include "actors/domain/machines/order.hpp"
#include "actors/domain/matching/assignment.hpp"
#include "actors/domain/route.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace dispatch::domain {

namespace {

/// Any assignment is better than none, whatever it costs.
constexpr double unassigned_cost_ms = 1e12;

template <class Range, class Value> bool contains(const Range& range, const Value& value) {
  return std::ranges::find(range, value) != std::ranges::end(range);
}

/// Behind so many riders with work no idle one is looked for: where all are at work, a match would
/// go through the whole fleet for every order.
constexpr std::size_t passed_by_max = 240;

/// Since the zone began to look for a rider.
double waited_min(const order& order, timestamp now, const policy& policy) {
  const auto since = std::max(order.placed_at, search_begins(order.details, policy));
  return std::max(0.0, seconds_between(since, now)) / 60.0;
}

} // namespace

double search_radius_m(const order& order, timestamp now, const policy& policy) {
  return std::min(policy.radius_m + policy.radius_growth_m_per_min * waited_min(order, now, policy),
                  policy.radius_max_m);
}

bool has_skills(const rider& rider, const order& order) {
  return std::ranges::all_of(order.details.skills,
                             [&](const auto& skill) { return contains(rider.skills, skill); });
}

gate gate_of(const known_rider& rider, const order& order, timestamp now, const policy& policy) {
  const auto& state = rider.state;
  if (!state.on_shift) {
    return gate::off_shift;
  }
  if (state.pause) {
    return gate::paused;
  }
  if (state.on_break) {
    return gate::on_break;
  }
  if (state.open_offer) {
    return gate::has_offer;
  }
  if (now - state.at_time > policy.position_freshness) {
    return gate::stale_position;
  }
  const auto& allowed = order.details.vehicles;
  if (!allowed.empty() && !contains(allowed, state.vehicle)) {
    return gate::vehicle;
  }
  if (!has_skills(state, order)) {
    return gate::skill;
  }
  if (order.details.load > state.capacity) {
    return gate::capacity;
  }
  if (orders_on(state.route) >= policy.route_orders_max) {
    return gate::route_full;
  }
  return contains(order.passed, rider.id) ? gate::passed_before : gate::none;
}

stop pick_up_stop(const std::string& order_id, const order& order) {
  return {stop_kind::pick_up, order_id, order.details.pick_up, order.details.load,
          order.details.ready_at};
}

stop drop_off_stop(const std::string& order_id, const order& order) {
  return {.kind = stop_kind::drop_off,
          .order = order_id,
          .at = order.details.drop_off,
          .load = order.details.load,
          .not_before = {},
          .delivery_code = order.details.delivery_code,
          .return_to = order.belongs_at,
          .wrong_codes = order.wrong_codes};
}

evaluation evaluate(const known_rider& rider, const known_order& order, timestamp now,
                    const travel_model& travel) {
  const auto& policy = travel.policy;
  const auto& details = order.state.details;
  if (travel.engine != nullptr) {
    travel.engine->begin();
  }
  auto inserted = cheapest_insertion(rider.state, pick_up_stop(order.id, order.state),
                                     drop_off_stop(order.id, order.state), now, travel);
  if (!inserted.possible) {
    return {};
  }
  const auto ready_s = std::max(0.0, seconds_between(now, details.ready_at));
  const auto left_s =
      std::max(inserted.arrival_s, ready_s) + static_cast<double>(policy.pick_up_service.count());
  const auto direct_s = left_s +
                        travel_s(details.pick_up, details.drop_off, rider.state.vehicle, travel) +
                        static_cast<double>(policy.drop_off_service.count());

  candidate terms;
  terms.rider = rider.id;
  terms.travel_s = inserted.arrival_s;
  terms.order_wait_s = std::max(0.0, inserted.arrival_s - ready_s);
  terms.rider_wait_s = std::max(0.0, ready_s - inserted.arrival_s);
  terms.detour_s = inserted.delay_s + (inserted.drop_off_s - direct_s);
  terms.distance_m = distance_m(rider.state.at, details.pick_up);
  terms.cost_s = cost_of(terms, policy);
  if (travel.engine != nullptr) {
    terms.travel = travel.engine->used();
  }
  const auto& ends_at = rider.state.ends_at;
  const auto too_late =
      ends_at && inserted.finish_s > seconds_between(now, *ends_at + policy.overtime);
  return {{std::move(terms), std::move(inserted.route)},
          too_late ? gate::shift_ends : gate::none,
          true};
}

double cost_of(const candidate& terms, const policy& policy) {
  return terms.travel_s + policy.order_wait_weight * terms.order_wait_s +
         policy.rider_wait_weight * terms.rider_wait_s + policy.detour_weight * terms.detour_s +
         terms.rules_cost_s + terms.ride_s;
}

order_ruling rule_on(const order& order, const search_context& context) {
  order_ruling ruling{context.rules, {}, {}};
  if (context.rules.empty()) {
    return ruling;
  }
  auto& facts = ruling.facts;
  facts.order_load = order.details.load;
  facts.order_waited_min = waited_min(order, context.now, context.policy());
  facts.station = order.details.station;
  // Where a rider had a breakdown is no station.
  facts.station_distance_m =
      distance_m(order.belongs_at.value_or(order.details.pick_up), order.details.drop_off);
  facts.order_priority = order.details.priority;
  facts.order_skills = order.details.skills;
  set_local_time(facts, context.now, context.local_offset);
  ruling.verdict = context.rules.of_order(facts);
  return ruling;
}

rule_verdict judge_pair(const order_ruling& ruling, const rider& rider, const order& order) {
  if (ruling.rules.empty()) {
    return {};
  }
  auto facts = ruling.facts;
  facts.rider_capacity = rider.capacity;
  facts.rider_load = peak_load(rider.route);
  facts.rider_orders = static_cast<double>(orders_on(rider.route));
  facts.distance_m = distance_m(rider.at, order.details.pick_up);
  facts.rider_vehicle = rider.vehicle;
  facts.rider_skills = rider.skills;
  return ruling.rules.of_pair(facts);
}

void add_rules(candidate& terms, const order_ruling& ruling, const rule_verdict& pair,
               const policy& policy) {
  if (ruling.rules.empty()) {
    return;
  }
  terms.rules_cost_s =
      ruling.verdict.cost_s + pair.cost_s +
      (ruling.verdict.weight - 1.0) * policy.order_wait_weight * terms.order_wait_s;
  terms.rules = ruling.rules.names(ruling.verdict.applied | pair.applied);
  terms.cost_s = cost_of(terms, policy);
}

void sort_by_cost(std::vector<ranked_candidate>& candidates) {
  std::ranges::sort(candidates, {}, [](const ranked_candidate& c) {
    return std::tie(c.terms.cost_s, c.terms.rider);
  });
}

search_result search(const known_order& order, const search_context& context) {
  const auto& policy = context.policy();
  const auto ruling = rule_on(order.state, context);
  search_result result;
  result.order = order.id;
  result.weight = (1.0 + order.state.details.priority) * ruling.verdict.weight;
  result.waited_s = waited_min(order.state, context.now, policy) * 60.0;
  result.applied = ruling.verdict.applied;
  result.failed = ruling.verdict.failed;
  result.forbidden = ruling.verdict.forbidden_by.has_value();
  if (result.forbidden) {
    return result;
  }
  result.radius_m = search_radius_m(order.state, context.now, policy);
  const auto pass_over = [&](const std::string& rider_id, gate code, std::string rule = {}) {
    ++result.counts[code];
    if (result.gated.size() < limits::gated_kept) {
      result.gated.push_back({rider_id, code, std::move(rule)});
    }
  };
  std::size_t idle = 0;
  std::size_t passed_by = 0;
  const auto look_at = [&](const rider_index::found& near) {
    const known_rider rider{near.rider, *context.riders.at(near.rider)};
    const auto has_work = !rider.state.route.empty();
    const auto enough = result.candidates.size() >= limits::candidates_per_order;
    if (enough && has_work) { // Nearer ones with work suffice.
      return ++passed_by < passed_by_max;
    }
    ++result.in_reach;
    const auto code = gate_of(rider, order.state, context.now, policy);
    if (code != gate::none) {
      pass_over(rider.id, code);
      return true;
    }
    const auto verdict = judge_pair(ruling, rider.state, order.state);
    result.failed |= verdict.failed;
    if (verdict.forbidden_by) {
      pass_over(rider.id, gate::rule, ruling.rules.name(*verdict.forbidden_by));
      return true;
    }
    auto evaluated = evaluate(rider, order, context.now, context.travel);
    if (evaluated.code != gate::none) {
      pass_over(rider.id, evaluated.code);
      return true;
    }
    add_rules(evaluated.candidate.terms, ruling, verdict, policy);
    result.candidates.push_back(std::move(evaluated.candidate));
    idle += has_work ? 0U : 1U;
    return result.candidates.size() < limits::candidates_per_order ||
           idle < limits::idle_candidates_per_order;
  };
  context.index.nearest(order.state.details.pick_up, result.radius_m, look_at);
  sort_by_cost(result.candidates);
  return result;
}

std::vector<std::size_t> choose(const std::vector<search_result>& searches, double age_weight) {
  // Of equal rows the last one is served.
  std::vector<std::size_t> newest_first(searches.size());
  std::iota(newest_first.rbegin(), newest_first.rend(), std::size_t{0});
  std::ranges::stable_sort(newest_first, {}, [&](std::size_t i) { return searches[i].waited_s; });
  std::unordered_map<std::string, std::size_t> column_of;
  std::vector<std::vector<assignment_edge>> rows;
  std::vector<std::int64_t> unserved;
  rows.reserve(searches.size());
  unserved.reserve(searches.size());
  for (const auto i : newest_first) {
    auto& row = rows.emplace_back();
    for (const auto& c : searches[i].candidates) {
      const auto column = column_of.try_emplace(c.terms.rider, column_of.size()).first->second;
      row.push_back({column, std::llround(c.terms.cost_s * 1000.0)});
    }
    unserved.push_back(std::llround(unassigned_cost_ms * searches[i].weight +
                                    age_weight * searches[i].waited_s * 1000.0));
  }
  const auto columns = assign(rows, column_of.size(), unserved);

  std::vector<std::size_t> chosen(searches.size(), unassigned);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t k = 0; k < rows[row].size(); ++k) {
      if (rows[row][k].column == columns[row]) {
        chosen[newest_first[row]] = k;
      }
    }
  }
  return chosen;
}

} // namespace dispatch::domain
