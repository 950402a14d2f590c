#pragma once

#include "actors/domain/machines/order.hpp"

/// Whom an order asks, and what their answers come to. A part of the order's machine.
///
/// Several riders can be asked at once, each with an offer of its own. The first who accepts gets
/// the order: the other offers are over then, and who has accepted one of them in the same turn is
/// told to drop the order again. It waits for another match when the last offer has lapsed.
///
/// An order that is assigned can be offered to one better rider, whose acceptance is not enough:
/// the rider who has it is asked to yield it, and alone knows whether that is possible. Only then
/// does it change hands. All of that happens in the turn of the acceptance; until then it has its
/// rider, and whatever takes it away or lets it be reached takes back the other offer. Who lets
/// such an offer lapse has not turned down an order in need: that is neither remembered nor
/// counted.
namespace dispatch::domain {

struct offer_decisions {
  const order& state;
  const domain::context& context;

  order_outcome operator()(const offer_order& command) const;
  order_outcome operator()(const confirm_order& command) const;
  order_outcome operator()(const lapse_order& command) const;
  order_outcome operator()(const swap_order& command) const;
  order_outcome operator()(const settle_swap& command) const;
};

struct offer_events {
  order& state;

  void operator()(const order_offered& e) const;
  void operator()(const order_offer_lapsed& e) const;
  void operator()(const order_assigned& e) const;
  void operator()(const order_unassigned& e) const;
  void operator()(const order_swap_offered& e) const;
  void operator()(const order_yield_asked& e) const;
};

/// No offer is open, and nobody is bound to it.
void leave_rider(order& state);

/// The rider is not to be asked about the order again.
void remember_pass(order& state, const std::string& rider);

} // namespace dispatch::domain
