#pragma once

#include "actors/domain/matching/matching.hpp"
#include "actors/domain/route.hpp"
#include "actors/domain/waybill.hpp"
#include "tests/domain/promise_book.hpp"
#include "tests/domain/turns.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dispatch::domain {

/// A few orders, riders and stations, and whatever may be said about them, at random.
class random_zone {
public:
  explicit random_zone(std::uint64_t seed) : random_(seed) {
    zone_.policy.offers_max = seed % 4 == 0 ? 1 : 30;
    zone_.policy.ignored_offers_max = seed % 4 == 1 ? 1 : 3;
  }

protected:
  int pick(int below) { return static_cast<int>(random_() % static_cast<std::uint64_t>(below)); }
  std::string any_order() { return std::string{"abcdef"[pick(6)]}; }
  std::string any_rider() { return "r" + std::to_string(pick(3)); }
  static constexpr auto code = "1234"; ///< of those orders that have one
  place anywhere() { return metres(pick(4000), pick(4000)); }

  std::vector<small_zone::input> some_inputs() {
    std::vector<small_zone::input> inputs;
    for (int count = pick(4); count >= 0; --count) {
      const auto what = pick(9);
      inputs.push_back(what < 4   ? about_an_order()
                       : what < 8 ? about_a_rider()
                                  : about_a_station());
    }
    // What was counted is so when it is said.
    std::ranges::stable_partition(inputs, [](const small_zone::input& one) {
      const auto* of_station = std::get_if<station_command>(&one.command);
      return of_station != nullptr && std::holds_alternative<report_stock>(*of_station);
    });
    return inputs;
  }

  std::optional<std::uint32_t> low_below() {
    return pick(3) == 0 ? std::optional{promise_book::said_low_below} : std::nullopt;
  }

  std::string any_station() { return pick(2) == 0 ? "s1" : "s2"; }

  /// What the sensor counts: what lies there. While no rider has a hand on the goods, somebody may
  /// have brought some, or taken some away.
  std::uint32_t counted_at(const std::string& station) {
    auto& lies_there = shelf_[station];
    const auto& held = zone_.stations[station].reservations;
    if (std::ranges::none_of(held, &reservation::handing_over)) {
      lies_there = static_cast<std::uint32_t>(pick(8));
      put_back_[station] = 0;
    }
    return lies_there;
  }

  /// Riders who stand at their pick-up lift the goods off the shelf some time before they say so,
  /// and put them back when they lose the order.
  void handle_goods() {
    for (auto lifted = lifted_.begin(); lifted != lifted_.end();) {
      const auto& [order, from] = *lifted;
      if (stands_for(order)) {
        ++lifted;
        continue;
      }
      const auto& items = zone_.orders.at(order).details.items;
      shelf_[from.station] += items.front().quantity;
      put_back_[from.station] += from.counted_out ? items.front().quantity : 0;
      lifted = lifted_.erase(lifted);
    }
    for (const auto& [id, s] : zone_.stations) {
      for (const auto& held : s.reservations) {
        const auto quantity = held.items.front().quantity;
        if (held.handing_over && !lifted_.contains(held.order) && shelf_[id] >= quantity &&
            stands_for(held.order) && pick(2) == 0) {
          shelf_[id] -= quantity;
          lifted_[held.order] = {id};
        }
      }
    }
  }

  /// Whether the order's rider stands at its pick-up.
  bool stands_for(const std::string& order) const {
    return std::ranges::any_of(zone_.riders, [&](const auto& one) {
      const auto& r = one.second;
      return r.arrived && r.route.front().order == order &&
             r.route.front().kind == stop_kind::pick_up;
    });
  }

  small_zone::input about_a_station() {
    const auto id = any_station();
    switch (pick(6)) {
    case 0:
      return to_station(id, open_station{anywhere()});
    case 1:
      return pick(3) == 0 ? to_station(id, close_station{}) : to_station(id, pass_deadline{});
    case 2:
      return to_station(id, pass_deadline{});
    default:
      return to_station(id, report_stock{{{"gas", counted_at(id), low_below()}}});
    }
  }

