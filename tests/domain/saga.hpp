#pragma once

#include "tests/domain/random_zone.hpp"

namespace dispatch::domain {

/// Random turns over a few orders, riders and stations: any command at any time, offers of bundles
/// among them. What must hold is checked after every round and every turn. At the end everything is
/// brought to an end, and stock, riders and money must balance.
class saga : private random_zone {
public:
  explicit saga(std::uint64_t seed) : random_zone(seed) {
    zone_.after_round = [this] { check_always(); };
  }

  void run(int turns) {
    for (int turn = 0; turn < turns; ++turn) {
      pass_time();
      const auto finals = final_orders();
      handle_goods();
      const auto inputs = some_inputs();
      zone_.settle_all(inputs);
      check_places(inputs);
      propose_something();
      check_always();
      check_at_rest();
      for (const auto& [id, before] : finals) {
        auto after = zone_.orders.at(id);
        after.refunded = before.refunded;
        REQUIRE(after == before);
      }
    }
  }

  /// All that is open is worked off or given up; then nothing may be left of it anywhere.
  void finish() {
    for (const auto& [id, r] : std::map{zone_.riders}) {
      if (!r.route.empty() && r.route.front().kind == stop_kind::drop_off) {
        drop_off(id);
      }
    }
    for (const auto& [id, o] : std::map{zone_.orders}) {
      zone_.settle(to_order(id, resume_actor{}, true));
      promises_.check_at_rest();
      zone_.settle(to_order(id, cancel_order{"closing time"}));
    }
    for (const auto& [id, r] : std::map{zone_.riders}) {
      for (auto left = r.route.size(); left > 0; --left) {
        drop_off(id);
      }
    }
    check_always();
    check_at_rest();
    for (const auto& [id, o] : zone_.orders) {
      REQUIRE((is_final(o) || o.status == order_status::unknown));
      const auto [received, refunded] = money_[id];
      REQUIRE(received - refunded == (o.status == order_status::delivered ? 1 : 0));
    }
    for (const auto& [id, r] : zone_.riders) {
      REQUIRE_FALSE(r.open_offer);
    }
    for (const auto& [id, s] : zone_.stations) {
      REQUIRE(s.reservations.empty());
      for (const auto& level : s.stock) {
        REQUIRE(level.reserved == 0);
      }
    }
  }

  std::set<std::string> events_seen() const {
    std::set<std::string> names;
    for (const auto& e : zone_.events) {
      names.insert(std::string{to_string(e.entity.kind)} + " " + std::string{event_name(e.body)});
    }
    return names;
  }

  /// How often an offer ended because another rider was faster.
  int races() const {
    return static_cast<int>(std::ranges::count_if(zone_.events, [](const event& e) {
      const auto* of_order = std::get_if<order_event>(&e.body);
      const auto* lapsed =
          of_order != nullptr ? std::get_if<order_offer_lapsed>(of_order) : nullptr;
      return lapsed != nullptr && lapsed->reason == lapse_reason::taken;
    }));
  }

private:
  /// The rider's next order.
  void drop_off(const std::string& rider) {
    const auto route = zone_.riders.at(rider).route;
    const auto& order = route.front().order;
    CAPTURE(order);
    CAPTURE(status_name(zone_.orders.at(order)));
    zone_.settle(to_rider(rider, arrive_at_stop{order}));
    const auto locked = zone_.orders.at(order).wrong_codes >= zone_.policy.code_attempts_max;
    zone_.settle(to_rider(rider, deliver_order{order, code}, locked));
    REQUIRE(zone_.riders.at(rider).route.size() == route.size() - 1);
  }

  void pass_time() {
    const auto step = 1s * pick(300);
    promises_.pass(step);
    zone_.now += step;
    zone_.policy.low_stock = promise_book::said_low_below + 1 + static_cast<std::uint32_t>(pick(3));
  }

  /// Stations are where they were opened last, though they were open already.
  void check_places(const std::vector<small_zone::input>& inputs) const {
    std::map<std::string, place> opened;
    for (const auto& one : inputs) {
      if (const auto* of_station = std::get_if<station_command>(&one.command)) {
        if (const auto* open = std::get_if<open_station>(of_station)) {
          opened[one.target.id] = open->at;
        }
      }
    }
    for (const auto& [id, at] : opened) {
      REQUIRE(zone_.stations.at(id).at == at);
    }
  }

