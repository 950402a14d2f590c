#include "actors/domain/horizon/plan_search.hpp"

#include "actors/domain/horizon/rider_reach.hpp"
#include "actors/domain/horizon/tails.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <tuple>
#include <utility>

namespace dispatch::domain::horizon {

namespace {

constexpr std::size_t tried_max = 12;        ///< riders for one order
constexpr std::size_t taken_out_max = 6;     ///< orders at once
constexpr double busy_rank_s = 180.0;        ///< riders with a plan are tried later
constexpr double same_rider_rank_s = 3000.0; ///< orders of one rider are taken out together
constexpr double least_gain_s = 1e-6;

/// Marsaglia's xorshift: the same numbers everywhere.
class chance {
public:
  explicit chance(std::uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15ULL | 1U) {}

  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(next() % limit); }
  double unit() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

private:
  std::uint64_t next() {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return state_;
  }

  std::uint64_t state_;
};

class search {
public:
  search(const problem& problem, solution& plan, const effort& effort)
      : problem_(problem), plan_(plan), effort_(effort), chance_(effort.seed),
        cost_(problem.riders.size()), rider_of_(problem.orders.size(), nobody), reach_(problem) {
    for (std::size_t rider = 0; rider < cost_.size(); ++rider) {
      count_in(rider);
    }
    for (std::uint32_t order = 0; order < problem.orders.size(); ++order) {
      if (problem.orders[order].bound_to == nobody) {
        movable_.push_back(order);
      }
    }
  }

  void run() {
    place_all(std::exchange(plan_.unplaced, {}));
    exchange();
    const auto iterations = std::min(effort_.iterations_max,
                                     std::max(problem_.orders.size(), effort_.iterations_least));
    for (std::size_t i = 0; i < iterations && !movable_.empty(); ++i) {
      if (i == iterations / 2) {
        exchange();
      }
      plan_some_anew();
    }
    put_older_first();
  }

private:
  /// Where an order fits best.
  struct spot {
    std::size_t rider = nobody;
    std::size_t visit = 0;
    std::size_t before = nobody; ///< which order of the visit; `nobody`: a visit of its own
    double rise_s = impossible_s;
  };

  struct route_before {
    std::size_t rider;
    double cost_s;
    route was;
  };

  void exchange() {
    if (exchange_tails(problem_, plan_, reach_)) {
      for (std::size_t rider = 0; rider < cost_.size(); ++rider) {
        count_in(rider);
      }
    }
  }

  void count_in(std::size_t rider) {
    const auto& route = plan_.routes[rider];
    cost_[rider] = cost_of(problem_, rider, route);
    for (const auto& visit : visits_of(route)) {
      for (const auto order : orders_of(visit)) {
        rider_of_[order] = rider;
      }
    }
  }

  /// The riders that an order is tried with, in `ranked_`.
  void rank_riders(std::uint32_t index) {
    const auto& order = problem_.orders[index];
    ranked_.clear();
    for (const auto& [unused, rider] : reach_.of(order.pick_up)) {
      auto rank = reach_.rank_s(rider, order.pick_up, order.ready_s);
      const auto visits = visits_of(plan_.routes[rider]);
      if (!visits.empty()) {
        const auto last = visits.back().orders[visits.back().count - 1];
        rank += busy_rank_s + 0.5 * problem_.way_s(problem_.orders[last].drop_off, order.pick_up,
                                                   problem_.riders[rider]);
      }
      if (std::ranges::find(visits, order.pick_up, &visit::place) != visits.end()) {
        rank = -1.0;
      }
      ranked_.emplace_back(rank, rider);
    }
    const auto kept = std::min(ranked_.size(), tried_max);
    std::partial_sort(ranked_.begin(), ranked_.begin() + static_cast<std::ptrdiff_t>(kept),
                      ranked_.end());
    ranked_.resize(kept);
  }

