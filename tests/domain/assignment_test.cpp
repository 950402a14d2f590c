#include "actors/domain/matching/assignment.hpp"

#include <dlib/optimization/max_cost_assignment.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <vector>

using namespace dispatch::domain;

namespace {

struct problem {
  std::vector<std::vector<assignment_edge>> rows;
  std::size_t columns = 0;
  std::vector<std::int64_t> unassigned_cost;
};

/// A random problem. Few different costs make many ties; some rows have no edge at all, some have
/// several to the same column.
template <class Random>
problem random_problem(Random& random, std::size_t rows, std::size_t columns, std::size_t edges,
                       std::int64_t cost_max) {
  std::uniform_int_distribution<std::int64_t> cost(-cost_max / 4, cost_max);
  std::uniform_int_distribution<std::size_t> column(0, columns - 1);
  std::uniform_int_distribution<std::size_t> degree(0, edges);
  problem p{{}, columns, {}};
  for (std::size_t row = 0; row < rows; ++row) {
    auto& all = p.rows.emplace_back();
    for (std::size_t left = degree(random); left > 0; --left) {
      all.push_back({column(random), cost(random)});
    }
    p.unassigned_cost.push_back(row % 3 == 0 ? 2 * cost_max : cost(random));
  }
  return p;
}

/// Also checks that the answer is one: columns of edges, each taken at most once.
std::int64_t cost_of(const problem& p, const std::vector<std::size_t>& answer) {
  REQUIRE(answer.size() == p.rows.size());
  std::vector<bool> taken(p.columns, false);
  std::int64_t sum = 0;
  for (std::size_t row = 0; row < answer.size(); ++row) {
    if (answer[row] == unassigned) {
      sum += p.unassigned_cost[row];
      continue;
    }
    REQUIRE(answer[row] < p.columns);
    REQUIRE_FALSE(taken[answer[row]]);
    taken[answer[row]] = true;
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (const auto& edge : p.rows[row]) {
      least = edge.column == answer[row] ? std::min(least, edge.cost) : least;
    }
    REQUIRE(least != std::numeric_limits<std::int64_t>::max());
    sum += least;
  }
  return sum;
}

std::int64_t solved_cost(const problem& p) {
  return cost_of(p, assign(p.rows, p.columns, p.unassigned_cost));
}

/// dlib's Hungarian algorithm on a square matrix: a column more for each row to stay out, and a
/// row more for each column to stay free.
std::int64_t oracle_cost(const problem& p) {
  constexpr long forbidden = -1'000'000'000;
  const auto rows = static_cast<long>(p.rows.size());
  const auto columns = static_cast<long>(p.columns);
  dlib::matrix<long> gain(rows + columns, columns + rows);
  gain = 0;
  for (long row = 0; row < rows; ++row) {
    for (long column = 0; column < columns + rows; ++column) {
      gain(row, column) = forbidden;
    }
    const auto index = static_cast<std::size_t>(row);
    gain(row, columns + row) = -p.unassigned_cost[index];
    for (const auto& edge : p.rows[index]) {
      long& best = gain(row, static_cast<long>(edge.column));
      best = std::max(best, static_cast<long>(-edge.cost));
    }
  }
  return -dlib::assignment_cost(gain, dlib::max_cost_assignment(gain));
}

std::int64_t brute_force_cost(const problem& p, std::size_t row, std::vector<bool>& taken) {
  if (row == p.rows.size()) {
    return 0;
  }
  std::int64_t least = p.unassigned_cost[row] + brute_force_cost(p, row + 1, taken);
  for (const auto& edge : p.rows[row]) {
    if (!taken[edge.column]) {
      taken[edge.column] = true;
      least = std::min(least, edge.cost + brute_force_cost(p, row + 1, taken));
      taken[edge.column] = false;
    }
  }
  return least;
}

} // namespace

TEST_CASE("assignment: small cases by hand") {
  CHECK(assign({}, 0, {}).empty());
  CHECK(assign({{}}, 0, {5}) == std::vector{unassigned});
  CHECK(assign({{{0, 3}}}, 1, {5}) == std::vector<std::size_t>{0});
  CHECK(assign({{{0, 7}}}, 1, {5}) == std::vector{unassigned});
  // The second row has no other choice, so the first makes way.
  CHECK(assign({{{0, 1}, {1, 2}}, {{0, 1}}}, 2, {9, 9}) == std::vector<std::size_t>{1, 0});
  // Who loses most by staying out gets the only column.
  CHECK(assign({{{0, 1}}, {{0, 1}}}, 1, {10, 20}) == std::vector<std::size_t>{unassigned, 0});
  CHECK(assign({{{0, 1}}, {{0, 1}}}, 1, {20, 10}) == std::vector<std::size_t>{0, unassigned});
  // A row that costs nothing either way is assigned.
  CHECK(assign({{{0, 5}}}, 1, {5}) == std::vector<std::size_t>{0});
}

TEST_CASE("assignment: tiny cases cost what brute force finds") {
  std::mt19937 random(1);
  for (int i = 0; i < 5'000; ++i) {
    const problem p = random_problem(random, 1 + random() % 6, 1 + random() % 6, 5, 8);
    std::vector<bool> taken(p.columns, false);
    REQUIRE(solved_cost(p) == brute_force_cost(p, 0, taken));
  }
}

TEST_CASE("assignment: sparse and dense cases cost what an independent solver finds") {
  std::mt19937 random(2);
  for (int i = 0; i < 300; ++i) {
    const std::size_t rows = 1 + random() % 50;
    const std::size_t columns = 1 + random() % 50;
    const std::size_t edges = 1 + random() % 12;
    const std::int64_t cost_max = i % 2 == 0 ? 10 : 100'000;
    const problem p = random_problem(random, rows, columns, edges, cost_max);
    REQUIRE(solved_cost(p) == oracle_cost(p));
  }
  const problem scarce = random_problem(random, 200, 60, 24, 3'600);
  CHECK(solved_cost(scarce) == oracle_cost(scarce));
  const problem dense = random_problem(random, 120, 120, 500, 3'600);
  CHECK(solved_cost(dense) == oracle_cost(dense));
}

TEST_CASE("assignment: the order of a row's edges does not matter, even among equals") {
  std::mt19937 random(3);
  for (int i = 0; i < 200; ++i) {
    problem p = random_problem(random, 40, 25, 10, 4);
    const auto expected = assign(p.rows, p.columns, p.unassigned_cost);
    for (int round = 0; round < 5; ++round) {
      for (auto& edges : p.rows) {
        std::shuffle(edges.begin(), edges.end(), random);
      }
      REQUIRE(assign(p.rows, p.columns, p.unassigned_cost) == expected);
    }
  }
}
