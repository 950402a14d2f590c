#include "cmd/dispatch-sim/report.hpp"

#include "actors/domain/machines/order.hpp"

#include <algorithm>
#include <chrono>
#include <ratio>
#include <utility>
#include <vector>

namespace dispatch::sim {

namespace {

double milliseconds_of(duration span) {
  return std::chrono::duration<double, std::milli>(span).count();
}

} // namespace

bool run_report::delivered_enough() const {
  return static_cast<double>(live.delivered) >= delivered_min * static_cast<double>(paid);
}

bool run_report::good() const {
  return ended == run_end::all_ended && delivered_enough() && without_outcome == 0 &&
         commands.dead == 0 && live.open() == 0 && live.placed == orders &&
         audit_clean.value_or(false);
}

void add_stories(run_report& report, const city& finished, const zone_clock& clock) {
  std::vector<double> click_to_door;
  std::vector<double> ready_to_pick_up;
  std::vector<double> placed_announced;
  std::vector<double> first_offer;
  auto& live = report.live;
  for (const auto& [id, story] : finished.stories()) {
    const auto& order = story.state;
    if (order.status == order_status::unknown) {
      continue;
    }
    ++live.placed;
    report.offers += order.offers;
    report.paid += order.paid ? 1U : 0U;
    report.refunded += order.refunded ? 1U : 0U;
    report.reserved += story.sourced ? 1U : 0U;
    placed_announced.push_back(
        milliseconds_of(story.placed_stored_at - clock.to_wall(order.placed_at)));
    if (story.offered) {
      const auto searched = std::max<timestamp>(order.placed_at, order.details.ready_at -
                                                                     report.limits.dispatch_ahead);
      first_offer.push_back(milliseconds_of(story.first_offer_stored_at - clock.to_wall(searched)));
    }
    if (order.picked_up_at != timestamp{}) {
      ready_to_pick_up.push_back(minutes_of(order.picked_up_at - order.details.ready_at));
    }
    switch (order.status) {
    case order_status::delivered:
      ++live.delivered;
      click_to_door.push_back(minutes_of(order.delivered_at - order.placed_at));
      break;
    case order_status::cancelled:
      ++live.cancelled;
      ++report.unserved["cancelled: " + order.end_reason];
      break;
    case order_status::undeliverable:
      ++live.undeliverable;
      break;
    case order_status::returned:
      ++live.returned;
      ++report.unserved["returned: " + order.end_reason];
      break;
    case order_status::written_off:
      ++report.unserved["written off: " + order.end_reason];
      break;
    case order_status::waiting:
      break; // the zone knows what for
    default:
      ++report.unserved["not ended: " + std::string(domain::status_name(order))];
      break;
    }
  }
  live.click_to_door_min = spread_of(std::move(click_to_door));
  live.ready_to_pick_up_min = spread_of(std::move(ready_to_pick_up));
  report.placed_announced_ms = spread_of(std::move(placed_announced));
  report.first_offer_ms = spread_of(std::move(first_offer));
}

std::vector<std::string> needs_explanation(const city& finished) {
  std::vector<std::string> ids;
  for (const auto& [id, story] : finished.stories()) {
    if (story.state.status == order_status::undeliverable ||
        story.state.status == order_status::waiting) {
      ids.push_back(id);
    }
  }
  std::ranges::sort(ids);
  return ids;
}

} // namespace dispatch::sim
