#pragma once

#include "actors/domain/machines/order.hpp"

/// What the answers of an order have in common, whatever they are about.
namespace dispatch::domain {

/// Nothing can come of the command in this state.
order_outcome refused_because_of_status(const order& state);

/// When a search that begins now, or as soon as riders may be looked for, is given up.
timestamp search_until(const place_order& details, const context& context);

/// Its station holds goods for it.
bool holds_goods(const order& state);

/// That station; empty: none does.
std::string holding_station(const order& state);

/// One rider or several are asked, or one is bound who has not collected it.
bool is_asked_or_bound(const order& state);

/// Every offer but that of `state.rider` is over.
void end_other_offers(order_outcome& result, const order& state, lapse_reason reason);

/// Its rider is free of it, and nobody considers it; the search begins anew.
order_outcome without_rider(const order& state, unassign_reason reason, const context& context);

/// What ends an order without a delivery gives back goods that are reserved, and money that was
/// received. Goods that a rider has, and does not bring back, are told as lost.
void end_without_delivery(order_outcome& result, const order& state, order_event ending);

/// Makes it true of the state that the order has ended so.
void finish(order& state, order_status status);

} // namespace dispatch::domain
