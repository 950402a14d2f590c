#include "actors/domain/matching/assignment.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace dispatch::domain {
namespace {

/// Rows are added one by one, each along the cheapest augmenting path. Row i's right to stay out
/// is a column of its own, number `columns + i`, so that every row is always assigned.
class solver {
public:
  solver(const std::vector<std::vector<assignment_edge>>& rows, std::size_t columns,
         const std::vector<std::int64_t>& unassigned_cost)
      : rows_(rows), columns_(columns), unassigned_cost_(unassigned_cost),
        all_columns_(columns + rows.size()), column_of_(rows.size(), unassigned),
        cost_of_(rows.size(), 0) {}

  std::vector<std::size_t> solve() {
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      add(row);
    }
    for (std::size_t& column : column_of_) {
      column = column < columns_ ? column : unassigned;
    }
    return std::move(column_of_);
  }

private:
  /// A column's row (or none), dual price (0 while free, never positive) and, in the search under
  /// way, its distance and how it was reached.
  struct column_state {
    std::size_t row = unassigned;
    std::int64_t price = 0;
    std::int64_t distance = std::numeric_limits<std::int64_t>::max();
    std::size_t from_row = unassigned;
    std::int64_t from_cost = 0;
  };
  using reached = std::pair<std::int64_t, std::size_t>; ///< distance, column

  /// Shortest paths by reduced cost from the row to the nearest free column; then the prices of
  /// what was passed, and the path itself, are changed.
  void add(std::size_t row) {
    queue_.clear();
    touched_.clear();
    settled_.clear();
    nearest_free_ = {std::numeric_limits<std::int64_t>::max(), unassigned};
    relax_row(row, 0);
    while (queue_.front() != nearest_free_) {
      const auto [distance, column] = queue_.front();
      std::pop_heap(queue_.begin(), queue_.end(), std::greater<>());
      queue_.pop_back();
      if (distance != all_columns_[column].distance) {
        continue;
      }
      settled_.push_back(column);
      const std::size_t owner = all_columns_[column].row;
      relax_row(owner, distance - (cost_of_[owner] - all_columns_[column].price));
    }
    for (const std::size_t column : settled_) {
      all_columns_[column].price += all_columns_[column].distance - nearest_free_.first;
    }
    augment(row);
    for (const std::size_t column : touched_) {
      all_columns_[column].distance = std::numeric_limits<std::int64_t>::max();
    }
  }

  void relax_row(std::size_t row, std::int64_t base) {
    for (const assignment_edge& edge : rows_[row]) {
      relax(row, base, edge.column, edge.cost);
    }
    relax(row, base, columns_ + row, unassigned_cost_[row]);
  }

  void relax(std::size_t row, std::int64_t base, std::size_t column, std::int64_t cost) {
    column_state& state = all_columns_[column];
    const reached now{base + cost - state.price, column};
    // What lies behind the nearest free column is never settled. Ties go by column, so that the
    // order of a row's edges does not matter.
    if (now.first >= state.distance || now > nearest_free_) {
      return;
    }
    if (state.distance == std::numeric_limits<std::int64_t>::max()) {
      touched_.push_back(column);
    }
    state.distance = now.first;
    state.from_row = row;
    state.from_cost = cost;
    if (state.row == unassigned) {
      nearest_free_ = now;
    }
    queue_.push_back(now);
    std::push_heap(queue_.begin(), queue_.end(), std::greater<>());
  }

  void augment(std::size_t row) {
    std::size_t column = nearest_free_.second;
    std::size_t taker = unassigned;
    while (taker != row) {
      taker = all_columns_[column].from_row;
      all_columns_[column].row = taker;
      cost_of_[taker] = all_columns_[column].from_cost;
      std::swap(column_of_[taker], column);
    }
  }

  const std::vector<std::vector<assignment_edge>>& rows_;
  std::size_t columns_;
  const std::vector<std::int64_t>& unassigned_cost_;
  std::vector<column_state> all_columns_;
  std::vector<std::size_t> column_of_;
  std::vector<std::int64_t> cost_of_; ///< of the edge to its column
  std::vector<reached> queue_;        ///< a heap, the nearest in front; may hold outdated distances
  std::vector<std::size_t> touched_;
  std::vector<std::size_t> settled_;
  reached nearest_free_;
};

} // namespace

std::vector<std::size_t> assign(const std::vector<std::vector<assignment_edge>>& rows,
                                std::size_t columns,
                                const std::vector<std::int64_t>& unassigned_cost) {
  return solver(rows, columns, unassigned_cost).solve();
}

} // namespace dispatch::domain
