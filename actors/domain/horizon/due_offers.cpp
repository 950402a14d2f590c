#include "actors/domain/horizon/due_offers.hpp"

#include "actors/domain/planning/steps.hpp"
#include "actors/domain/route.hpp"
#include "messages/records/record_budget.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace dispatch::domain {

namespace {

/// A rider is asked so long before it is time to set out: ways are estimates, and people answer.
constexpr double ask_ahead_s = 30.0;

using orders = std::vector<std::uint32_t>;

class offering {
public:
  offering(plan_draft& draft, const city_view& view, const horizon::solution& solution)
      : draft_(draft), view_(view), solution_(solution), looks_again_(view.pool().size()) {}

  void run() {
    for (std::size_t rider = 0; rider < view_.riders().size(); ++rider) {
      look_at(rider);
    }
    for (const auto& [id, why, evidence] : draft_.held) {
      keep_waiting(draft_, id, why, evidence_of(evidence, draft_.known));
    }
    for (std::uint32_t order = 0; order < looks_again_.size(); ++order) {
      tell_of(order);
    }
  }

private:
  /// What is asked for, and what has been accepted already, of the first visit.
  struct first_visit {
    horizon::visit whole;
    orders added;
    double due_s = 0.0; ///< when the rider should be asked
  };

  void look_at(std::size_t rider) {
    const auto& route = solution_.routes[rider];
    for (const auto& visit : horizon::visits_of(route)) {
      for (const auto order : horizon::orders_of(visit)) {
        if (!view_.is_bound(order)) {
          looks_again_[order] = draft_.request.now + look_again_after;
        }
      }
    }
    const auto first = first_visit_of(rider);
    if (!first) {
      return;
    }
    const auto asked_at = draft_.request.now +
                          std::chrono::round<duration>(std::chrono::duration<double>(first->due_s));
    const auto may_be_asked = !view_.riders()[rider].is_asked;
    if (may_be_asked && first->due_s <= 0.0 && offer(rider, *first)) {
      return;
    }
    for (const auto order : first->added) {
      if (first->due_s > 0.0) {
        looks_again_[order] = std::min(*looks_again_[order], asked_at);
      }
    }
  }

  std::optional<first_visit> first_visit_of(std::size_t rider_index) const {
    const auto& route = solution_.routes[rider_index];
    if (route.count == 0) {
      return std::nullopt;
    }
    const auto& problem = view_.problem();
    const auto& rider = problem.riders[rider_index];
    first_visit first;
    first.whole = route.visits.front();
    horizon::visit bound{.place = first.whole.place};
    for (const auto order : horizon::orders_of(first.whole)) {
      if (view_.is_bound(order)) {
        bound.orders.at(bound.count++) = order;
      } else {
        first.added.push_back(order);
      }
    }
    if (first.added.empty()) {
      return std::nullopt;
    }
    const auto clock_s = std::max(rider.free_s, 0.0);
    // Who is on the way to collect others has to know of it before these are collected.
    first.due_s =
        bound.count > 0
            ? horizon::times_of(problem, rider, bound, clock_s, rider.at, true).collected_s
            : horizon::times_of(problem, rider, first.whole, clock_s, rider.at, true).leave_s;
    first.due_s -= ask_ahead_s;
    return first;
  }

  /// The rider's route with these orders of the visit, and what was accepted of it before.
  std::vector<stop> route_with(std::size_t rider, const first_visit& first,
                               const orders& added) const {
    const auto& now = view_.riders()[rider].route;
    auto end = now.end();
    if (view_.problem().riders[rider].anchored) {
      const auto is_pick_up = [](const stop& s) { return s.kind == stop_kind::pick_up; };
      end = std::find_if_not(std::ranges::find_if(now, is_pick_up), now.end(), is_pick_up);
    }
    std::vector<stop> route(now.begin(), end);
    for (const auto order : added) {
      const auto& pooled = view_.pool()[order];
      route.push_back(pick_up_stop(pooled.id, pooled.state));
    }
    for (const auto order : horizon::orders_of(first.whole)) {
      if (view_.is_bound(order)) {
        route.push_back(*std::find_if(
            end, now.end(), [&](const stop& s) { return s.order == view_.order_id(order); }));
      } else if (std::ranges::find(added, order) != added.end()) {
        const auto& pooled = view_.pool()[order];
        route.push_back(drop_off_stop(pooled.id, pooled.state));
      }
    }
    return route;
  }

  /// Whether the rider can have all that is on the route, and no rule forbids any added order.
  bool is_allowed(std::size_t rider, const std::vector<stop>& route, const orders& added) const {
    const auto& crew = view_.riders()[rider];
    if (orders_on(route) > draft_.known.policy().route_orders_max ||
        peak_load(route) > crew.unbound.capacity) {
      return false;
    }
    return draft_.known.rules().empty() || std::ranges::all_of(added, [&](std::uint32_t order) {
             const auto& pooled = view_.pool()[order];
             auto others = crew.unbound;
             others.route = route;
             std::erase_if(others.route, [&](const stop& s) { return s.order == pooled.id; });
             return !judge_pair(*pooled.ruling, others, pooled.state).forbidden_by;
           });
  }