  void try_rider(std::uint32_t order, std::size_t rider, spot& best) {
    if (cost_[rider] >= impossible_s) {
      return;
    }
    const auto place = problem_.orders[order].pick_up;
    const auto& now = plan_.routes[rider];
    const auto consider = [&](std::size_t visit, std::size_t before) {
      const auto rise_s = cost_of(problem_, rider, trial_) - cost_[rider];
      if (rise_s < best.rise_s) {
        best = {rider, visit, before, rise_s};
      }
    };
    for (std::size_t v = 0; v < now.count; ++v) {
      const auto together = now.visits[v].count;
      if (now.visits[v].place == place && together < problem_.together_max) {
        for (std::size_t before = 0; before <= together; ++before) {
          trial_ = now;
          insert_order(trial_.visits[v], before, order);
          consider(v, before);
        }
      }
    }
    if (now.count < visits_max) {
      const auto fixed = problem_.riders[rider].anchored ? std::min<std::size_t>(now.count, 1) : 0;
      for (auto v = fixed; v <= now.count; ++v) {
        trial_ = now;
        insert_visit(trial_, v, {place, 1, {order}});
        consider(v, nobody);
      }
    }
  }

  spot best_spot(std::uint32_t order, double overlooked) {
    spot best;
    rank_riders(order);
    for (const auto& [unused, rider] : ranked_) {
      if (overlooked == 0.0 || chance_.unit() >= overlooked) {
        try_rider(order, rider, best);
      }
    }
    return best;
  }

  void put(std::uint32_t order, const spot& at) {
    auto& route = plan_.routes[at.rider];
    if (at.before == nobody) {
      insert_visit(route, at.visit, {problem_.orders[order].pick_up, 1, {order}});
    } else {
      insert_order(route.visits[at.visit], at.before, order);
    }
    cost_[at.rider] += at.rise_s;
    rider_of_[order] = at.rider;
  }

  /// What cannot be placed, or costs more than nobody, stays unplaced.
  bool is_worth_it(std::uint32_t order, const spot& at) const {
    return at.rider != nobody && at.rise_s < unplaced_cost_of(problem_, order);
  }

  double ready_s(std::uint32_t order) const { return problem_.orders[order].ready_s; }

  void sort_by_ready(std::vector<std::uint32_t>& orders) const {
    std::ranges::stable_sort(orders, {}, [&](std::uint32_t order) { return ready_s(order); });
  }

  void place_all(std::vector<std::uint32_t> orders) {
    sort_by_ready(orders);
    for (const auto order : orders) {
      const auto best = best_spot(order, 0.0);
      if (is_worth_it(order, best)) {
        put(order, best);
      } else {
        plan_.unplaced.push_back(order);
      }
    }
  }

  /// A few movable orders that have to do with each other: stations near each other, at about the
  /// same time.
  void choose_related() {
    const auto first = movable_[chance_.below(movable_.size())];
    const auto count = std::min(1 + chance_.below(taken_out_max), movable_.size());
    taken_out_ = {first};
    if (count == 1) {
      return;
    }
    const free_rider middle;
    related_.clear();
    for (const auto order : movable_) {
      if (order == first) {
        continue;
      }
      auto apart_s =
          problem_.way_s(problem_.orders[order].pick_up, problem_.orders[first].pick_up, middle) +
          0.5 * std::abs(ready_s(order) - ready_s(first));
      if (rider_of_[order] != nobody && rider_of_[order] == rider_of_[first] &&
          chance_.below(4) == 0) {
        apart_s -= same_rider_rank_s;
      }
      related_.emplace_back(apart_s * (0.5 + chance_.unit()), order);
    }
    const auto end = related_.begin() + static_cast<std::ptrdiff_t>(count - 1);
    std::partial_sort(related_.begin(), end, related_.end());
    for (auto at = related_.begin(); at != end; ++at) {
      taken_out_.push_back(at->second);
    }
  }

  void remember(std::size_t rider) {
    if (std::ranges::find(before_, rider, &route_before::rider) == before_.end()) {
      before_.push_back({rider, cost_[rider], plan_.routes[rider]});
    }
  }

  void take_out(std::uint32_t order) {
    const auto rider = std::exchange(rider_of_[order], nobody);
    if (rider == nobody) {
      std::erase(plan_.unplaced, order);
      return;
    }
    remember(rider);
    erase_order(plan_.routes[rider], order);
    cost_[rider] = cost_of(problem_, rider, plan_.routes[rider]);
  }

