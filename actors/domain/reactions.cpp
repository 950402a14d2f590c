#include "actors/domain/reactions.hpp"

#include "actors/domain/machine.hpp"

#include <string>
#include <utility>

namespace dispatch::domain {

namespace {

using reaction_list = std::vector<reaction>;

entity_ref order_ref(const std::string& id) { return {entity_kind::order, id}; }
entity_ref rider_ref(const std::string& id) { return {entity_kind::rider, id}; }

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

reaction_list of(const rider_event& body, const std::string& rider) {
  const auto lapse = [&](const std::vector<std::string>& orders, const std::string& offer,
                         lapse_reason reason) {
    return to_each(orders, [&] { return lapse_order{offer, rider, reason}; });
  };
  return std::visit(
      overloaded{
          [&](const offer_accepted& e) {
            return to_each(e.orders, [&] { return confirm_order{e.offer, rider, true}; });
          },
          [&](const offer_declined& e) { return lapse(e.orders, e.offer, lapse_reason::declined); },
          [&](const offer_expired& e) { return lapse(e.orders, e.offer, lapse_reason::expired); },
          [&](const order_collected& e) {
            return reaction_list{{order_ref(e.order), order_command{collect_order{rider}}}};
          },
          [&](const order_handed_over& e) {
            return reaction_list{{order_ref(e.order), order_command{complete_order{rider}}}};
          },
          [](const auto&) { return reaction_list{}; },
      },
      body);
}

reaction_list of(const order_event& body, const std::string& order) {
  return std::visit(
      overloaded{
          [&](const order_cancelled& e) { return release(e.rider, order); },
          [&](const order_unassigned& e) { return release(e.rider, order); },
          [&](const order_offer_lapsed& e) {
            return e.reason == lapse_reason::reassigned ? release(e.rider, order) : reaction_list{};
          },
          [&](const waybill_issued& e) {
            return reaction_list{
                {rider_ref(e.rider), rider_command{receive_waybill{order, e.waybill}}}};
          },
          [&](const order_ready& e) {
            if (e.rider.empty()) {
              return reaction_list{};
            }
            return reaction_list{{rider_ref(e.rider), rider_command{mark_stop_ready{order, e.at}}}};
          },
          [](const auto&) { return reaction_list{}; },
      },
      body);
}

} // namespace

std::vector<reaction> reactions(const event& e) {
  if (const auto* of_rider = std::get_if<rider_event>(&e.body)) {
    return of(*of_rider, e.entity.id);
  }
  if (const auto* of_order = std::get_if<order_event>(&e.body)) {
    return of(*of_order, e.entity.id);
  }
  return {};
}

} // namespace dispatch::domain
