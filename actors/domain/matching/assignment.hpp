#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace dispatch::domain {

/// An edge of a sparse bipartite graph: this row may take this column, at this cost.
struct assignment_edge {
  std::size_t column = 0;
  std::int64_t cost = 0;
};

inline constexpr std::size_t unassigned = std::numeric_limits<std::size_t>::max();

/// A minimum-cost assignment. `rows[i]` are the edges of row i, to columns below `columns`; leaving
/// row i unassigned costs `unassigned_cost[i]`, one for each row. Costs may be negative; sums of
/// them must fit. Each column is taken at most once. Returns the column of each row, or
/// `unassigned`. The sum of costs is the least possible; among equals the result depends only on
/// the arguments, and not on the order of edges within a row. O(rows * edges * log) in the worst
/// case; successive shortest augmenting paths with potentials (Jonker and Volgenant 1987, sparse
/// form).
std::vector<std::size_t> assign(const std::vector<std::vector<assignment_edge>>& rows,
                                std::size_t columns,
                                const std::vector<std::int64_t>& unassigned_cost);

} // namespace dispatch::domain
