#pragma once

#include "actors/domain/horizon/problem.hpp"
#include "actors/domain/matching/matching.hpp"
#include "actors/domain/planning/plan_draft.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dispatch::domain {

/// What the board knows, as a planning problem.
class city_view {
public:
  /// An order that waits, with the station that its goods are to come from.
  struct pooled {
    std::string id;
    order state;
    std::optional<chosen_station> from = {};
    std::optional<order_ruling> ruling = {}; ///< refers to `state`
  };

  /// A rider who works, from when all that is fixed is done.
  struct crew {
    std::string id;
    rider unbound;           ///< without route and open offer
    std::vector<stop> route; ///< as accepted, or as an open offer would make it
    bool is_asked = false;   ///< has an open offer
  };

  /// Takes the orders that wait, the riders who work, and what was intended for them. Orders that
  /// no rider may be looked for are put into `held`. The draft outlives the view.
  explicit city_view(plan_draft& draft);
  city_view(const city_view&) = delete;
  city_view& operator=(const city_view&) = delete;

  const horizon::problem& problem() const { return problem_; }
  /// What was intended, as far as it still can be done.
  horizon::solution first_solution() const;
  intentions intentions_of(const horizon::solution& solution) const;

  /// Parallel to the first orders of the problem: what follows is bound to a rider.
  const std::deque<pooled>& pool() const { return pool_; }
  bool is_bound(std::uint32_t order) const { return order >= pool_.size(); }
  const std::string& order_id(std::uint32_t order) const { return order_ids_[order]; }
  /// Parallel to the riders of the problem.
  const std::vector<crew>& riders() const { return crew_; }

private:
  /// How far a route has been ridden: when, and where.
  struct ridden {
    double clock_s = 0.0;
    place at;
  };

  void take_orders();
  void take_order(const std::string& id, const order& state);
  void take_riders();
  void take_rider(const std::string& id, const rider& state);
  void take_bound_orders(std::size_t rider, std::size_t first_stop);
  std::size_t place_index(const place& at);
  ridden ride(const rider& state, const std::vector<stop>& route, std::size_t stops) const;
  std::vector<double> end_values() const;
  double pair_s(std::size_t order, std::size_t rider) const;
  double judged_pair_s(const pooled& order, const crew& rider) const;
  horizon::route fixed_route(std::size_t rider) const;
  horizon::route intended_route(std::size_t rider) const;

  plan_draft& draft_;
  search_context context_;
  horizon::problem problem_;
  std::deque<pooled> pool_;
  std::vector<crew> crew_;
  std::vector<std::string> order_ids_; ///< parallel to the orders of the problem
  std::map<std::string, std::uint32_t> order_of_;
  std::map<std::pair<double, double>, std::size_t> place_of_;
  mutable std::vector<float> pair_s_; ///< as asked; NaN: not yet
};

} // namespace dispatch::domain
