#include "actors/domain/board/looks.hpp"

#include "actors/domain/machines/order.hpp"
#include "actors/domain/machines/station.hpp"

#include <algorithm>

namespace dispatch::domain {

namespace {

using namespace std::chrono_literals;

/// An opening is reckoned by the local time's offset of now, which may be another one then.
constexpr auto offset_holds = 1h;

/// The order is looked at when the routing engine has answered, or has not in time.
bool awaits_travel(const waiting_entry& entry, const board& known) {
  return known.policy().routed && entry.travel == travel_phase::asked;
}

} // namespace

std::optional<wait> reason_not_to_search(const order& order, const board& known, timestamp now,
                                         std::chrono::seconds local_offset) {
  if (known.paused()) {
    return wait{waiting_reason::zone_paused};
  }
  if (order.pause) {
    return wait{waiting_reason::order_paused};
  }
  if (order.hold) {
    return wait{waiting_reason::order_held};
  }
  const auto named = known.stations().find(order.details.station);
  if (named != known.stations().end() && order.stranded_with.empty()) {
    const auto& station = *named->second;
    if (station.pause) {
      return wait{waiting_reason::station_paused};
    }
    if (!hands_out(station, now, local_offset)) {
      return wait{waiting_reason::station_closed,
                  station.open ? std::optional{std::min(next_opening(station, now, local_offset),
                                                        now + offset_holds)}
                               : std::nullopt};
    }
  }
  if (const auto begins = search_begins(order.details, known.policy()); now < begins) {
    return wait{waiting_reason::too_early, begins};
  }
  return std::nullopt;
}

bool is_due(const waiting_entry& entry, const board& known, timestamp now) {
  return !awaits_travel(entry, known) &&
         (entry.dirty || (entry.next_look && *entry.next_look <= now)) &&
         entry.state->requested_rider.empty();
}

std::optional<timestamp> next_look(const bound_entry& entry, const policy& policy) {
  const auto& order = *entry.state;
  if (!order.also_asked.empty() || !order.requested_rider.empty() ||
      order.swaps >= policy.swaps_max) {
    return std::nullopt;
  }
  return std::max(order.assigned_at, entry.looked_at) + policy.swap_pause;
}

std::optional<timestamp> next_match(const board& known) {
  const auto& policy = known.policy();
  std::optional<timestamp> due;
  const auto consider = [&](timestamp at) { due = due ? std::min(*due, at) : at; };
  const auto soonest =
      known.last_match() ? *known.last_match() + policy.match_interval : timestamp{};
  for (const auto& [id, entry] : known.waiting()) {
    if ((entry.dirty && !awaits_travel(entry, known)) || known.has_new_supply()) {
      consider(soonest);
      break;
    }
    if (entry.next_look && !awaits_travel(entry, known)) {
      consider(std::max(soonest, *entry.next_look));
    }
  }
  for (const auto& [id, entry] : known.bound()) {
    if (!entry.state->requested_rider.empty()) {
      consider(soonest);
    } else if (policy.swap_gain.count() > 0) {
      if (const auto look = next_look(entry, policy)) {
        consider(std::max(soonest, *look));
      }
    }
  }
  return due;
}

} // namespace dispatch::domain