  small_zone::input about_an_order() {
    const auto id = any_order();
    switch (pick(14)) {
    case 13:
      return to_order(id, write_off_order{"why"}, true);
    case 12:
      return to_order(id, a_waybill_of(id));
    case 11:
      return pick(2) == 0 ? to_order(id, unassign_order{"why"}, true)
                          : to_order(id, hold_order{"why"}, true);
    case 10:
      return to_order(id, release_hold{}, true);
    case 9:
      return pick(3) == 0 ? to_order(id, pause_actor{"why"}, true)
                          : to_order(id, resume_actor{}, true);
    case 0:
    case 1:
    case 2: {
      auto o = simple_order(anywhere(), anywhere());
      o.ready_at = zone_.now + 1s * pick(pick(3) == 0 ? 3600 : 900);
      o.delivery_code = pick(3) == 0 ? code : "";
      o.prepaid = pick(2) == 0;
      o.load = 1 + static_cast<std::uint32_t>(pick(2));
      if (pick(2) == 0) {
        o.station = pick(4) == 0 ? any_station() : "";
        o.items = {{"gas", 1 + static_cast<std::uint32_t>(pick(2))}};
      }
      return to_order(id, o);
    }
    case 3:
    case 4:
      return to_order(id, pay_order{});
    case 5:
      return to_order(id, ready_order{});
    case 6:
      return pick(3) == 0 ? to_order(id, cancel_order{"why"}) : to_order(id, pass_deadline{});
    default:
      return to_order(id, assign_order{any_rider()}, true);
    }
  }

  /// Of the last assignment, or the one before.
  attach_waybill a_waybill_of(const std::string& id) {
    const auto last = zone_.orders[id].assignments;
    const auto number = waybill_number(id, last > 0 && pick(3) == 0 ? last - 1 : last);
    return {{number, "what was assigned", {}, {}, pick(2) == 0 ? "" : "signature"}};
  }

  /// Mostly what makes sense for the rider, sometimes anything.
  small_zone::input about_a_rider() {
    const auto id = any_rider();
    const auto& r = zone_.riders[id];
    const auto order = r.route.empty() || pick(5) == 0 ? any_order() : r.route.front().order;
    const auto offer = r.open_offer && pick(5) != 0 ? r.open_offer->id : "f1";
    if (!r.route.empty() && pick(2) == 0) {
      return next_step(id, r);
    }
    switch (pick(19)) {
    case 18:
      return transfer_of(id);
    case 17:
      return pick(3) == 0 ? to_rider(id, report_breakdown{"flat tyre"})
                          : to_rider(id, end_shift{pick(2) == 0});
    case 16:
      return pick(3) == 0 ? to_rider(id, start_break{"lunch"}) : to_rider(id, end_break{});
    case 15:
      return to_rider(id, fail_delivery{order, "nobody there"});
    case 14:
      return pick(3) == 0 ? to_rider(id, pause_actor{"why"}, true)
                          : to_rider(id, resume_actor{}, true);
    case 0: {
      start_shift shift{vehicle::car, 1 + static_cast<std::uint32_t>(pick(4)), anywhere()};
      if (pick(3) == 0) {
        shift.until = zone_.now + 1s * pick(1800);
      }
      return to_rider(id, shift);
    }
    case 1:
      return pick(4) == 0 ? to_rider(id, end_shift{}) : to_rider(id, record_position{anywhere()});
    case 2:
      return to_rider(id, pass_deadline{});
    case 3:
      return to_rider(id, decline_offer{offer, "far"});
    case 4:
    case 5:
    case 6:
      return to_rider(id, accept_offer{offer});
    case 7:
    case 8:
    case 9:
      return to_rider(id, arrive_at_stop{order});
    case 10:
    case 11:
      return to_rider(id, pick_up_order{order});
    default:
      return to_rider(id, deliver_order{order, code}, pick(9) == 0);
    }
  }

  /// What the rider has to do now.
  small_zone::input next_step(const std::string& id, const rider& r) {
    const auto& next = r.route.front();
    if (!r.arrived) {
      return to_rider(id, arrive_at_stop{next.order});
    }
    if (next.kind == stop_kind::pick_up) {
      return to_rider(id, pick_up_order{next.order});
    }
    return to_rider(id, deliver_order{next.order, pick(3) == 0 ? "wrong" : code});
  }

  /// Leaves for another zone, is answered from there, or comes from there.
  small_zone::input transfer_of(const std::string& id) {
    const auto& r = zone_.riders[id];
    const auto comes = pick(3) == 0;
    if (r.leaving && !comes) {
      const auto received = pick(2) == 0;
      const auto at_work = !received && pick(2) == 0;
      return to_rider(id,
                      conclude_transfer{r.leaving->rider.number, received,
                                        at_work ? promise_book::at_work : "why", at_work},
                      true);
    }
    if (comes) {
      const start_shift shift{vehicle::car, 1 + static_cast<std::uint32_t>(pick(4)), anywhere()};
      return to_rider(
          id,
          receive_rider{"y",
                        {r.transfers + static_cast<std::uint64_t>(pick(9)), shift, zone_.now,
                         zone_.now, zone_.now + 1s * pick(1800), shift_end::asked}},
          true);
    }
    return to_rider(id, transfer_rider{"y"});
  }