  void shuffle_taken_out() {
    switch (chance_.below(3)) {
    case 0:
      sort_by_ready(taken_out_);
      break;
    case 1:
      for (auto i = taken_out_.size() - 1; i > 0; --i) {
        std::swap(taken_out_[i], taken_out_[chance_.below(i + 1)]);
      }
      break;
    default:
      break;
    }
  }

  void plan_some_anew() {
    choose_related();
    before_.clear();
    const auto unplaced = plan_.unplaced;
    for (const auto order : taken_out_) {
      take_out(order);
    }
    shuffle_taken_out();
    constexpr auto overlooked = 0.05;
    for (const auto order : taken_out_) {
      const auto best = best_spot(order, overlooked);
      if (is_worth_it(order, best)) {
        remember(best.rider);
        put(order, best);
      } else {
        plan_.unplaced.push_back(order);
      }
    }
    if (!is_better_than(unplaced)) {
      take_back(unplaced);
    }
  }

  /// Of orders that ask for the same, the one that was placed first goes first.
  void put_older_first() {
    std::map<std::tuple<std::size_t, std::size_t, std::uint32_t, double>,
             std::vector<std::uint32_t>>
        alike;
    for (const auto index : movable_) {
      const auto& order = problem_.orders[index];
      auto& same = alike[{order.pick_up, order.drop_off, order.load, order.weight}];
      for (const auto other : same) {
        exchange_if_better(index, other);
      }
      same.push_back(index);
    }
  }

  void exchange_if_better(std::uint32_t one, std::uint32_t other) {
    if (rider_of_[one] == nobody && rider_of_[other] == nobody) {
      return;
    }
    before_.clear();
    const auto unplaced = plan_.unplaced;
    for (const auto rider : {rider_of_[one], rider_of_[other]}) {
      if (rider != nobody) {
        remember(rider);
      }
    }
    for (const auto& [rider, cost_s, was] : before_) {
      replace_orders(plan_.routes[rider], one, other);
      cost_[rider] = cost_of(problem_, rider, plan_.routes[rider]);
    }
    for (auto& order : plan_.unplaced) {
      order = order == one ? other : order == other ? one : order;
    }
    std::swap(rider_of_[one], rider_of_[other]);
    if (!is_better_than(unplaced)) {
      std::swap(rider_of_[one], rider_of_[other]);
      plan_.unplaced = unplaced;
      for (const auto& [rider, cost_s, was] : before_) {
        plan_.routes[rider] = was;
        cost_[rider] = cost_s;
      }
    }
  }

  /// Whether the routes and what is unplaced cost less than those of before.
  bool is_better_than(const std::vector<std::uint32_t>& unplaced) const {
    auto change_s = unplaced_cost(plan_.unplaced) - unplaced_cost(unplaced);
    for (const auto& [rider, cost_s, was] : before_) {
      change_s += cost_[rider] - cost_s;
    }
    return change_s < -least_gain_s;
  }

  double unplaced_cost(const std::vector<std::uint32_t>& orders) const {
    auto sum = 0.0;
    for (const auto order : orders) {
      sum += unplaced_cost_of(problem_, order);
    }
    return sum;
  }

  void take_back(const std::vector<std::uint32_t>& unplaced) {
    plan_.unplaced = unplaced;
    for (const auto order : taken_out_) {
      rider_of_[order] = nobody;
    }
    for (const auto& [rider, cost_s, was] : before_) {
      plan_.routes[rider] = was;
      count_in(rider);
    }
  }

  const problem& problem_;
  solution& plan_;
  const effort& effort_;
  chance chance_;
  std::vector<double> cost_;           ///< of each rider's route
  std::vector<std::size_t> rider_of_;  ///< each order's, or `nobody`
  std::vector<std::uint32_t> movable_; ///< orders
  rider_reach reach_;
  std::vector<std::pair<double, std::size_t>> ranked_;
  std::vector<std::pair<double, std::uint32_t>> related_;
  std::vector<std::uint32_t> taken_out_;
  std::vector<route_before> before_; ///< of the routes that this iteration changed
  route trial_;
};

} // namespace

void improve(const problem& problem, solution& plan, const effort& effort) {
  search{problem, plan, effort}.run();
}

} // namespace dispatch::domain::horizon
