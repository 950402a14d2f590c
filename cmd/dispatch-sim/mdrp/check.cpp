#include "cmd/dispatch-sim/mdrp/check.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>

namespace dispatch::sim::mdrp {

namespace {

/// What one courier did, step by step.
class retraced {
public:
  retraced(const instance& of, const courier& who, const std::map<std::string, const meal*>& meals,
           std::vector<std::string>& found)
      : of_(of), who_(who), meals_(meals), found_(found), here_(who.start), free_(who.on) {
    for (const auto& each : of.restaurants) {
      restaurants_.emplace(each.id, &each);
    }
  }

  /// Follows all moves. `assignments` are in the sequence of collecting.
  void follow(std::span<const solution::move> moves,
              std::span<const solution::assignment* const> assignments) {
    std::size_t next = 0;
    for (const auto* assignment : assignments) {
      // Ways that end where nothing is collected, and the way to where something is.
      while (next < moves.size() && !is_meal(moves[next].to) &&
             moves[next].left < assignment->collected) {
        ride(moves[next++]);
      }
      collect(*assignment);
      for (const auto& id : assignment->meals) {
        if (next == moves.size() || moves[next].to != id) {
          complain("does not ride to " + id + " next");
          return;
        }
        deliver(moves[next++]);
      }
    }
    for (; next < moves.size(); ++next) {
      if (is_meal(moves[next].to)) {
        complain("rides to " + moves[next].to + ", which no assignment has");
      }
      ride(moves[next]);
    }
  }

  /// When each meal was delivered and collected.
  const std::map<std::string, std::pair<int, int>>& times() const { return times_; }

private:
  bool is_meal(const std::string& id) const { return meals_.contains(id); }

  void complain(const std::string& complaint) {
    found_.push_back("courier " + who_.id + " " + complaint);
  }

  std::optional<spot> spot_of(const std::string& id) const {
    if (const auto meal = meals_.find(id); meal != meals_.end()) {
      return meal->second->customer;
    }
    const auto at = restaurants_.find(id);
    return at == restaurants_.end() ? std::nullopt : std::optional{at->second->at};
  }

  void ride(const solution::move& move) {
    const auto to = spot_of(move.to);
    if (!to) {
      complain("rides to " + move.to + ", which is no place");
      return;
    }
    if (move.from != name_) {
      complain("leaves from " + move.from + " at " + std::to_string(move.left) + ", and is at " +
               name_);
    }
    if (move.left < free_) {
      complain("leaves for " + move.to + " at " + std::to_string(move.left) +
               ", and is free from " + std::to_string(free_) + " on");
    }
    arrived_ = free_ = move.left + travel_minutes(of_, here_, *to);
    left_ = move.left;
    here_ = *to;
    name_ = move.to;
  }

  void collect(const solution::assignment& assignment) {
    const auto half = of_.pick_up_service / 2;
    auto earliest = arrived_ + half;
    auto placed = assignment.assigned;
    for (const auto& id : assignment.meals) {
      const auto meal = meals_.find(id);
      if (meal == meals_.end()) {
        complain("is assigned " + id + ", which is no order");
        continue;
      }
      const auto& from = of_.restaurants[meal->second->restaurant];
      if (from.id != name_) {
        complain("collects " + id + " of " + from.id + " at " + name_);
      }
      if (assignment.assigned < meal->second->placed) {
        complain("is assigned " + id + " before it is placed");
      }
      earliest = std::max(earliest, meal->second->ready);
      placed = std::min(placed, meal->second->placed);
    }
    if (left_ < placed) {
      complain("sets out for " + assignment.meals.front() + " at " + std::to_string(left_) +
               ", before any order of the assignment is placed");
    }
    if (assignment.collected < earliest) {
      complain("collects " + assignment.meals.front() + " at " +
               std::to_string(assignment.collected) + ", before " + std::to_string(earliest));
    }
    if (assignment.collected > who_.off) {
      complain("collects " + assignment.meals.front() + " after the shift");
    }
    collected_ = assignment.collected;
    free_ = assignment.collected + half;
  }

  void deliver(const solution::move& move) {
    if (move.left != free_) {
      complain("leaves for " + move.to + " at " + std::to_string(move.left) + ", not at " +
               std::to_string(free_));
    }
    ride(move);
    const auto half = of_.drop_off_service / 2;
    times_[move.to] = {collected_, arrived_ + half};
    free_ = arrived_ + 2 * half;
  }

  const instance& of_;
  const courier& who_;
  const std::map<std::string, const meal*>& meals_;
  std::map<std::string, const restaurant*> restaurants_;
  std::vector<std::string>& found_;
  spot here_;
  std::string name_ = "0";
  int free_;
  int left_ = 0;
  int arrived_ = 0;
  int collected_ = 0;
  std::map<std::string, std::pair<int, int>> times_;
};

} // namespace

std::vector<std::string> violations_of(const instance& of, const solution& solution) {
  std::vector<std::string> found;
  std::map<std::string, const meal*> meals;
  for (const auto& each : of.meals) {
    meals.emplace(each.id, &each);
  }
  std::set<std::string> assigned;
  for (const auto& each : solution.assignments) {
    for (const auto& id : each.meals) {
      if (!assigned.insert(id).second) {
        found.push_back("order " + id + " is assigned twice");
      }
    }
  }
  std::map<std::string, std::pair<int, int>> times;
  std::size_t followed = 0;
  std::size_t moved = 0;
  for (const auto& who : of.couriers) {
    std::vector<solution::move> moves;
    std::ranges::copy_if(solution.moves, std::back_inserter(moves),
                         [&](const auto& move) { return move.courier == who.id; });
    std::vector<const solution::assignment*> assignments;
    for (const auto& each : solution.assignments) {
      if (each.courier == who.id) {
        assignments.push_back(&each);
      }
    }
    std::ranges::stable_sort(assignments, {}, &solution::assignment::collected);
    followed += assignments.size();
    moved += moves.size();
    retraced trace{of, who, meals, found};
    trace.follow(moves, assignments);
    times.insert(trace.times().begin(), trace.times().end());
  }
  if (followed != solution.assignments.size() || moved != solution.moves.size()) {
    found.emplace_back("somebody is named who is no courier");
  }
  for (const auto& each : solution.meals) {
    const auto meal = meals.find(each.meal);
    const auto traced = times.find(each.meal);
    if (meal == meals.end() || traced == times.end()) {
      found.push_back("order " + each.meal + " is said to be delivered, and is not");
      continue;
    }
    if (each.placed != meal->second->placed || each.ready != meal->second->ready) {
      found.push_back("order " + each.meal + " was placed, or ready, at another time");
    }
    if (each.collected != traced->second.first || each.delivered != traced->second.second) {
      found.push_back("order " + each.meal + " is collected and delivered at " +
                      std::to_string(traced->second.first) + " and " +
                      std::to_string(traced->second.second) + ", not at " +
                      std::to_string(each.collected) + " and " + std::to_string(each.delivered));
    }
  }
  if (solution.meals.size() != times.size()) {
    found.push_back(std::to_string(times.size()) + " orders are delivered, " +
                    std::to_string(solution.meals.size()) + " are told");
  }
  return found;
}

} // namespace dispatch::sim::mdrp
