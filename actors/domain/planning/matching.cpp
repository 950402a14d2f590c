#include "actors/domain/planning/matching.hpp"

#include "actors/domain/machines/order.hpp"
#include "actors/domain/planning/assignment.hpp"
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
double waited_min(const order& state, timestamp now, const policy& rules) {
  const auto since = std::max(state.placed_at, search_begins(state.details, rules));
  return std::max(0.0, seconds_between(since, now)) / 60.0;
}

} // namespace

double search_radius_m(const order& state, timestamp now, const policy& rules) {
  return std::min(rules.radius_m + rules.radius_growth_m_per_min * waited_min(state, now, rules),
                  rules.radius_max_m);
}

bool has_skills(const rider& who, const order& what) {
  return std::ranges::all_of(what.details.skills,
                             [&](const auto& skill) { return contains(who.skills, skill); });
}

gate gate_of(const rider& who, const std::string& rider_id, const order& what, timestamp now,
             const policy& rules) {
  if (!who.on_shift) {
    return gate::off_shift;
  }
  if (who.pause) {
    return gate::paused;
  }
  if (who.on_break) {
    return gate::on_break;
  }
  if (who.open_offer) {
    return gate::has_offer;
  }
  if (now - who.at_time > rules.position_freshness) {
    return gate::stale_position;
  }
  const auto& allowed = what.details.vehicles;
  if (!allowed.empty() && !contains(allowed, who.vehicle)) {
    return gate::vehicle;
  }
  if (!has_skills(who, what)) {
    return gate::skill;
  }
  if (what.details.load > who.capacity) {
    return gate::capacity;
  }
  if (orders_on(who.route) >= rules.route_orders_max) {
    return gate::route_full;
  }
  return contains(what.passed, rider_id) ? gate::passed_before : gate::none;
}

stop pick_up_stop(const std::string& order_id, const order& what) {
  return {stop_kind::pick_up, order_id, what.details.pick_up, what.details.load,
          what.details.ready_at};
}

stop drop_off_stop(const std::string& order_id, const order& what) {
  return {.kind = stop_kind::drop_off,
          .order = order_id,
          .at = what.details.drop_off,
          .load = what.details.load,
          .not_before = {},
          .delivery_code = what.details.delivery_code,
          .return_to = what.belongs_at,
          .wrong_codes = what.wrong_codes};
}

evaluation evaluate(const std::string& rider_id, const rider& who, const std::string& order_id,
                    const order& what, timestamp now, const travel_model& travel) {
  const auto& rules = travel.rules;
  if (travel.engine != nullptr) {
    travel.engine->begin();
  }
  auto inserted = cheapest_insertion(who, pick_up_stop(order_id, what),
                                     drop_off_stop(order_id, what), now, travel);
  if (!inserted.possible) {
    return {};
  }
  const auto ready_s = std::max(0.0, seconds_between(now, what.details.ready_at));
  const auto left_s =
      std::max(inserted.arrival_s, ready_s) + static_cast<double>(rules.pick_up_service.count());
  const auto direct_s = left_s +
                        travel_s(what.details.pick_up, what.details.drop_off, who.vehicle, travel) +
                        static_cast<double>(rules.drop_off_service.count());

  candidate terms;
  terms.rider = rider_id;
  terms.travel_s = inserted.arrival_s;
  terms.order_wait_s = std::max(0.0, inserted.arrival_s - ready_s);
  terms.rider_wait_s = std::max(0.0, ready_s - inserted.arrival_s);
  terms.detour_s = inserted.delay_s + (inserted.drop_off_s - direct_s);
  terms.distance_m = distance_m(who.at, what.details.pick_up);
  terms.cost_s = terms.travel_s + rules.order_wait_weight * terms.order_wait_s +
                 rules.rider_wait_weight * terms.rider_wait_s +
                 rules.detour_weight * terms.detour_s;
  if (travel.engine != nullptr) {
    terms.travel = travel.engine->used();
  }
  const auto too_late =
      who.ends_at && inserted.finish_s > seconds_between(now, *who.ends_at + rules.overtime);
  return {{std::move(terms), std::move(inserted.route)},
          too_late ? gate::shift_ends : gate::none,
          true};
}

