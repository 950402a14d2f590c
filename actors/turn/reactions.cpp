#include "actors/turn/reactions.hpp"

#include "actors/domain/machine.hpp"
#include "actors/domain/machines/order_lapses.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

namespace dispatch::domain {

namespace {

using reaction_list = std::vector<reaction>;

/// An event of which others hear, and which has no arm here, does not compile.
template <class Event>
concept heard_by_nobody = !Event::traits.others_hear;

entity_ref order_ref(const std::string& id) { return {entity_kind::order, id}; }
entity_ref rider_ref(const std::string& id) { return {entity_kind::rider, id}; }

reaction_list to_order(const std::string& id, order_command command) {
  return {{order_ref(id), std::move(command)}};
}

reaction_list to_station(const std::string& id, station_command command) {
  return {{{entity_kind::station, id}, std::move(command)}};
}

template <class MakeCommand>
reaction_list to_each(const std::vector<std::string>& orders, MakeCommand make) {
  reaction_list list;
  list.reserve(orders.size());
  for (const auto& order : orders) {
    list.push_back({order_ref(order), order_command{make()}});
  }
  return list;
}

reaction_list release(const std::string& rider, const std::string& order) {
  if (rider.empty()) {
    return {};
  }
  return {{rider_ref(rider), rider_command{release_order{order}}}};
}

reaction_list lose(const std::vector<std::string>& orders, const lose_rider& command) {
  return to_each(orders, [&] { return command; });
}

reaction_list of(const rider_event& body, const std::string& rider) {
  const auto lapse = [&](const std::vector<std::string>& orders, const std::string& offer,
                         lapse_reason reason, const std::string& detail) {
    return to_each(orders, [&] { return lapse_order{offer, rider, reason, detail}; });
  };
  return std::visit(
      overloaded{
          [&](const offer_accepted& e) {
            return to_each(e.orders, [&] { return confirm_order{e.offer, rider, true}; });
          },
          [&](const offer_declined& e) {
            return lapse(e.orders, e.offer, lapse_reason::declined, e.reason);
          },
          [&](const offer_expired& e) {
            return lapse(e.orders, e.offer, lapse_reason::expired, {});
          },
          [&](const broke_down& e) {
            auto list = lose(e.orders, {rider, unassign_reason::breakdown, e.at, false});
            std::ranges::move(lose(e.on_board, {rider, unassign_reason::breakdown, e.at, true}),
                              std::back_inserter(list));
            return list;
          },
          [&](const route_handed_back& e) {
            return lose(e.orders, {rider, unassign_reason::handed_back, {}, false});
          },
          [&](const rider_arrived& e) {
            return e.kind == stop_kind::pick_up ? to_order(e.order, reach_pick_up{rider})
                                                : reaction_list{};
          },
          [&](const order_collected& e) { return to_order(e.order, collect_order{rider}); },
          [&](const order_yielded& e) {
            return to_order(e.order, settle_swap{rider, true});
          },
          [&](const order_kept& e) {
            return to_order(e.order, settle_swap{rider, false});
          },
          [&](const order_handed_over& e) { return to_order(e.order, complete_order{rider}); },
          [&](const wrong_code_given& e) { return to_order(e.order, count_wrong_code{rider}); },
          [&](const delivery_failed& e) {
            return to_order(e.order, fail_delivery_of{rider, e.reason});
          },
          [](const heard_by_nobody auto&) { return reaction_list{}; },
      },
      body);
}

reaction_list of(const order_event& body, const std::string& order) {
  return std::visit(
      overloaded{
          [&](const order_cancelled& e) { return release(e.rider, order); },
          [&](const order_written_off& e) { return release(e.rider, order); },
          [&](const order_unassigned& e) {
            // Who gave it up does not have it any more.
            const auto gave_up = e.reason == unassign_reason::breakdown ||
                                 e.reason == unassign_reason::handed_back ||
                                 e.reason == unassign_reason::better_rider;
            auto list = gave_up ? reaction_list{} : release(e.rider, order);
            if (!e.station.empty()) {
              std::ranges::move(to_station(e.station, end_hand_over{order}),
                                std::back_inserter(list));
            }
            return list;
          },
          [&](const order_reached& e) {
            return e.station.empty() ? reaction_list{}
                                     : to_station(e.station, begin_hand_over{order});
          },
          [&](const order_offer_lapsed& e) {
            // Who turned it down does not consider it any more.
            return was_turned_down(e.reason) ? reaction_list{} : release(e.rider, order);
          },
          [&](const order_yield_asked& e) {
            return reaction_list{{rider_ref(e.rider), rider_command{yield_order{order}}}};
          },
          [&](const order_returning& e) {
            return reaction_list{{rider_ref(e.rider), rider_command{bring_back{order}}}};
          },
          [&](const order_unsourced& e) { return to_station(e.station, release_stock{order}); },
          [&](const order_picked_up& e) {
            return e.station.empty() ? reaction_list{}
                                     : to_station(e.station, consume_stock{order});
          },
          [&](const order_returned& e) {
            return e.station.empty() ? reaction_list{}
                                     : to_station(e.station, return_stock{order, e.items});
          },
          [&](const waybill_issued& e) {
            return reaction_list{
                {rider_ref(e.rider), rider_command{receive_waybill{order, e.waybill}}}};
          },
          [&](const order_ready& e) {
            reaction_list list;
            const auto tell = [&](const std::string& rider) {
              list.push_back({rider_ref(rider), rider_command{mark_stop_ready{order, e.at}}});
            };
            if (!e.rider.empty()) {
              tell(e.rider);
            }
            std::ranges::for_each(e.also, tell);
            return list;
          },
          [](const heard_by_nobody auto&) { return reaction_list{}; },
      },
      body);
}

reaction_list of(const station_event& body, const std::string& station) {
  return std::visit(overloaded{
                        [&](const stock_released& e) {
                          return e.reason == stock_loss::asked
                                     ? reaction_list{}
                                     : to_order(e.order, lose_stock{station, e.reason});
                        },
                        [](const heard_by_nobody auto&) { return reaction_list{}; },
                    },
                    body);
}

} // namespace

std::vector<reaction> reactions(const event& e) {
  return std::visit(
      overloaded{
          [&](const order_event& of_order) { return of(of_order, e.entity.id); },
          [&](const rider_event& of_rider) { return of(of_rider, e.entity.id); },
          [&](const station_event& of_station) { return of(of_station, e.entity.id); },
          [](const zone_event&) { return reaction_list{}; },
          [](const heard_by_nobody auto&) { return reaction_list{}; },
      },
      e.body);
}

} // namespace dispatch::domain