  /// As the dispatcher does: what operators wish for, then an offer of one to three orders, on a
  /// route into which they are put anywhere behind the first stop.
  void propose_something() {
    for (const auto& [id, o] : std::map{zone_.orders}) {
      const auto named = o.requested_rider;
      if (o.status != order_status::waiting || named.empty()) {
        continue;
      }
      zone_.propose(proposal_of(named, {id}, true));
      REQUIRE(zone_.orders.at(id).requested_rider.empty());
    }
    ask_free_riders();
    offer_a_swap();
    std::set<std::string> bundle;
    for (int count = pick(3); count >= 0; --count) {
      bundle.insert(any_order());
    }
    const auto has_goods = [&](const std::string& id) {
      return !zone_.orders[id].details.items.empty();
    };
    const auto goods_of = std::ranges::find_if(bundle, has_goods);
    const auto orders = goods_of == bundle.end() || pick(3) == 0
                            ? std::vector(bundle.begin(), bundle.end())
                            : std::vector{*goods_of};
    auto made = proposal_of(any_rider(), orders, false);
    for (const auto& [id, r] : std::map{zone_.riders}) {
      const auto can_be_asked = r.on_shift && !r.open_offer && !r.pause && !r.on_break;
      if (can_be_asked && id != made.rider && pick(3) != 0) {
        auto also = proposal_of(id, orders, false);
        made.also.push_back({id, also.offer, also.orders.front().pick_up_by});
      }
    }
    zone_.propose(made);
  }

  std::vector<std::string> free_riders() {
    std::vector<std::string> list;
    for (const auto& [id, r] : zone_.riders) {
      if (r.on_shift && !r.open_offer && !r.pause && !r.on_break) {
        list.push_back(id);
      }
    }
    std::ranges::shuffle(list, random_);
    return list;
  }

  /// One to three of them are asked about an order that waits.
  void ask_free_riders() {
    const auto riders = free_riders();
    const auto most = static_cast<std::size_t>(1 + pick(3));
    for (const auto& [id, o] : std::map{zone_.orders}) {
      if (riders.empty() || o.status != order_status::waiting || pick(3) != 0) {
        continue;
      }
      auto made = proposal_of(riders.front(), {id}, false);
      for (std::size_t i = 1; i < std::min(most, riders.size()); ++i) {
        auto also = proposal_of(riders[i], {id}, false);
        made.also.push_back({riders[i], also.offer, also.orders.front().pick_up_by});
      }
      zone_.propose(made);
      return;
    }
  }

  /// Another rider is asked about an order that has one.
  void offer_a_swap() {
    const auto riders = free_riders();
    for (const auto& [id, o] : std::map{zone_.orders}) {
      if (riders.empty() || o.status != order_status::assigned || o.rider == riders.front() ||
          pick(2) != 0) {
        continue;
      }
      auto made = proposal_of(riders.front(), {id}, false);
      made.orders.front().wants.reset();
      made.orders.front().from.reset();
      made.instead_of = o.rider;
      made.offer.swap = true;
      zone_.propose(made);
      return;
    }
  }

  proposal proposal_of(const std::string& rider_id, const std::vector<std::string>& orders,
                       bool confirmed) {
    const auto& r = zone_.riders[rider_id];
    auto route = r.route;
    for (const auto& id : orders) {
      const auto& o = zone_.orders[id].details;
      const auto frozen = std::min<std::size_t>(r.frozen, route.size());
      const auto from = frozen + random_() % (route.size() - frozen + 1);
      const auto to = from + 1 + random_() % (route.size() - from + 1);
      const auto at = [&](std::size_t i) { return route.begin() + static_cast<std::ptrdiff_t>(i); };
      route.insert(at(from), pick_up_of(id, o.pick_up, o.load, o.ready_at));
      route.insert(at(to), drop_off_stop(id, zone_.orders[id]));
    }
    proposal p{rider_id,
               {"f" + std::to_string(++offers_), orders, route, zone_.now + 300s},
               confirmed,
               {}};
    for (const auto& id : orders) {
      order_terms terms{id};
      const auto& o = zone_.orders[id];
      if (!o.details.items.empty() && o.stranded_with.empty()) {
        const auto station = o.details.station.empty() ? any_station() : o.details.station;
        terms.wants = {station, o.details.items, zone_.now + 600s};
        if (!o.sourced) {
          terms.from = chosen_station{station, zone_.stations[station].at};
        }
      }
      if (pick(2) == 0) {
        terms.pick_up_by = zone_.now + 900s;
      }
      p.orders.push_back(std::move(terms));
    }
    return p;
  }

  struct lifted_goods {
    std::string station;
    bool counted_out = false; ///< the zone knows that they are off the shelf
  };

  std::mt19937_64 random_;
  small_zone zone_;
  std::map<std::string, std::uint32_t> shelf_;    ///< pieces that lie at each station
  std::map<std::string, std::uint32_t> put_back_; ///< of these, those that the last count missed
  std::map<std::string, lifted_goods> lifted_;    ///< off the shelf, by order
  int offers_ = 0;
};

} // namespace dispatch::domain