  std::map<std::string, order> final_orders() const {
    std::map<std::string, order> finals;
    for (const auto& [id, o] : zone_.orders) {
      if (is_final(o)) {
        finals.emplace(id, o);
      }
    }
    return finals;
  }

  /// Even between the rounds of a turn.
  void check_always() {
    for (const auto& [id, r] : zone_.riders) {
      REQUIRE(peak_load(r.route) <= r.capacity);
      for (auto s = r.route.begin(); s != r.route.end(); ++s) {
        const std::vector<stop> rest(s + 1, r.route.end());
        REQUIRE(has_stop(rest, stop_kind::drop_off, s->order) == (s->kind == stop_kind::pick_up));
      }
    }
    for (const auto& [id, s] : zone_.stations) {
      for (const auto& level : s.stock) {
        REQUIRE(level.reserved <= level.on_hand);
      }
    }
    for (; checked_ < zone_.events.size(); ++checked_) {
      note(zone_.events[checked_]);
    }
    for (const auto& [id, r] : zone_.riders) {
      const auto& [order, kind] = arrived_at_[id];
      REQUIRE((!r.arrived || (r.route.front().order == order && r.route.front().kind == kind)));
    }
  }

  /// Money is given back at most once and only when it was received; a rider collects and hands
  /// over only where he said that he was.
  void note(const event& e) {
    promises_.note(e);
    if (const auto* of_order = std::get_if<order_event>(&e.body)) {
      auto& [received, refunded] = money_[e.entity.id];
      received += std::holds_alternative<order_paid>(*of_order) ? 1 : 0;
      if (std::holds_alternative<order_refund_requested>(*of_order)) {
        received =
            std::max(received, 1); // A payment that comes after the end is given back at once.
        ++refunded;
      }
      note_goods(e.entity.id, *of_order);
      if (std::holds_alternative<order_stranded>(*of_order)) {
        on_street_.insert(e.entity.id);
      }
      REQUIRE(received <= 1);
      REQUIRE(refunded <= received);
    } else if (const auto* of_rider = std::get_if<rider_event>(&e.body)) {
      if (const auto* arrived = std::get_if<rider_arrived>(of_rider)) {
        arrived_at_[e.entity.id] = {arrived->order, arrived->kind};
      } else if (const auto* collected = std::get_if<order_collected>(of_rider)) {
        const auto& o = zone_.orders.at(collected->order);
        const auto at_station = on_street_.erase(collected->order) == 0;
        if (at_station && !o.details.items.empty() && lifted_.erase(collected->order) == 0) {
          REQUIRE(shelf_[o.details.station] >= o.details.items.front().quantity);
          shelf_[o.details.station] -= o.details.items.front().quantity;
        }
      }
    } else if (const auto* of_station = std::get_if<station_event>(&e.body)) {
      if (const auto* counted = std::get_if<stock_reported>(of_station)) {
        for (const auto& taken : counted->taken) {
          REQUIRE(lifted_.contains(taken.order));
        }
        for (auto& [order, from] : lifted_) {
          from.counted_out = from.counted_out || from.station == e.entity.id;
        }
        shelf_[e.entity.id] = counted->levels.front().on_hand;
        put_back_[e.entity.id] = 0;
      } else if (const auto* consumed = std::get_if<stock_consumed>(of_station)) {
        ++handed_out_[consumed->order];
      } else if (const auto* released = std::get_if<stock_released>(of_station)) {
        const auto is_wish =
            released->reason != stock_loss::expired && released->reason != stock_loss::out_of_stock;
        REQUIRE((is_wish || !stands_for(released->order)));
      } else if (const auto* returned = std::get_if<stock_returned>(of_station)) {
        --handed_out_[returned->order];
        shelf_[e.entity.id] += returned->items.front().quantity;
      }
    }
  }

