#include "actors/domain/matching/assignment.hpp"
#include "actors/domain/planning/planner.hpp"
#include "actors/domain/planning/steps.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace dispatch::domain {

namespace {

/// Of the riders without work who are left, whoever is there first; the lower id among equals.
std::size_t first_there(const search_result& found, const fleet& riders,
                        const std::set<std::string>& taken) {
  auto first = unassigned;
  const auto rank = [&](std::size_t i) {
    const auto& terms = found.candidates[i].terms;
    return std::tie(terms.travel_s, terms.rider);
  };
  for (std::size_t i = 0; i < found.candidates.size(); ++i) {
    const auto& rider = found.candidates[i].terms.rider;
    if (riders.at(rider)->route.empty() && !taken.contains(rider) &&
        (first == unassigned || rank(i) < rank(first))) {
      first = i;
    }
  }
  return first;
}

void choose_first_there(plan_draft& draft) {
  const auto& searches = draft.searches;
  std::vector<std::size_t> oldest_first(searches.size());
  std::iota(oldest_first.begin(), oldest_first.end(), std::size_t{0});
  std::ranges::stable_sort(oldest_first, {}, [&](std::size_t i) { return -searches[i].waited_s; });
  draft.chosen.assign(searches.size(), unassigned);
  auto taken = draft.taken;
  for (const auto i : oldest_first) {
    const auto first = first_there(searches[i], draft.known.riders(), taken);
    draft.chosen[i] = first;
    if (first != unassigned) {
      taken.insert(searches[i].candidates[first].terms.rider);
    }
  }
}

} // namespace

/// The simplest planner, to compare others with: each order, as it becomes due, to the free rider
/// who is there first. Orders that have waited longest choose first.
plan nearest(const board& known, const plan_request& request) {
  return plan_with(known, request, choose_first_there);
}

} // namespace dispatch::domain