order_ruling rule_on(const order& what, timestamp now, const rules_in_force& with,
                     const policy& rules) {
  order_ruling ruling{with.compiled, {}, {}};
  if (with.compiled.empty()) {
    return ruling;
  }
  auto& facts = ruling.facts;
  facts.order_load = what.details.load;
  facts.order_waited_min = waited_min(what, now, rules);
  facts.station = what.details.station;
  // Where a rider had a breakdown is no station.
  facts.station_distance_m =
      distance_m(what.belongs_at.value_or(what.details.pick_up), what.details.drop_off);
  facts.order_priority = what.details.priority;
  facts.order_skills = what.details.skills;
  set_local_time(facts, now, with.local_offset);
  ruling.verdict = with.compiled.of_order(facts);
  return ruling;
}

rule_verdict judge_pair(const order_ruling& ruling, const rider& who, const order& what) {
  if (ruling.rules.empty()) {
    return {};
  }
  auto facts = ruling.facts;
  facts.rider_capacity = who.capacity;
  facts.rider_load = peak_load(who.route);
  facts.rider_orders = static_cast<double>(orders_on(who.route));
  facts.distance_m = distance_m(who.at, what.details.pick_up);
  facts.rider_vehicle = who.vehicle;
  facts.rider_skills = who.skills;
  return ruling.rules.of_pair(facts);
}

void add_costs(candidate& terms, const order_ruling& ruling, const rule_verdict& pair,
               const policy& rules) {
  if (ruling.rules.empty()) {
    return;
  }
  terms.rules_cost_s = ruling.verdict.cost_s + pair.cost_s +
                       (ruling.verdict.weight - 1.0) * rules.order_wait_weight * terms.order_wait_s;
  terms.cost_s += terms.rules_cost_s;
  terms.rules = ruling.rules.names(ruling.verdict.applied | pair.applied);
}

search_result search(const std::string& order_id, const order& what, const fleet& riders,
                     const rider_index& index, timestamp now, const travel_model& travel,
                     const order_ruling& ruling) {
  const auto& rules = travel.rules;
  search_result result;
  result.weight = (1.0 + what.details.priority) * ruling.verdict.weight;
  result.waited_s = waited_min(what, now, rules) * 60.0;
  result.applied = ruling.verdict.applied;
  result.failed = ruling.verdict.failed;
  result.forbidden = ruling.verdict.forbidden_by.has_value();
  if (result.forbidden) {
    return result;
  }
  result.radius_m = search_radius_m(what, now, rules);
  const auto pass_over = [&](const std::string& rider_id, gate code, std::string rule = {}) {
    ++result.counts[code];
    if (result.gated.size() < limits::gated_kept) {
      result.gated.push_back({rider_id, code, std::move(rule)});
    }
  };
  std::size_t idle = 0;
  std::size_t passed_by = 0;
  index.nearest(what.details.pick_up, result.radius_m, [&](const rider_index::found& near) {
    const auto& who = *riders.at(near.rider);
    const auto enough = result.candidates.size() >= limits::candidates_per_order;
    if (enough && !who.route.empty()) { // Nearer ones with work suffice.
      return ++passed_by < passed_by_max;
    }
    ++result.in_reach;
    if (const auto code = gate_of(who, near.rider, what, now, rules); code != gate::none) {
      pass_over(near.rider, code);
      return true;
    }
    const auto verdict = judge_pair(ruling, who, what);
    result.failed |= verdict.failed;
    if (verdict.forbidden_by) {
      pass_over(near.rider, gate::rule, ruling.rules.name(*verdict.forbidden_by));
      return true;
    }
    auto evaluated = evaluate(near.rider, who, order_id, what, now, travel);
    if (evaluated.code != gate::none) {
      pass_over(near.rider, evaluated.code);
      return true;
    }
    add_costs(evaluated.candidate.terms, ruling, verdict, rules);
    result.candidates.push_back(std::move(evaluated.candidate));
    idle += who.route.empty() ? 1U : 0U;
    return result.candidates.size() < limits::candidates_per_order ||
           idle < limits::idle_candidates_per_order;
  });
  std::ranges::sort(result.candidates, [](const auto& a, const auto& b) {
    return std::tie(a.terms.cost_s, a.terms.rider) < std::tie(b.terms.cost_s, b.terms.rider);
  });
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
