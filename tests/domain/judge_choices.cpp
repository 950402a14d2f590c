#include "actors/domain/geohash.hpp"
#include "actors/domain/machine.hpp"
#include "actors/domain/machines/order.hpp"
#include "actors/domain/route.hpp"
#include "tests/domain/judge.hpp"
#include "tests/domain/scenario.hpp"

#include <algorithm>

/// What the zone decides, and when. All is reckoned here anew, from what the policy says.
namespace dispatch::domain {

namespace {

/// An order that may be looked at again after a minute waits no longer beside an idle rider.
constexpr auto wait_in_vain_max = 130s;

/// More than the whole city can cost makes an order that waits so much longer go first.
constexpr auto overtaken_max = 1500s;

constexpr auto never = timestamp::max() - 1h;

/// A wish waits for those of the same rider, one match each.
constexpr auto wish_max = 10s;

} // namespace

timestamp judge::search_may_begin(const order& what) const {
  const auto& policy = zone_.policy;
  const auto begins = what.details.ready_at - policy.dispatch_ahead;
  return what.details.promised_from
             ? std::max(begins, *what.details.promised_from - policy.release_ahead)
             : begins;
}

/// No deadline before what it is for can have come true.
void judge::check_deadlines(const event& e, timestamp now) {
  const auto* of_order = std::get_if<order_event>(&e.body);
  const auto known = zone_.orders.find(e.entity.id);
  if (of_order == nullptr || known == zone_.orders.end()) {
    return;
  }
  const auto& o = *known->second;
  const auto& policy = zone_.policy;
  const auto name = "order " + e.entity.id;
  const auto lasts = [&](timestamp until) {
    expect(until >= std::max(now, search_may_begin(o)) + policy.max_wait,
           "the search for a rider of " + name + " ends too early");
  };
  const auto in_time = [&](const std::optional<timestamp>& by) {
    expect(!by || *by >= o.details.ready_at + policy.late_after,
           "a rider is late for " + name + " before it is ready");
  };
  std::visit(overloaded{
                 [&](const order_paid& paid) { lasts(paid.search_until); },
                 [&](const order_offered& offered) { in_time(offered.pick_up_by); },
                 [&](const order_assigned& assigned) {
                   in_time(assigned.pick_up_by);
                   late_from_[e.entity.id] = assigned.pick_up_by.value_or(never);
                 },
                 [&](const actor_resumed&) {
                   const auto before = orders_before_.find(e.entity.id);
                   const auto late = late_from_.find(e.entity.id);
                   if (before != orders_before_.end() && before->second->pause &&
                       late != late_from_.end() && late->second != never) {
                     late->second +=
                         now - std::max(before->second->pause->since, before->second->assigned_at);
                   }
                 },
                 [&](const order_unassigned& free) {
                   if (free.search_until) {
                     lasts(*free.search_until);
                   }
                   expect(free.reason != unassign_reason::late || late_from_[e.entity.id] <= now,
                          "rider " + free.rider + " is late for " + name + " too early");
                 },
                 [&](const order_undeliverable& end) {
                   expect(end.reason != search_end::max_wait ||
                              now >= std::max(o.placed_at, search_may_begin(o)) + policy.max_wait,
                          name + " is given up before riders were looked for so long");
                   expect(end.reason != search_end::attempts ||
                              turned_down_[e.entity.id] >= policy.offers_max,
                          name + " is given up, and not so many riders turned it down");
                 },
                 [](const auto&) {},
             },
             *of_order);
}

/// Offers that were ignored or turned down, and riders on a break who get none.
void judge::check_counts(const event& e) {
  const auto& id = e.entity.id;
  if (const auto* of_order = std::get_if<order_event>(&e.body)) {
    const auto* lapsed = std::get_if<order_offer_lapsed>(of_order);
    if (lapsed != nullptr &&
        (lapsed->reason == lapse_reason::declined || lapsed->reason == lapse_reason::expired)) {
      ++turned_down_[id];
    }
  } else if (const auto* of_rider = std::get_if<rider_event>(&e.body)) {
    const auto before = riders_before_.find(id);
    const auto* known = before == riders_before_.end() ? nullptr : before->second.get();
    std::visit(overloaded{
                   [&](const offer_expired&) {
                     ignored_[id] +=
                         known != nullptr && known->open_offer && known->open_offer->swap ? 0 : 1;
                   },
                   [&](const offer_accepted&) { ignored_[id] = 0; },
                   [&](const offer_declined&) { ignored_[id] = 0; },
                   [&](const rider_received& there) { ignored_[id] = there.rider.ignored_offers; },
                   [&](const break_started& rest) {
                     expect(rest.reason != "ignored_offers" ||
                                ignored_[id] >= zone_.policy.ignored_offers_max,
                            "rider " + id + " is sent on a break for offers that were not ignored");
                     ignored_[id] = 0;
                   },
                   [&](const offer_received&) {
                     expect(!truth_.couriers().at(id).on_break,
                            "rider " + id + " is on a break, and is asked");
                   },
                   [&](const route_extended&) { forced_.insert(id); },
                   [](const auto&) {},
               },
               *of_rider);
  }
}

/// What an operator wishes for is carried out or refused: by the turn that decides on it, and soon.
void judge::check_wishes(const whole_zone::outcome& turn, timestamp now) {
  std::set<std::string> answered;
  for (const auto& e : turn.events) {
    const auto* of_order = std::get_if<order_event>(&e.body);
    if (of_order == nullptr) {
      continue;
    }
    if (const auto* refused = std::get_if<order_assignment_refused>(of_order)) {
      answered.insert(e.entity.id);
      const auto known = riders_before_.find(refused->rider);
      expect(refused->reason != to_string(gate::has_offer) ||
                 (known != riders_before_.end() && known->second->open_offer),
             "rider " + refused->rider + " is said to consider an offer, and considers none");
    } else if (std::holds_alternative<order_assigned>(*of_order)) {
      answered.insert(e.entity.id);
    }
  }
  for (const auto& d : turn.decisions) {
    expect(!d.by_operator || answered.contains(d.order),
           "the wish for order " + d.order + " is decided on and not answered");
  }
  for (const auto& [id, o] : zone_.orders) {
    if (o->requested_rider.empty()) {
      wished_at_.erase(id);
      continue;
    }
    const auto since = wished_at_.try_emplace(id, now).first->second;
    expect(now - since <= wish_max, "nobody answers the wish for order " + id);
  }
}

/// Nor long behind it: who is late has no order.
void judge::check_overdue(timestamp now) {
  for (const auto& [id, by] : late_from_) {
    const auto& o = *zone_.orders.at(id);
    expect(o.status != order_status::assigned || o.pause || !o.pick_up_by || now <= by + 5s,
           "rider " + o.rider + " is late for order " + id + ", and keeps it");
  }
}

/// Turns without input come to something that was not said before, or are looks once a minute.
void judge::check_idling(const whole_zone::outcome& turn, timestamp now) {
  if (!turn.happened) {
    return;
  }
  const auto is_idle = !turn.with_input && turn.events.empty();
  auto is_new = turn.decisions.empty();
  for (const auto& d : turn.decisions) {
    const auto says = std::pair{d.waiting, d.rider};
    const auto known = said_.find(d.order);
    is_new = is_new || known == said_.end() || known->second != says;
    said_.insert_or_assign(d.order, says);
  }
  repeated_ = is_idle && !is_new ? repeated_ + 1 : 0;
  idle_ = is_idle && turn.decisions.empty() ? idle_ + 1 : 0;
  idle_since_ = idle_ <= 1 ? now : idle_since_;
  const auto open =
      std::ranges::count_if(zone_.orders, [](const auto& one) { return !is_final(*one.second); });
  expect(repeated_ < 2, "the zone decides again and again what it has decided");
  // Behind each look that falls due there is a turn that asks the engine first, if there is one.
  const auto turns = zone_.policy.routed ? 2 : 1;
  expect(idle_ <= (open + 1) * (2 + (now - idle_since_) / 60s) * turns,
         "the zone takes turns in which nothing happens");
}

bool judge::hands_out_now(const std::string& id, timestamp now) const {
  const auto shop = truth_.shops().find({number_, id});
  const auto known = zone_.stations.find(id);
  if (shop == truth_.shops().end() || known == zone_.stations.end() || known->second->pause ||
      !known->second->open) {
    return false;
  }
  const auto hours = world::hours_of(shop->second, now);
  const auto local = now + truth_.plan().local_offset(now);
  const auto minute = std::chrono::floor<std::chrono::minutes>(
      local - std::chrono::floor<std::chrono::days>(local));
  return hours == opening_hours{} || (minute >= std::chrono::minutes{hours.from_min} &&
                                      minute < std::chrono::minutes{hours.to_min});
}

/// Whether the zone has every reason to look for a rider.
bool judge::is_searched_for(const order& what, timestamp now) const {
  if (what.status != order_status::waiting || what.pause || what.hold || zone_.paused ||
      !what.requested_rider.empty() || now < search_may_begin(what)) {
    return false;
  }
  const auto min_m = truth_.plan().customer_distance_min_m;
  if (!what.stranded_with.empty()) {
    return distance_m(*what.belongs_at, what.details.drop_off) >= min_m;
  }
  if (what.details.items.empty() || what.sourced) {
    return hands_out_now(what.details.station, now) &&
           distance_m(what.details.pick_up, what.details.drop_off) >= min_m;
  }
  return std::ranges::any_of(zone_.stations, [&](const auto& one) {
    const auto& [id, s] = one;
    const auto far_m = distance_m(s->at, what.details.drop_off);
    return (what.any_station ? far_m <= zone_.policy.source_radius_m
                             : id == what.details.station) &&
           far_m >= min_m && hands_out_now(id, now) && !s->stock.empty() &&
           s->stock.front().available() >= what.details.items.front().quantity;
  });
}

/// Whether an idle rider passes every gate.
bool judge::could_take(const std::string& rider, const dispatch::rider& who, const order& what,
                       timestamp now) const {
  return who.on_shift && !who.open_offer && !who.pause && !who.on_break &&
         now - who.at_time <= zone_.policy.position_freshness &&
         what.details.load <= std::min(who.capacity, truth_.plan().load_max.value_or(1000)) &&
         std::ranges::find(what.passed, rider) == what.passed.end() &&
         (!who.ends_at || *who.ends_at > now + 2h);
}

/// No order waits for long beside a rider who has nothing to do. The city is smaller than the
/// radius.
void judge::check_idle_riders(timestamp now) {
  for (const auto& [id, o] : zone_.orders) {
    const auto is_in_vain =
        is_searched_for(*o, now) && std::ranges::any_of(zone_.riders, [&](const auto& one) {
          return one.second->route.empty() && could_take(one.first, *one.second, *o, now);
        });
    if (!is_in_vain) {
      in_vain_since_.erase(id);
      continue;
    }
    const auto since = in_vain_since_.try_emplace(id, now).first->second;
    expect(now - since <= wait_in_vain_max, "order " + id + " waits beside an idle rider");
  }
}

void judge::check_offers(const std::vector<event>& events, timestamp now) {
  for (const auto& e : events) {
    const auto* of_order = std::get_if<order_event>(&e.body);
    const auto* offered = of_order != nullptr ? std::get_if<order_offered>(of_order) : nullptr;
    if (offered != nullptr && !was_paused_) {
      check_offer(e.entity.id, offered->rider, now);
    }
  }
}

/// Equal orders leave in the order in which they were placed, and none is overtaken for ever,
/// unless they wait for what a routing engine says. Who has work is not asked where somebody else
/// has none and is there earlier.
void judge::check_offer(const std::string& order, const std::string& rider, timestamp now) {
  const auto& what = *zone_.orders.at(order);
  const auto& asked = *zone_.riders.at(rider);
  if (!asked.open_offer ||
      std::ranges::find(asked.open_offer->orders, order) == asked.open_offer->orders.end()) {
    return; // Taken back in this very turn.
  }
  const auto& equal = truth_.parcels().at(order).plan.is_equal;
  auto before = asked;
  before.open_offer.reset();
  for (const auto& [id, other] : zone_.orders) {
    const auto earlier = std::pair{other->placed_at, id} < std::pair{what.placed_at, order};
    const auto as_good = equal && truth_.parcels().at(id).plan.is_equal;
    if (earlier && !zone_.policy.routed && !refused_now_.contains(id) &&
        what.stranded_with.empty() && other->stranded_with.empty() &&
        is_searched_for(*other, now) && could_take(rider, before, *other, now) &&
        (as_good || what.placed_at - other->placed_at > overtaken_max)) {
      expect(false, "order " + order + " is offered to rider " + rider + " before order " + id +
                        ", which was placed earlier");
    }
  }
  if (asked.route.empty() || !what.details.items.empty()) {
    return;
  }
  const auto& policy = zone_.policy;
  const auto ride_s = [&](const place& from, const place& to) {
    return distance_m(from, to) * policy.detour_factor / policy.speed_m_per_s[2];
  };
  auto at = asked.at;
  auto there_s = 0.0;
  for (const auto& s : asked.open_offer->route) {
    there_s += ride_s(at, s.at);
    if (s.order == order) {
      break;
    }
    there_s = s.kind == stop_kind::pick_up ? std::max(there_s, seconds_between(now, s.not_before))
                                           : there_s;
    at = s.at;
  }
  const auto has_come_free_now = [&](const std::string& id) { // Maybe behind the match.
    const auto was = riders_before_.find(id);
    return was == riders_before_.end() || !was->second->route.empty();
  };
  for (const auto& [id, idle] : zone_.riders) {
    expect(!idle->route.empty() || has_come_free_now(id) || !could_take(id, *idle, what, now) ||
               there_s < ride_s(idle->at, what.details.pick_up) + 60.0,
           "order " + order + " is offered to rider " + rider + ", who has work, and rider " + id +
               " has none and is there earlier");
  }
}

} // namespace dispatch::domain