  /// What a station has handed out is delivered, brought back, or told as lost.
  void note_goods(const std::string& id, const order_event& body) {
    const auto& details = zone_.orders.at(id).details;
    if (const auto* lost = std::get_if<order_goods_lost>(&body)) {
      REQUIRE(lost->station == details.station);
      REQUIRE(lost->items == details.items);
      --handed_out_[id];
    } else if (std::holds_alternative<order_delivered>(body) && !details.items.empty()) {
      --handed_out_[id];
    }
  }

  /// What a station believes to have is what lies there, and what riders have lifted since the last
  /// count; it holds goods for exactly the orders that believe so.
  void check_stock() const {
    std::map<std::string, std::string> held; // by order
    for (const auto& [id, s] : zone_.stations) {
      std::uint32_t reserved = 0;
      for (const auto& r : s.reservations) {
        REQUIRE(held.emplace(r.order, id).second);
        REQUIRE(r.items == zone_.orders.at(r.order).details.items);
        reserved += r.taken.empty() ? r.items.front().quantity : 0;
      }
      if (!s.stock.empty()) {
        REQUIRE(s.stock.front().reserved == reserved);
        auto in_books = s.stock.front().on_hand + put_back_.at(id);
        for (const auto& [order, from] : lifted_) {
          const auto quantity = zone_.orders.at(order).details.items.front().quantity;
          in_books -= from.station == id && !from.counted_out ? quantity : 0;
        }
        REQUIRE(in_books == shelf_.at(id));
      }
    }
    for (const auto& [id, o] : zone_.orders) {
      const auto holds = o.sourced && o.stranded_with.empty() &&
                         (o.status == order_status::waiting || o.status == order_status::offered ||
                          o.status == order_status::assigned);
      const auto on_the_way = o.sourced && !is_final(o) && !holds;
      const auto out = handed_out_.find(id);
      REQUIRE((out == handed_out_.end() ? 0 : out->second) == (on_the_way ? 1 : 0));
      const auto at = held.find(id);
      REQUIRE((at == held.end() ? "" : at->second) == (holds ? o.details.station : ""));
    }
  }

  /// When a turn is over, riders and orders agree.
  void check_at_rest() const {
    check_stock();
    promises_.check_at_rest();
    for (const auto& [id, o] : zone_.orders) {
      std::map<std::string, std::string> asked; // with which offer, by rider
      std::string collecting;
      std::string carrying;
      for (const auto& [rider_id, r] : zone_.riders) {
        if (r.open_offer && std::ranges::count(r.open_offer->orders, id) > 0) {
          asked.emplace(rider_id, r.open_offer->id);
        }
        if (has_stop(r.route, stop_kind::drop_off, id)) {
          REQUIRE(collecting.empty());
          REQUIRE(carrying.empty());
          (has_stop(r.route, stop_kind::pick_up, id) ? collecting : carrying) = rider_id;
        }
      }
      CAPTURE(id);
      CAPTURE(status_name(o));
      const auto rider_if = [&](order_status s) { return o.status == s ? o.rider : ""; };
      std::map<std::string, std::string> asks;
      for (const auto& other : o.also_asked) {
        asks.emplace(other.rider, other.offer);
      }
      REQUIRE((o.also_asked.empty() || o.status == order_status::offered ||
               o.status == order_status::assigned));
      if (o.status == order_status::offered) {
        asks.emplace(o.rider, o.offer);
      }
      REQUIRE(asked == asks);
      REQUIRE(collecting == rider_if(order_status::assigned));
      REQUIRE(carrying ==
              (o.status == order_status::returning ? o.rider : rider_if(order_status::picked_up)));
      // An order keeps its rider until the named one has it.
      REQUIRE((o.status == order_status::waiting || o.status == order_status::assigned ||
               o.requested_rider.empty()));
    }
  }

  promise_book promises_{zone_};
  std::size_t checked_ = 0;                          ///< events noted
  std::map<std::string, std::pair<int, int>> money_; ///< received and given back, by order
  std::set<std::string> on_street_;                  ///< collected, and stranded
  std::map<std::string, int> handed_out_;            ///< and not accounted for, by order
  std::map<std::string, std::pair<std::string, stop_kind>> arrived_at_;
};

} // namespace dispatch::domain
