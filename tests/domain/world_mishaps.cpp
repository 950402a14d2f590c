#include "actors/domain/machines/order.hpp"
#include "tests/domain/scenario.hpp"
#include "tests/domain/world.hpp"

#include <algorithm>
#include <utility>

/// Operators who mean well, and how all of it ends.
namespace dispatch::domain {

void world::operate(timestamp now) {
  operators_act_at_ = now + some(20, 240);
  const auto zone = dice_.below(2);
  if (dice_.chance(60)) {
    disturb_order(zone, now);
  } else {
    disturb_others(zone, now);
  }
}

void world::disturb_order(std::size_t zone, timestamp now) {
  std::vector<std::string> open;
  for (const auto& [id, state] : zones_[zone].orders) {
    if (!is_final(*state)) {
      open.push_back(id);
    }
  }
  if (open.empty()) {
    return;
  }
  const auto& id = open[dice_.below(open.size())];
  const auto tell = [&](order_command what, timestamp at) {
    send(zone, entity_kind::order, id, std::move(what), at, true);
  };
  const auto until = now + some(20, 400);
  switch (dice_.pick(1, 12)) {
  case 1:
    tell(unassign_order{"why not"}, now);
    break;
  case 2:
    tell(hold_order{"wait"}, now);
    tell(release_hold{}, until);
    outages_ += until - now;
    break;
  case 3:
    tell(pause_actor{"wait"}, now);
    tell(resume_actor{}, until);
    outages_ += until - now;
    break;
  case 4:
    write_off(zone, now);
    break;
  case 5:
  case 6:
    insist(zone, now);
    break;
  default: {
    const auto rider = dice_.chance(10) ? "nobody" : some_rider();
    tell(assign_order{rider}, now);
    outages_ +=
        std::max(duration{0}, parcels_.at(id).done_at - now); // The rider stands there as long.
    if (dice_.chance(30)) {                                   // Another one, to the same rider.
      send(zone, entity_kind::order, open.front(), order_command{assign_order{rider}}, now, true);
    } else if (dice_.chance(20)) {
      tell(unassign_order{"a mistake"}, now + some(1, 60));
    }
  }
  }
}

std::string world::some_rider() {
  return std::next(couriers_.begin(), static_cast<std::ptrdiff_t>(dice_.below(couriers_.size())))
      ->first;
}

/// What a rider has on board is said to be gone. Whoever has it is not asked.
void world::write_off(std::size_t zone, timestamp now) {
  for (const auto& [id, o] : zones_[zone].orders) {
    const auto is_on_board =
        o->status == order_status::picked_up || o->status == order_status::returning;
    if (is_on_board && dice_.chance(50)) {
      send(zone, entity_kind::order, id, order_command{write_off_order{"gone"}}, now, true);
      return;
    }
  }
}

/// A rider is to take what is kept for an order at a station that hands out nothing now.
void world::insist(std::size_t zone, timestamp now) {
  for (const auto& [id, o] : zones_[zone].orders) {
    if (o->status == order_status::waiting && o->sourced && o->stranded_with.empty()) {
      const auto& station = o->details.station;
      const auto until = now + some(20, 120);
      send(zone, entity_kind::station, station, station_command{pause_actor{"wait"}}, now, true);
      send(zone, entity_kind::order, id, order_command{assign_order{some_rider()}}, now + 1s, true);
      send(zone, entity_kind::station, station, station_command{resume_actor{}}, until, true);
      outages_ += until - now;
      return;
    }
  }
}

void world::disturb_others(std::size_t zone, timestamp now) {
  const auto until = now + some(20, 300);
  outages_ += until - now;
  const auto pause = [&](entity_kind kind, const std::string& id, auto wrap) {
    send(zone, kind, id, wrap(pause_actor{"wait"}), now, true);
    send(zone, kind, id, wrap(resume_actor{}), until, true);
  };
  auto some_shop = shops_.lower_bound({zone, ""});
  std::advance(some_shop, static_cast<std::ptrdiff_t>(dice_.below(plan_.stations[zone].size())));
  const auto& [key, s] = *some_shop;
  switch (dice_.pick(1, 5)) {
  case 1:
    pause(entity_kind::rider, some_rider(), [](auto what) { return rider_command{what}; });
    break;
  case 2:
    send(zone, entity_kind::zone, zone_names[zone], zone_command{pause_zone{"storm"}}, now, true);
    send(zone, entity_kind::zone, zone_names[zone], zone_command{resume_zone{}}, until, true);
    break;
  case 3:
    send(zone, entity_kind::station, key.second, station_command{close_station{}}, now);
    send(zone, entity_kind::station, key.second,
         station_command{open_station{s.plan.at, hours_of(s, until)}}, until);
    break;
  default:
    pause(entity_kind::station, key.second, [](auto what) { return station_command{what}; });
  }
}

/// From here on nothing goes wrong, and whatever stands still goes on.
void world::calm_down(timestamp now) {
  is_rough_ = false;
  if (!with_mishaps_) {
    return;
  }
  for (std::size_t zone = 0; zone < 2; ++zone) {
    send(zone, entity_kind::zone, zone_names[zone], zone_command{resume_zone{}}, now, true);
    for (const auto& [id, o] : zones_[zone].orders) {
      send(zone, entity_kind::order, id, order_command{resume_actor{}}, now, true);
      send(zone, entity_kind::order, id, order_command{release_hold{}}, now, true);
    }
    for (const auto& [id, r] : zones_[zone].riders) {
      send(zone, entity_kind::rider, id, rider_command{resume_actor{}}, now, true);
    }
  }
  for (auto& [key, s] : shops_) {
    s.silent_until = std::min(s.silent_until, now);
    send(s.zone, entity_kind::station, key.second, station_command{resume_actor{}}, now, true);
    send(s.zone, entity_kind::station, key.second,
         station_command{open_station{s.plan.at, hours_of(s, now)}}, now + 1s);
  }
  for (auto& [id, c] : couriers_) {
    c.says_at = std::min(c.says_at, now);
    c.rests_until = std::min(c.rests_until, now);
    c.acts_at = std::min(c.acts_at, now);
  }
}

} // namespace dispatch::domain
