#pragma once

#include "actors/domain/machines/order_lapses.hpp"
#include "tests/domain/turns.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace dispatch::domain {

/// What orders, riders and stations may rely on, by the events of a zone alone: how long a search
/// lasts, what offers count for, and what ends a shift or a break.
class promise_book {
public:
  explicit promise_book(const small_zone& zone) : zone_(zone) {}

  /// Before the zone's time goes on: what stands still comes later by that.
  void pass(duration step) {
    for (auto& [id, due] : due_) {
      const auto& o = zone_.orders.at(id);
      const auto is_held = o.hold && o.status != order_status::unpaid;
      due.search += o.pause || is_held ? step : duration{0};
      due.pick_up += o.pause ? step : duration{0};
    }
  }

  void note(const event& e) {
    if (!must_end_shift_.empty()) {
      REQUIRE(e.entity == entity_ref{entity_kind::rider, must_end_shift_});
      REQUIRE(event_name(e.body) == "shift_ended");
      must_end_shift_.clear();
    }
    const auto apply = [&](const auto& body) { (*this)(e.entity.id, body); };
    if (const auto* of_order = std::get_if<order_event>(&e.body)) {
      std::visit(apply, *of_order);
    } else if (const auto* of_rider = std::get_if<rider_event>(&e.body)) {
      std::visit(apply, *of_rider);
    } else if (const auto* of_station = std::get_if<station_event>(&e.body)) {
      std::visit(apply, *of_station);
    }
  }

  void check_at_rest() const {
    REQUIRE(must_end_shift_.empty());
    for (const auto& [id, o] : zone_.orders) {
      CAPTURE(id);
      REQUIRE(deadline(o) == due_of(id, o));
      REQUIRE((o.status != order_status::undeliverable || !o.pause));
    }
  }

  /// Why zone y does not receive a rider.
  static constexpr auto at_work = "at work";
  /// What stations say, if they say it, of how few pieces are too few. No policy says it.
  static constexpr std::uint32_t said_low_below = 2;

private:
  struct times {
    timestamp search; ///< is given up then, or the time to pay is over
    timestamp pick_up;
  };

  std::optional<timestamp> due_of(const std::string& id, const order& o) const {
    const auto waits = o.status == order_status::waiting && !o.hold;
    if (!o.pause && (waits || o.status == order_status::unpaid)) {
      return due_.at(id).search;
    }
    const auto is_awaited = o.status == order_status::assigned && o.pick_up_by;
    return is_awaited && !o.pause ? std::optional{due_.at(id).pick_up} : std::nullopt;
  }

  void begin_search(const std::string& id, timestamp until) {
    const auto begins = search_begins(zone_.orders.at(id).details, zone_.policy);
    REQUIRE(until >= std::max(zone_.now, begins) + zone_.policy.max_wait);
    due_[id].search = until;
  }

  template <class Other> void operator()(const std::string&, const Other&) {}
  void operator()(const std::string& id, const order_placed& e) {
    due_[id].search = e.pay_by.value_or(timestamp{});
  }
  void operator()(const std::string& id, const order_paid& e) { begin_search(id, e.search_until); }
  void operator()(const std::string& id, const order_stranded& e) {
    begin_search(id, e.search_until);
  }
  void operator()(const std::string& id, const order_unassigned& e) {
    if (e.search_until) {
      begin_search(id, *e.search_until);
    }
  }
  void operator()(const std::string& id, const order_assigned& e) {
    due_[id].pick_up = e.pick_up_by.value_or(timestamp{});
  }
  void operator()(const std::string& id, const order_offer_lapsed& e) {
    in_vain_[id] += was_turned_down(e.reason) && !swaps_.contains(e.offer) ? 1U : 0U;
  }
  void operator()(const std::string&, const order_swap_offered& e) { swaps_.insert(e.offer); }
  void operator()(const std::string& id, const order_undeliverable& e) {
    REQUIRE(e.offers == in_vain_[id]);
  }

  void operator()(const std::string& id, const shift_started&) { ignored_[id] = 0; }
  void operator()(const std::string& id, const rider_received& e) {
    ignored_[id] = e.rider.ignored_offers;
  }
  void operator()(const std::string& id, const offer_accepted&) { ignored_[id] = 0; }
  void operator()(const std::string& id, const offer_declined&) { ignored_[id] = 0; }
  void operator()(const std::string& id, const offer_expired& e) {
    ignored_[id] += swaps_.contains(e.offer) ? 0U : 1U;
  }
  void operator()(const std::string& id, const break_started& e) {
    REQUIRE((e.reason != "ignored_offers" || ignored_[id] >= zone_.policy.ignored_offers_max));
    on_break_.insert(id);
  }
  void operator()(const std::string& id, const break_ended&) {
    ignored_[id] = 0;
    on_break_.erase(id);
  }
  void operator()(const std::string& id, const shift_ended&) { on_break_.erase(id); }
  void operator()(const std::string& id, const transfer_started& e) {
    REQUIRE_FALSE(on_break_.contains(id));
    REQUIRE(e.rider.ignored_offers <= ignored_[id]);
  }
  void operator()(const std::string& id, const transfer_ended& e) {
    must_end_shift_ = e.detail == at_work ? id : "";
  }

  /// Who has never said how few pieces are too few of the article relies on the policy.
  void operator()(const std::string& id, const stock_reported& e) {
    const auto low_below = e.levels.front().low_below;
    if (low_below == said_low_below) {
      said_.insert(id);
    } else {
      REQUIRE_FALSE(said_.contains(id));
      REQUIRE(low_below == zone_.policy.low_stock);
    }
  }

  const small_zone& zone_;
  std::map<std::string, times> due_;             ///< by order
  std::map<std::string, std::uint32_t> in_vain_; ///< offers, by order
  std::map<std::string, std::uint32_t> ignored_; ///< offers in a row, by rider
  std::set<std::string> swaps_;                  ///< offers of orders that others have
  std::set<std::string> on_break_;
  std::set<std::string> said_; ///< stations
  std::string must_end_shift_; ///< the rider who is at work elsewhere
};

} // namespace dispatch::domain