  /// Of the added orders those that the rider can have together, and whose goods are there for all.
  orders offerable(std::size_t rider, const first_visit& first) const {
    orders added;
    auto promised = draft_.promised;
    for (const auto order : first.added) {
      const auto& [id, state, from, ruling] = view_.pool()[order];
      const auto& items = state.details.items;
      added.push_back(order);
      if ((from && !promised.leaves(from->id, *draft_.known.stations().at(from->id), items)) ||
          !is_allowed(rider, route_with(rider, first, added), added)) {
        added.pop_back();
      } else if (from) {
        promised.promise(from->id, items);
      }
    }
    return added;
  }

  /// False: nothing of it can be offered now.
  bool offer(std::size_t rider, const first_visit& first) {
    orders added;
    std::vector<decision> evidence;
    for (const auto order : offerable(rider, first)) {
      added.push_back(order);
      const auto route = route_with(rider, first, added);
      auto d = evidence_for(order, picked(rider, order, first));
      if (!draft_.spend(record_budget::reserve(d) + record_budget::reserve_offer(route.size()))) {
        added.pop_back(); // The next match has a budget of its own.
        break;
      }
      evidence.push_back(std::move(d));
    }
    if (added.empty()) {
      return false;
    }
    const auto answered = draft_.request.now + duration{draft_.known.policy().offer_ttl};
    proposal made;
    made.rider = view_.riders()[rider].id;
    made.offer = {draft_.next_offer_id(), {}, route_with(rider, first, added), answered};
    for (std::size_t i = 0; i < added.size(); ++i) {
      const auto& pooled = view_.pool()[added[i]];
      made.orders.push_back(
          terms_of(draft_, {pooled.id, pooled.state}, picked(rider, added[i], first), answered));
      made.offer.orders.push_back(pooled.id);
      draft_.entry_of(pooled.id).reason = waiting_reason::not_looked_at; // If it is refused.
      looks_again_[added[i]].reset();
      is_offered_.push_back(added[i]);
      evidence[i].rider = made.rider;
      evidence[i].offer = made.offer.id;
      draft_.result.decisions.push_back(std::move(evidence[i]));
    }
    draft_.taken.insert(made.rider);
    draft_.result.proposals.push_back(std::move(made));
    return true;
  }

  /// The rider as a candidate for the order, with the times of the whole visit.
  ranked_candidate picked(std::size_t rider_index, std::uint32_t order,
                          const first_visit& first) const {
    const auto& problem = view_.problem();
    const auto& rider = problem.riders[rider_index];
    const auto& pooled = view_.pool()[order];
    const auto clock_s = std::max(rider.free_s, 0.0);
    const auto times = horizon::times_of(problem, rider, first.whole, clock_s, rider.at, true);
    const auto arrival_s = std::max(0.0, times.arrival_s);
    const auto ready_s = std::max(0.0, problem.orders[order].ready_s);
    ranked_candidate pick;
    pick.from = pooled.from;
    pick.terms.rider = view_.riders()[rider_index].id;
    pick.terms.travel_s = arrival_s;
    pick.terms.order_wait_s = std::max(0.0, arrival_s - ready_s);
    pick.terms.rider_wait_s = std::max(0.0, ready_s - arrival_s);
    pick.terms.distance_m =
        distance_m(view_.riders()[rider_index].unbound.at, pooled.state.details.pick_up);
    if (pooled.from) {
      pick.terms.station = pooled.from->id;
      pick.terms.ride_s =
          problem.way_s(problem.orders[order].pick_up, problem.orders[order].drop_off, rider);
    }
    pick.terms.cost_s = cost_of(pick.terms, draft_.known.policy());
    return pick;
  }

  decision evidence_for(std::uint32_t order, const ranked_candidate& pick) const {
    const auto& pooled = view_.pool()[order];
    auto found = search({pooled.id, pooled.state}, draft_.context());
    std::erase_if(found.candidates,
                  [&](const auto& other) { return other.terms.rider == pick.terms.rider; });
    found.candidates.insert(found.candidates.begin(), pick);
    return evidence_of(found, draft_.known);
  }

  void tell_of(std::uint32_t order) {
    if (std::ranges::find(is_offered_, order) != is_offered_.end()) {
      return;
    }
    const auto& pooled = view_.pool()[order];
    if (const auto& again = looks_again_[order]) {
      decision planned;
      planned.policy_version = draft_.known.policy().version;
      keep_waiting(draft_, pooled.id, {waiting_reason::planned, *again}, std::move(planned));
      return;
    }
    const auto later = draft_.request.now + look_again_after;
    const auto found = search({pooled.id, pooled.state}, draft_.context());
    keep_waiting(draft_, pooled.id, {reason_of(found), later}, evidence_of(found, draft_.known));
  }

  static waiting_reason reason_of(const search_result& found) {
    if (found.in_reach == 0) {
      return waiting_reason::no_rider_in_reach;
    }
    return found.candidates.empty() ? waiting_reason::all_riders_gated
                                    : waiting_reason::riders_busy;
  }

  plan_draft& draft_;
  const city_view& view_;
  const horizon::solution& solution_;
  std::vector<std::optional<timestamp>> looks_again_; ///< of orders that are planned
  orders is_offered_;
};

} // namespace

void offer_what_is_due(plan_draft& draft, const city_view& view,
                       const horizon::solution& solution) {
  offering{draft, view, solution}.run();
}

} // namespace dispatch::domain
