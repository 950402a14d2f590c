#include "tests/domain/world.hpp"

#include "actors/domain/machine.hpp"
#include "actors/domain/machines/order.hpp"
#include "tests/domain/scenario.hpp"

#include <algorithm>
#include <utility>

/// What happens around the zones: orders, stations, operators, and who hears of what.
namespace dispatch::domain {

world::world(demand what, std::uint64_t seed, bool with_mishaps, const two_zones& zones)
    : plan_(std::move(what)), zones_(zones), dice_(seed * 2 + (with_mishaps ? 1 : 0)),
      with_mishaps_(with_mishaps), operators_act_at_(plan_.begins + 200s) {
  for (const auto& one : plan_.riders) {
    auto& c = couriers_[one.id];
    c.plan = one;
    c.zone = one.zone;
    c.from = c.to = one.at;
    c.acts_at = one.begins;
  }
  for (std::size_t zone = 0; zone < 2; ++zone) {
    for (const auto& [id, one] : plan_.stations[zone]) {
      auto& s = shops_[{zone, id}];
      s = {zone,        one, one.pieces, one.pieces == 0, true, plan_.begins + some(300, 900),
           plan_.begins};
      send(zone, entity_kind::station, id, station_command{open_station{one.at, one.hours}},
           plan_.begins);
      for (auto at = one.longer_from.value_or(plan_.calm_from); at < plan_.calm_from; at += 60s) {
        send(zone, entity_kind::station, id, station_command{open_station{one.at, {}}}, at);
      }
    }
  }
}

void world::send(std::size_t zone, entity_kind kind, const std::string& id, command_body body,
                 timestamp at, bool by_operator) {
  command one;
  one.target = {kind, id};
  one.numbered = true;
  one.by = by_operator ? "anna" : "";
  one.body = std::move(body);
  post_.emplace(at, letter{zone, std::move(one)});
}

timestamp world::next() const {
  auto due = with_mishaps_ && is_rough_ ? operators_act_at_ : timestamp::max();
  const auto consider = [&](timestamp at) { due = std::min(due, at); };
  if (is_rough_ && with_mishaps_) {
    consider(plan_.calm_from);
  }
  if (placed_ < plan_.orders.size()) {
    consider(plan_.orders[placed_].placed_at);
  }
  for (const auto& [id, c] : couriers_) {
    consider(c.acts_at);
  }
  for (const auto& [id, s] : shops_) {
    consider(s.plan.pieces > 0 ? s.acts_at : timestamp::max());
    consider(s.is_counted ? timestamp::max() : s.silent_until);
  }
  if (!post_.empty()) {
    consider(post_.begin()->first);
  }
  return due;
}

std::array<whole_zone::arrivals, 2> world::step(timestamp now) {
  if (is_rough_ && now >= plan_.calm_from) {
    calm_down(now);
  }
  place_orders(now);
  for (auto& [key, s] : shops_) {
    if (s.plan.pieces > 0 && s.acts_at <= now) {
      act(key.second, s, now);
    }
  }
  for (auto& [id, c] : couriers_) {
    if (c.acts_at <= now) {
      act(c, now);
    }
  }
  if (with_mishaps_ && is_rough_ && operators_act_at_ <= now) {
    operate(now);
  }
  count_pieces(now);
  std::array<whole_zone::arrivals, 2> arrived;
  for (auto due = post_.upper_bound(now); post_.begin() != due;) {
    auto one = std::move(post_.extract(post_.begin()).mapped());
    if (auto* said = std::get_if<command>(&one.what)) {
      said->at = now;
      arrived[one.zone].commands.push_back(std::move(*said));
    } else {
      arrived[one.zone].travel.push_back(std::move(std::get<travel_answer>(one.what)));
    }
  }
  for (auto& at_zone : arrived) { // What was counted is so when it is said.
    std::ranges::stable_partition(at_zone.commands, [](const command& one) {
      const auto* of_station = std::get_if<station_command>(&one.body);
      return of_station != nullptr && std::holds_alternative<report_stock>(*of_station);
    });
  }
  return arrived;
}

void world::place_orders(timestamp now) {
  for (; placed_ < plan_.orders.size() && plan_.orders[placed_].placed_at <= now; ++placed_) {
    const auto& one = plan_.orders[placed_];
    auto& p = parcels_[one.id];
    p.plan = one;
    p.done_at = std::max(one.wants.ready_at, now);
    if (mishap(30)) {
      const auto late = some(60, 1200);
      p.done_at += late;
      outages_ += late;
    } else if (dice_.chance(30) && p.done_at > now + 60s) {
      p.done_at -= (p.done_at - now) / 2;
      send(one.zone, entity_kind::order, one.id, order_command{ready_order{}}, p.done_at + 1s);
    }
    send(one.zone, entity_kind::order, one.id, order_command{one.wants}, now);
    if (!one.wants.prepaid) {
      const auto forgets = mishap(10);
      p.is_wanted = !forgets;
      send(one.zone, entity_kind::order, one.id, order_command{pay_order{}},
           now + (forgets ? some(950, 2000) : some(5, 120)));
    }
    if (mishap(6)) {
      p.is_wanted = false;
      send(one.zone, entity_kind::order, one.id, order_command{cancel_order{"mistake"}},
           now + some(1, 900));
    }
  }
}

/// More pieces come, or the sensor falls silent. Nobody does it while a rider takes goods.
void world::act(const std::string& id, shop& s, timestamp now) {
  s.acts_at = now + some(300, 900);
  if (lifted_at({s.zone, id}) == 0) {
    const auto somebody_stands_there = is_being_handed_over({s.zone, id});
    s.pieces += static_cast<std::uint32_t>(dice_.pick(s.pieces < 4 ? 1 : 0, 3));
    s.pieces -= !somebody_stands_there && mishap(20) && s.pieces > 0 ? 1 : 0;
    s.is_certain = s.is_certain && !somebody_stands_there;
    s.is_counted = false;
  }
  if (mishap(20)) {
    s.silent_until = now + some(30, 300);
    outages_ += s.silent_until - now;
  }
}

/// Sensors tell whenever somebody has touched the pieces.
void world::count_pieces(timestamp now) {
  for (auto& [key, s] : shops_) {
    if (!s.is_counted && s.silent_until <= now) {
      s.is_counted = true;
      s.is_certain = s.is_certain || !is_being_handed_over(key);
      send(s.zone, entity_kind::station, key.second,
           station_command{report_stock{{{"gas", s.pieces, 1}}}}, now);
    }
  }
}

std::uint32_t world::lifted_at(const std::pair<std::size_t, std::string>& at) const {
  std::uint32_t pieces = 0;
  for (const auto& [id, c] : couriers_) {
    if (!c.lifted.empty() && c.lifted_from == at.second) {
      const auto& p = parcels_.at(c.lifted);
      const auto& items = p.plan.wants.items;
      pieces += p.plan.zone == at.first && p.from == whereabouts::station && !items.empty()
                    ? items.front().quantity
                    : 0;
    }
  }
  return pieces;
}

opening_hours world::hours_of(const shop& s, timestamp now) {
  return s.plan.longer_from && now >= *s.plan.longer_from ? opening_hours{} : s.plan.hours;
}

bool world::is_being_handed_over(const std::pair<std::size_t, std::string>& at) const {
  const auto known = zones_[at.first].stations.find(at.second);
  return lifted_at(at) != 0 ||
         (known != zones_[at.first].stations.end() &&
          std::ranges::any_of(known->second->reservations, &reservation::handing_over));
}

/// Carries riders between the zones, as a node does.
void world::carry_transfers(std::size_t zone, const event& e, timestamp now) {
  const auto other = 1 - zone;
  const auto& body = std::get<rider_event>(e.body);
  const auto later = [&] { return now + (mishap(50) ? some(5, 120) : 1s); };
  if (const auto* gone = std::get_if<transfer_started>(&body)) {
    const auto receive = rider_command{receive_rider{zone_names[zone], gone->rider}};
    send(other, entity_kind::rider, e.entity.id, receive, later(), true);
    if (mishap(30)) {
      send(other, entity_kind::rider, e.entity.id, receive, later(), true);
    }
  } else if (const auto* said = std::get_if<transfer_answered>(&body)) {
    send(
        other, entity_kind::rider, e.entity.id,
        rider_command{conclude_transfer{said->number, said->received, said->detail, said->at_work}},
        later(), true);
  }
}

std::string world::note(std::size_t zone, const std::vector<event>& events, timestamp now) {
  for (const auto& e : events) {
    std::string wrong;
    if (const auto* of_station = std::get_if<station_event>(&e.body)) {
      note_station(e.entity.id, shops_.at({zone, e.entity.id}), *of_station);
    } else if (const auto* of_order = std::get_if<order_event>(&e.body)) {
      wrong = note_order(e.entity.id, *of_order, now);
    } else if (const auto* of_rider = std::get_if<rider_event>(&e.body)) {
      wrong = note_rider(zone, e.entity.id, *of_rider, now);
      carry_transfers(zone, e, now);
    }
    if (!wrong.empty()) {
      return wrong;
    }
    if (e.entity.kind == entity_kind::rider && couriers_.contains(e.entity.id)) {
      auto& c = couriers_.at(e.entity.id);
      c.acts_at = std::min(c.acts_at, now + 1s);
    }
  }
  return {};
}

/// Which pieces somebody has in hand is guessed when several riders have come, when one leaves, and
/// when one comes before the count.
void world::note_station(const std::string& id, shop& s, const station_event& e) const {
  const auto* released = std::get_if<stock_released>(&e);
  const auto is_left = (released != nullptr && released->reason == stock_loss::out_of_stock) ||
                       std::holds_alternative<hand_over_ended>(e);
  const auto is_early = std::holds_alternative<hand_over_began>(e) && !s.is_counted;
  const auto& held = zones_[s.zone].stations.at(id)->reservations;
  const auto is_guessed =
      std::holds_alternative<stock_consumed>(e) &&
      std::ranges::any_of(held, [&](const reservation& one) {
        return !one.taken.empty() && parcels_.at(one.order).where != whereabouts::hand;
      });
  s.is_certain = s.is_certain && !is_left && !is_early && !is_guessed;
}

/// What has left the rider's bag.
std::string world::note_order(const std::string& id, const order_event& e, timestamp now) {
  auto& p = parcels_.at(id);
  const auto out_of_bag = [&](const std::string& rider, whereabouts to) -> std::string {
    if (p.where != whereabouts::bag || p.rider != rider) {
      return "order " + id + " was handed over by rider " + rider + ", who did not have it";
    }
    p.where = to;
    return {};
  };
  if (const auto* there = std::get_if<order_delivered>(&e)) {
    p.delivered_at = now;
    return out_of_bag(there->rider, whereabouts::customer);
  }
  if (const auto* back = std::get_if<order_returned>(&e)) {
    auto wrong = out_of_bag(back->rider, whereabouts::station);
    if (wrong.empty() && !back->items.empty()) {
      auto& s = shops_.at({p.plan.zone, back->station});
      s.pieces += back->items.front().quantity;
      s.is_counted = false;
    }
    return wrong;
  }
  if (const auto* gone = std::get_if<order_written_off>(&e)) {
    p.is_wanted = false;
    return out_of_bag(gone->rider, whereabouts::lost);
  }
  if (const auto* stranded = std::get_if<order_stranded>(&e)) {
    return out_of_bag(stranded->rider, whereabouts::spot);
  }
  return {};
}

bool world::is_over(timestamp now) const {
  return now >= plan_.calm_from && placed_ == plan_.orders.size() &&
         std::ranges::none_of(post_,
                              [](const auto& one) {
                                const auto* said = std::get_if<command>(&one.second.what);
                                return said != nullptr && said->target.kind == entity_kind::order;
                              }) &&
         std::ranges::all_of(parcels_, [&](const auto& one) {
           const auto& orders = zones_[one.second.plan.zone].orders;
           const auto known = orders.find(one.first);
           return known != orders.end() && is_final(*known->second);
         });
}

} // namespace dispatch::domain
