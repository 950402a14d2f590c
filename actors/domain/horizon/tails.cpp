#include "actors/domain/horizon/tails.hpp"

#include "actors/domain/matching/assignment.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace dispatch::domain::horizon {

namespace {

constexpr std::size_t riders_tried_max = 24; ///< for one tail
constexpr std::int64_t left_out = 1'000'000'000'000;

route head_of(const problem& problem, const solution& plan, std::size_t rider) {
  route head;
  if (problem.riders[rider].anchored && plan.routes[rider].count > 0) {
    insert_visit(head, 0, plan.routes[rider].visits[0]);
  }
  return head;
}

route tail_of(const problem& problem, const solution& plan, std::size_t rider) {
  auto tail = plan.routes[rider];
  if (problem.riders[rider].anchored && tail.count > 0) {
    std::shift_left(tail.visits.begin(), tail.visits.end(), 1);
    --tail.count;
  }
  return tail;
}

void append(route& to, const route& more) {
  for (const auto& visit : visits_of(more)) {
    insert_visit(to, to.count, visit);
  }
}

/// If the rider can do it behind what is fixed.
void add_edge(const problem& problem, const solution& plan, std::vector<assignment_edge>& row,
              const route& tail, std::size_t rider) {
  auto whole = head_of(problem, plan, rider);
  if (whole.count + tail.count > visits_max) {
    return;
  }
  const auto head_s = cost_of(problem, rider, whole);
  append(whole, tail);
  const auto whole_s = cost_of(problem, rider, whole);
  if (whole_s < impossible_s) {
    row.push_back({rider, std::llround((whole_s - head_s) * 1000.0)});
  }
}

} // namespace

bool exchange_tails(const problem& problem, solution& plan, rider_reach& reach) {
  std::vector<std::size_t> givers;
  std::vector<route> tails;
  std::vector<std::vector<assignment_edge>> rows;
  for (std::size_t rider = 0; rider < problem.riders.size(); ++rider) {
    const auto tail = tail_of(problem, plan, rider);
    if (tail.count == 0) {
      continue;
    }
    auto& row = rows.emplace_back();
    add_edge(problem, plan, row, tail, rider);
    const auto others = reach.of(tail.visits[0].place);
    for (const auto& [unused, other] : others.first(std::min(others.size(), riders_tried_max))) {
      if (other != rider) {
        add_edge(problem, plan, row, tail, other);
      }
    }
    givers.push_back(rider);
    tails.push_back(tail);
  }
  const auto takers =
      assign(rows, problem.riders.size(), std::vector<std::int64_t>(rows.size(), left_out));
  std::int64_t change = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto cost_for = [&](std::size_t rider) {
      const auto edge = std::ranges::find(rows[i], rider, &assignment_edge::column);
      return edge == rows[i].end() ? left_out : edge->cost;
    };
    change += cost_for(takers[i]) - cost_for(givers[i]);
  }
  if (change >= 0) {
    return false;
  }
  for (const auto rider : givers) {
    plan.routes[rider] = head_of(problem, plan, rider);
  }
  for (std::size_t i = 0; i < takers.size(); ++i) {
    append(plan.routes[takers[i]], tails[i]);
  }
  return true;
}

} // namespace dispatch::domain::horizon
