#include "actors/domain/machines/order.hpp"
#include "actors/domain/route.hpp"
#include "tests/domain/judge.hpp"

#include <algorithm>

/// What the zone believes of goods, money and riders.
namespace dispatch::domain {

void judge::expect(bool holds, const std::string& sentence) {
  if (!holds && wrong_.empty()) {
    wrong_ = sentence;
  }
}

void judge::remember() {
  orders_before_ = zone_.orders;
  riders_before_ = zone_.riders;
  stations_before_ = zone_.stations;
  was_paused_ = zone_.paused;
  uncertain_.clear();
  for (const auto& [key, shop] : truth_.shops()) {
    if (key.first == number_ && !shop.is_certain) {
      uncertain_.insert(key.second);
    }
  }
}

void judge::after_turn(timestamp now, const whole_zone::outcome& turn) {
  refused_now_.clear();
  for (const auto& e : turn.events) {
    const auto* of_order = std::get_if<order_event>(&e.body);
    if (of_order != nullptr && std::holds_alternative<order_assignment_refused>(*of_order)) {
      refused_now_.insert(e.entity.id);
    }
  }
  for (const auto& e : turn.events) {
    check_money(e);
    check_deadlines(e, now);
    check_counts(e);
  }
  std::ranges::for_each(turn.decisions, [this](const decision& d) { check_evidence(d); });
  check_losses(turn.events);
  check_codes(turn.events);
  check_offers(turn.events, now);
  check_goods();
  check_shelves();
  check_riders();
  check_overdue(now);
  check_wishes(turn, now);
  check_idle_riders(now);
  check_idling(turn, now);
}

/// No piece is lost or doubled: the book says where it is.
void judge::check_goods() {
  using at = world::whereabouts;
  for (const auto& [id, p] : truth_.parcels()) {
    const auto known = zone_.orders.find(id);
    if (p.plan.zone != number_ || known == zone_.orders.end()) {
      continue;
    }
    const auto& o = *known->second;
    const auto is_on_board =
        o.status == order_status::picked_up || o.status == order_status::returning;
    const auto is_there = o.status == order_status::delivered;
    const auto in_hand_or = [&](at where) {
      return p.where == where || (p.where == at::hand && p.from == where);
    };
    expect(is_on_board == (p.where == at::bag) && (!is_on_board || p.rider == o.rider),
           "order " + id + " is " + std::string{status_name(o)} + " with rider " + o.rider +
               ", and its goods are with " + p.rider);
    const auto is_written_off = o.status == order_status::written_off;
    expect(is_written_off == (p.where == at::lost),
           "order " + id + " is written off and not lost, or the other way round");
    expect(is_there == (p.where == at::customer), "order " + id + " is " +
                                                      std::string{status_name(o)} +
                                                      " and its customer has it, or not");
    if (!is_on_board && !is_there && !is_written_off) {
      expect(in_hand_or(o.stranded_with.empty() ? at::station : at::spot),
             "the goods of order " + id + " are not where it waits for a rider");
    }
  }
}

/// What nobody has reserved or taken is as much in the book as in truth.
void judge::check_shelves() {
  for (const auto& [key, shop] : truth_.shops()) {
    const auto known = zone_.stations.find(key.second);
    if (key.first != number_ || known == zone_.stations.end() || known->second->stock.empty() ||
        !shop.is_counted || !shop.is_certain) {
      continue;
    }
    const auto& s = *known->second;
    std::uint32_t held = 0;
    for (const auto& one : s.reservations) {
      held += one.items.front().quantity;
    }
    const auto is_in_no_book = [&](const auto& one) {
      const auto& [id, c] = one;
      const auto o = zone_.orders.find(c.lifted);
      return !c.lifted.empty() && c.lifted_from == key.second && o != zone_.orders.end() &&
             (o->second->status != order_status::assigned || o->second->rider != id);
    };
    if (std::ranges::none_of(truth_.couriers(), is_in_no_book)) {
      expect(s.stock.front().available() + held == shop.pieces + truth_.lifted_at(key),
             "station " + key.second + " believes to have " +
                 std::to_string(s.stock.front().available() + held) + " pieces, and has " +
                 std::to_string(shop.pieces + truth_.lifted_at(key)));
    }
  }
}

void judge::check_money(const event& e) {
  const auto* of_order = std::get_if<order_event>(&e.body);
  if (of_order == nullptr) {
    return;
  }
  auto& [received, given_back] = money_[e.entity.id];
  received += std::holds_alternative<order_paid>(*of_order) ? 1 : 0;
  if (std::holds_alternative<order_refund_requested>(*of_order)) {
    received = std::max(received, 1); // A payment behind the end is given back at once.
    ++given_back;
  }
  expect(received <= 1 && given_back <= received,
         "order " + e.entity.id + " is paid or refunded once too often");
  goods_lost_[e.entity.id] += std::holds_alternative<order_goods_lost>(*of_order) ? 1 : 0;
}

/// Every wrong code counts, with whatever rider, and behind as many as the policy says nobody but
/// an operator opens the door. Nobody in this world comes without a code where one is needed.
void judge::check_codes(const std::vector<event>& events) {
  const auto most = zone_.policy.code_attempts_max;
  auto uncounted = 0;
  for (const auto& e : events) {
    if (const auto* refused = std::get_if<command_refused>(&e.body)) {
      uncounted += refused->code == refusal::wrong_code ? 1 : 0;
    } else if (const auto* of_order = std::get_if<order_event>(&e.body)) {
      auto& given = wrong_codes_[e.entity.id];
      if (std::holds_alternative<order_wrong_code_counted>(*of_order)) {
        --uncounted;
        ++given;
      }
      expect(given <= most, "more wrong codes were taken for order " + e.entity.id);
      expect(given < most || !std::holds_alternative<order_delivered>(*of_order) ||
                 truth_.parcels().at(e.entity.id).is_confirmed,
             "order " + e.entity.id + " was handed over, and its code was guessed too often");
    }
  }
  expect(uncounted == 0, "wrong codes were given and not counted, or the other way round");
  for (const auto& [id, r] : zone_.riders) {
    for (const auto& s : r->route) {
      expect(s.kind == stop_kind::pick_up || s.wrong_codes == wrong_codes_[s.order],
             "rider " + id + " has another number of attempts at order " + s.order);
    }
  }
}

/// What has left a station and reaches nobody is told as lost, once.
void judge::check_lost_goods() {
  using at = world::whereabouts;
  for (const auto& [id, p] : truth_.parcels()) {
    const auto is_lost =
        p.where == at::lost || p.where == at::spot || (p.where == at::hand && p.from == at::spot);
    expect(p.plan.zone != number_ ||
               goods_lost_[id] == (is_lost && !p.plan.wants.items.empty() ? 1 : 0),
           "the goods of order " + id + " are lost and not told as lost, or the other way round");
  }
}

/// A rider works in one zone, and has no more than may be carried.
void judge::check_riders() {
  const auto& other = zones_[1 - number_].riders;
  for (const auto& [id, r] : zone_.riders) {
    const auto there = other.find(id);
    expect(!r->on_shift || there == other.end() || !there->second->on_shift,
           "rider " + id + " is on shift in both zones");
    if (r->route.empty()) {
      forced_.erase(id);
    } else if (std::ranges::any_of(r->route, &stop::returning)) {
      forced_.insert(id); // What comes back stays on board for longer than was planned.
    }
    const auto most = truth_.plan().load_max.value_or(r->capacity);
    expect(peak_load(r->route) <= r->capacity &&
               (forced_.contains(id) || peak_load(r->route) <= most),
           "rider " + id + " is to carry more than allowed");
    for (const auto& s : r->route) {
      const auto& o = *zone_.orders.at(s.order);
      expect(!is_final(o) && o.rider == id,
             "rider " + id + " is to go for order " + s.order + ", and does not have it");
    }
  }
}

/// Neither time nor a count takes goods from a rider who has come for them, and a count takes none
/// while there are enough.
void judge::check_losses(const std::vector<event>& events) {
  for (const auto& e : events) {
    if (const auto* of_station = std::get_if<station_event>(&e.body)) {
      const auto* released = std::get_if<stock_released>(of_station);
      if (released == nullptr || released->reason != stock_loss::out_of_stock) {
        continue;
      }
      std::uint32_t reserved = 0;
      auto was_in_hand = false;
      for (const auto& held : stations_before_.at(e.entity.id)->reservations) {
        reserved += held.items.front().quantity;
        was_in_hand |= held.order == released->order && held.handing_over;
      }
      const std::pair shop{number_, e.entity.id};
      expect(was_in_hand || uncertain_.contains(e.entity.id) ||
                 truth_.shops().at(shop).pieces + truth_.lifted_at(shop) < reserved,
             "a count took order " + released->order + " its goods, and there were enough");
    } else if (const auto* of_order = std::get_if<order_event>(&e.body)) {
      const auto* lost = std::get_if<order_unsourced>(of_order);
      const auto before = orders_before_.find(e.entity.id);
      if (lost == nullptr || before == orders_before_.end() ||
          before->second->status != order_status::assigned || lost->reason == stock_loss::asked ||
          lost->reason == stock_loss::closed) {
        continue;
      }
      const auto& r = *riders_before_.at(before->second->rider);
      const auto gave_up = std::ranges::any_of(events, [&](const event& other) {
        const auto* of_same = std::get_if<order_event>(&other.body);
        const auto* free = of_same != nullptr ? std::get_if<order_unassigned>(of_same) : nullptr;
        return other.entity == e.entity && free != nullptr &&
               free->reason != unassign_reason::stock_lost;
      });
      expect(!r.arrived || r.route.front().order != e.entity.id || gave_up,
             "rider " + before->second->rider + " stood at the pick-up of order " + e.entity.id +
                 " and lost its goods");
    }
  }
}

void judge::finish() {
  for (const auto& [id, o] : zone_.orders) {
    const auto& [received, given_back] = money_[id];
    expect(is_final(*o), "order " + id + " never ended");
    expect(!o->pause, "order " + id + " has ended, and is paused");
    expect(received - given_back == (o->status == order_status::delivered ? 1 : 0),
           "the money for order " + id + " is not where its goods are not");
  }
  for (const auto& [id, r] : zone_.riders) {
    expect(!r->open_offer && r->route.empty(), "rider " + id + " has work, and no order is open");
  }
  for (const auto& [id, s] : zone_.stations) {
    expect(s->reservations.empty(), "station " + id + " holds goods for nobody");
  }
  check_lost_goods();
}

} // namespace dispatch::domain
