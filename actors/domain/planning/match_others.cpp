#include "actors/domain/machines/order_lapses.hpp"
#include "actors/domain/planning/matching_run.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

/// Several riders asked at once: the offers of a match go to those whom it does not need.
namespace dispatch::domain {

void dispatcher::ask_others(matching_run& run) const {
  if (rules_.offers_at_once == 1) {
    return;
  }
  for (const auto& made : run.made) {
    auto& p = run.result.proposals[made.proposal];
    if (p.orders.size() > 1) {
      continue; // Nobody else would get the same orders on the same terms.
    }
    const auto& what = *waiting_.at(run.searched[made.search]).state;
    // An order is not offered more often than the zone tries.
    const auto tries_left = rules_.offers_max - std::min(rules_.offers_max, total(what.lapses));
    const auto asks_max = std::min(rules_.offers_at_once, tries_left);
    for (auto& other : run.searches[made.search].candidates) {
      if (p.also.size() + 1 >= asks_max) {
        break;
      }
      const auto& rider = other.terms.rider;
      if (run.needed.contains(rider) || run.taken.contains(rider) ||
          other.from != p.orders.front().from) {
        continue;
      }
      if (!run.spend(record_budget::reserve_further_offer(other.route.size()))) {
        return;
      }
      ask_also(run, p, what, std::move(other));
      run.result.decisions[made.decision].also.push_back(
          {p.also.back().rider, p.also.back().offer.id});
    }
  }
}

void dispatcher::ask_also(matching_run& run, proposal& p, const order& what,
                          ranked_candidate pick) const {
  const auto collected = expected_pick_up(what, pick, p.offer.expires_at);
  further_ask ask{pick.terms.rider,
                  {run.next_offer_id(), p.offer.orders, std::move(pick.route), p.offer.expires_at},
                  {}};
  if (auto& wants = p.orders.front().wants) {
    wants->until = std::max(wants->until, collected + rules_.reservation_ttl);
  }
  if (rules_.late_after.count() > 0) {
    ask.pick_up_by = collected + rules_.late_after;
  }
  run.taken.insert(ask.rider);
  p.also.push_back(std::move(ask));
}

} // namespace dispatch::domain
