#pragma once

#include "actors/domain/machine.hpp"
#include "messages/order.hpp"

#include <optional>
#include <string_view>

/// The life of an order.
///
///             place                    pay
///  unknown ----------> unpaid -------------------------> waiting <------------------+
///     |                  | cancel, or payment_timeout      | |  ^                   |
///     |  place, prepaid  v                           offer | |  | offer lapsed      |
///     +-----------> (waiting)     cancelled <-- cancel --+ | |  |                   |
///                                     ^                  | v |  |                   |
///                                     +---- cancel ---- offered-+                   |
///                                     |                  | accepted | assign         |
///                                     |                  v          | (operator)     |
///                                     +---- cancel ---- assigned <--+               |
///                                                        |   \___ assign another ___+
///                                                        | rider picks up
///                                                        v
///              undeliverable <-- max_wait (waiting)   picked_up -- rider delivers --> delivered
///
/// `delivered`, `cancelled` and `undeliverable` are final. A payment that arrives for an order that
/// ended unpaid is answered with `refund_requested`, once. An order is bound to at most one rider.
///
/// Every assignment gets a waybill, at once or after a while, which changes nothing else.
///
/// An operator can pause an order that has not ended: until it is resumed it gets no new offers,
/// its own deadline stands still, and commands from outside are refused with `paused`. An offer
/// that is open can be answered, and a rider who has the order goes on with it.
namespace dispatch::domain {

outcome<order_event> apply(const order& state, const order_command& command, const context& with);

void evolve(order& state, const order_event& event);

/// When the order wants `pass_deadline`, if ever.
std::optional<timestamp> deadline(const order& state);

/// No event can follow, but for a refund.
bool is_final(const order& state);

/// The stable name of a status, as listings show it.
std::string_view status_name(const order& state);

} // namespace dispatch::domain
