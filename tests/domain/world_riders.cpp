#include "actors/domain/geohash.hpp"
#include "tests/domain/scenario.hpp"
#include "tests/domain/world.hpp"

#include <algorithm>
#include <utility>

/// What riders do, and what they have in their hands.
namespace dispatch::domain {

namespace {

/// Whoever hears nothing says it again.
constexpr auto patience = 20s;

/// Who has nothing to do looks at the phone as often.
constexpr auto look_every = 5min;

} // namespace

place world::where_is(const courier& c, timestamp now) const {
  if (now >= c.there_at) {
    return c.to;
  }
  const auto part = std::chrono::duration<double>(now - c.left_at) /
                    std::chrono::duration<double>(c.there_at - c.left_at);
  return {c.from.latitude + part * (c.to.latitude - c.from.latitude),
          c.from.longitude + part * (c.to.longitude - c.from.longitude)};
}

void world::ride_to(courier& c, const place& to, timestamp now) {
  c.from = where_is(c, now);
  c.to = to;
  c.left_at = now;
  const auto& p = plan_.policy;
  const auto takes_s = distance_m(c.from, to) * p.detour_factor / p.speed_m_per_s[2];
  c.there_at = now + std::chrono::round<duration>(
                         std::chrono::duration<double>(takes_s * (mishap(20) ? 1.5 : 1.0)));
}

/// What a phone sends arrives a moment later, or when there is a net again: then in any order.
void world::say(courier& c, rider_command what, timestamp now) {
  if (c.says_at <= now && mishap(4)) {
    c.says_at = now + some(20, 240);
    outages_ += c.says_at - now;
  }
  const auto arrives = std::max(now, c.says_at) + (mishap(30) ? some(0, 5) : 1s);
  send(c.zone, entity_kind::rider, c.plan.id, std::move(what), arrives);
  c.acts_at = now + patience;
}

/// On the second day, too, unless nothing is left to do.
bool world::works_at(const courier& c, timestamp now) const {
  const auto begins = c.plan.begins;
  return now >= begins && (!plan_.is_two_days || now < begins + 5h || now >= begins + 24h);
}

void world::act(courier& c, timestamp now) {
  c.acts_at = now + look_every;
  const auto& book = zones_[c.zone].riders;
  const auto known = book.find(c.plan.id);
  const auto* shown = known == book.end() ? nullptr : known->second.get();
  const auto stands_for = [&](const std::string& order) {
    return shown != nullptr && !shown->route.empty() && shown->route.front().order == order &&
           shown->route.front().kind == stop_kind::pick_up;
  };
  if (!c.lifted.empty() && !stands_for(c.lifted)) {
    put_back(c);
  }
  if (shown != nullptr && shown->open_offer && shown->open_offer->id != c.answered) {
    consider(c, *shown->open_offer, now);
  }
  if (shown != nullptr && !shown->route.empty()) {
    work(c, *shown, now);
  } else if (shown == nullptr || !shown->on_shift) {
    be_off_shift(c, shown, now);
  } else {
    idle(c, *shown, now);
  }
}

void world::be_off_shift(courier& c, const rider* known, timestamp now) {
  if (c.rests_until > now) {
    c.acts_at = c.rests_until;
    return;
  }
  const auto begin = [&] { // At once: a beginning that comes late would be one in two zones.
    send(c.zone, entity_kind::rider, c.plan.id,
         rider_command{start_shift{vehicle::motorcycle, c.plan.capacity, where_is(c, now)}},
         now + 1s);
    c.acts_at = now + patience;
  };
  if (known != nullptr && known->leaving) {
    c.acts_at = now + 5s;
    if (mishap(20)) { // Begins to work there before that zone has heard of it.
      c.zone = 1 - c.zone;
      begin();
    }
    return;
  }
  if (works_at(c, now)) {
    begin();
  } else if (now < c.plan.begins + 24h) {
    c.acts_at = now < c.plan.begins ? c.plan.begins : c.plan.begins + 24h;
  }
}

void world::consider(courier& c, const offer& open, timestamp now) {
  c.answered = open.id;
  if (mishap(10)) {
    return; // Does not see it.
  }
  say(c,
      mishap(15) ? rider_command{decline_offer{open.id, "far"}}
                 : rider_command{accept_offer{open.id}},
      now + (mishap(30) ? some(0, 50) : 3s));
  if (mishap(20)) {
    say(c, accept_offer{open.id}, now + some(0, 30));
  }
}

void world::work(courier& c, const rider& known, timestamp now) {
  const auto& next = known.route.front();
  if (!(c.to == next.at)) {
    ride_to(c, next.at, now);
  }
  if (mishap(8) && misbehave(c, now)) {
    return;
  }
  if (now < c.there_at) {
    c.acts_at = std::min(c.there_at, now + look_every);
  } else if (!known.arrived) {
    say(c, arrive_at_stop{next.order}, now);
  } else if (next.kind == stop_kind::pick_up) {
    collect(c, next, now);
  } else if (!next.returning && mishap(5)) {
    parcels_.at(next.order).is_wanted = false;
    say(c, fail_delivery{next.order, "nobody there"}, now);
  } else {
    hand_over(c, next, now);
  }
}

/// Some guess a code. When none is taken any more, most call an operator, and some try again.
void world::hand_over(courier& c, const stop& at, timestamp now) {
  const auto& code = at.delivery_code;
  const auto needs_code = !code.empty() && !at.returning;
  if (needs_code && at.wrong_codes >= plan_.policy.code_attempts_max && !mishap(40)) {
    const auto later = some(5, 60);
    parcels_.at(at.order).is_confirmed = true;
    send(c.zone, entity_kind::rider, c.plan.id, rider_command{deliver_order{at.order}}, now + later,
         true);
    c.acts_at = now + later + patience;
    outages_ += later + patience;
  } else if (needs_code && mishap(30)) {
    say(c, deliver_order{at.order, "guessed"}, now);
    outages_ += patience;
  } else { // Half of the phones send one in any case.
    say(c, deliver_order{at.order, code.empty() && c.plan.capacity > 2 ? "0000" : code},
        now + (mishap(30) ? some(5, 90) : 5s));
  }
}

/// Waits for the kitchen, takes the goods, and says so a little later.
void world::collect(courier& c, const stop& at, timestamp now) {
  const auto& p = parcels_.at(at.order);
  const auto from = p.where == whereabouts::spot ? now : std::max(p.done_at, at.not_before);
  if (c.lifted == at.order) {
    say(c, pick_up_order{at.order}, now);
  } else if (now < from) {
    c.acts_at = from;
  } else if (lift(c, at.order)) {
    c.acts_at = now + (mishap(50) ? some(1, 30) : 2s);
  } else {
    c.acts_at = now + patience;
  }
}

bool world::lift(courier& c, const std::string& order) {
  auto& p = parcels_.at(order);
  if (p.where != whereabouts::station && p.where != whereabouts::spot) {
    return false;
  }
  if (const auto& items = p.plan.wants.items; p.where == whereabouts::station && !items.empty()) {
    const auto& station = zones_[p.plan.zone].orders.at(order)->details.station;
    auto& s = shops_.at({p.plan.zone, station});
    if (s.pieces < items.front().quantity) {
      return false;
    }
    s.pieces -= items.front().quantity;
    s.is_certain = s.is_certain && s.is_counted;
    s.is_counted = false;
    c.lifted_from = station;
  }
  p.from = std::exchange(p.where, whereabouts::hand);
  p.rider = c.plan.id;
  c.lifted = order;
  return true;
}

void world::put_back(courier& c) {
  auto& p = parcels_.at(std::exchange(c.lifted, {}));
  p.where = p.from;
  p.rider.clear();
  if (const auto& items = p.plan.wants.items; p.where == whereabouts::station && !items.empty()) {
    auto& s = shops_.at({p.plan.zone, c.lifted_from});
    s.pieces += items.front().quantity;
    s.is_counted = false;
  }
}

void world::idle(courier& c, const rider& known, timestamp now) {
  if (known.on_break) {
    if (c.rests_until <= now && !mishap(40)) {
      say(c, end_break{}, now);
    } else if (c.plan.moves_at && mishap(50)) {
      say(c, transfer_rider{zone_names[1 - c.zone]}, now);
    } else {
      c.acts_at = now + 30s;
    }
    return;
  }
  if (known.open_offer) {
    c.acts_at = now + patience;
    return;
  }
  if (!works_at(c, now)) {
    say(c, end_shift{}, now);
    return;
  }
  if (c.plan.moves_at && *c.plan.moves_at <= now && !c.is_moving) {
    c.is_moving = true;
    say(c, transfer_rider{zone_names[1 - c.zone]}, now);
    return;
  }
  if (mishap(8) && misbehave(c, now)) {
    return;
  }
  if (now - known.at_time >= plan_.policy.position_freshness / 2) {
    say(c, record_position{where_is(c, now)}, now);
  }
  c.acts_at = std::max(now + look_every, known.at_time + plan_.policy.position_freshness / 2);
}

/// Something comes in between. False: nothing after all.
bool world::misbehave(courier& c, timestamp now) {
  const auto rests = some(30, 600);
  switch (dice_.pick(1, 6)) {
  case 1:
    say(c, report_breakdown{"flat tyre"}, now);
    break;
  case 2:
    say(c, end_shift{dice_.chance(70)}, now);
    break;
  case 3:
    say(c, start_break{"lunch"}, now);
    break;
  case 4:
    c.is_moving = false; // Perhaps asks once more.
    return false;
  default:
    return false;
  }
  c.rests_until = now + rests;
  outages_ += rests;
  return true;
}

/// What the zone has confirmed, and what it says of the rider.
std::string world::note_rider(std::size_t zone, const std::string& id, const rider_event& e,
                              timestamp now) {
  auto& c = couriers_.at(id);
  if (const auto* collected = std::get_if<order_collected>(&e)) {
    auto& p = parcels_.at(collected->order);
    if (p.where != whereabouts::hand || p.rider != id) {
      return "rider " + id + " collected order " + collected->order + " without having it";
    }
    p.where = whereabouts::bag;
    c.lifted.clear();
  } else if (std::holds_alternative<broke_down>(e)) {
    c.to = where_is(c, now);
    c.there_at = now;
  } else if (std::holds_alternative<shift_started>(e) ||
             std::holds_alternative<rider_received>(e)) {
    c.zone = zone;
  } else if (std::holds_alternative<break_started>(e)) {
    c.on_break = true;
  } else if (std::holds_alternative<break_ended>(e) || std::holds_alternative<shift_ended>(e)) {
    c.on_break = false;
  }
  return {};
}

} // namespace dispatch::domain
