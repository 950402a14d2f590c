#include "actors/domain/horizon/city_view.hpp"
#include "actors/domain/horizon/due_offers.hpp"
#include "actors/domain/horizon/plan_search.hpp"
#include "actors/domain/planning/planner.hpp"
#include "actors/domain/planning/steps.hpp"

#include <memory>
#include <string_view>
#include <utility>

namespace dispatch::domain {

namespace {

/// Fowler, Noll and Vo, 1a: of a record's name, so that chance differs from match to match.
std::uint64_t seed_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const auto c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  }
  return hash;
}

} // namespace

/// Plans for each rider what to collect and deliver next, revises that in every match, and asks a
/// rider when it is time to set out. Until then an order may be planned for another one.
plan plan_ahead(const board& known, const plan_request& request) {
  constexpr std::size_t iterations_least = 10;
  plan_draft draft{known, request};
  assign_by_hand(draft);
  const city_view view{draft};
  auto solution = view.first_solution();
  horizon::improve(view.problem(), solution,
                   {.seed = seed_of(request.offer_prefix), .iterations_least = iterations_least});
  offer_what_is_due(draft, view, solution);
  draft.result.notes.intended = std::make_shared<const intentions>(view.intentions_of(solution));
  offer_swaps(draft);
  return std::move(draft.result);
}

} // namespace dispatch::domain
