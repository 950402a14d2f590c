#pragma once

#include "actors/domain/machine.hpp"
#include "messages/entities/order.hpp"

#include <optional>
#include <string_view>

/// The life of an order.
///
///             place                    pay
///  unknown ----------> unpaid -------------------------> waiting <------------------+
///     |                  | cancel, or payment_timeout      | |  ^                   |
///     |  place, prepaid  v                           offer | |  | offers lapsed     |
///     +-----------> (waiting)     cancelled <-- cancel --+ | |  |                   |
///                                     ^                  | v |  |                   |
///                                     +---- cancel ---- offered-+                   |
///                                     |                  | accepted | assign         |
///                                     |                  v          | (operator)     |
///                                     +---- cancel ---- assigned <--+               |
///                                                        |   \___ late, goods lost, _+
///                                                        |       unassign
///                                                        | rider picks up
///                                                        v
///    undeliverable <-- max_wait,                     picked_up -- rider delivers --> delivered
///                      offers_max (waiting)             | cancel, or rider cannot deliver
///                                                       v
///                                                  returning -- rider brings back --> returned
///
/// An operator can write off what is on board, on either way, when nobody brings it back
/// (`written_off`): it leaves the rider's route.
///
/// A rider who gives up the order before it is picked up makes it wait for another one. A rider who
/// cannot go on with it on board strands it: it waits as well, and its pick-up place is where that
/// rider stands. A stranded order does not ask for its station, and can be cancelled.
///
/// Several riders can be asked at once (`offers_at_once`), each with an offer of its own. It is
/// `offered` until the first of them accepts, which ends the other offers, or the last one has
/// lapsed. Whatever takes back one open offer takes back all.
///
/// An assigned order can be offered to one better rider (`swap_gain`), and stays with its own: it
/// changes hands only when the other one has accepted and its own has yielded, within one turn. Its
/// own rider alone knows whether it is collected. Whatever takes the order from its rider, and that
/// rider's arrival at the pick-up, takes back the other offer.
///
/// An operator who names another rider for an assigned order takes it from nobody: it changes hands
/// when the dispatcher has found that the other one can take it and that rider has it, in one turn.
/// If not, or when it is collected before, the wish is refused. The wish goes before an offer to a
/// better rider.
///
/// `delivered`, `cancelled`, `undeliverable`, `returned` and `written_off` are final. What ends
/// without a delivery gives back the money that was received, and a payment that arrives later:
/// once. An order is bound to at most one rider.
///
/// An order may name goods. Then an offer is made only together with a reservation of them at its
/// station (`sourced`), which the dispatcher chooses when the order names none:
///
///   step          what it takes                     what gives it back
///   paid          money                             cancel, undeliverable, returned,
///                                                   written_off: refund
///   sourced       goods reserved at the station     cancel, undeliverable, expiry, the station
///                                                   closes or runs out: released
///   assigned      the rider's capacity              cancel, reassignment, late, goods lost: the
///                                                   rider's stops are released; a better rider:
///                                                   they are yielded, the goods stay reserved
///   picked_up     reserved goods consumed           returned: goods are the station's again;
///                                                   written_off, stranded and then cancelled or
///                                                   undeliverable: told as lost (`goods_lost`)
///   delivered     -                                 -
///
/// Wrong codes that riders give at the door are counted for the order, whoever carries it: behind
/// `code_attempts_max` of them, no rider can hand it over without an operator.
///
/// Every assignment gets a waybill, at once or after a while, which changes nothing else.
///
/// An operator can pause an order that has not ended: until it is resumed it gets no new offers,
/// its own deadline stands still, and commands from outside are refused with `paused`. An offer
/// that is open can be answered, and a rider who has the order goes on with it. An order that is
/// held instead takes part in everything but the search for a rider.
namespace dispatch::domain {

using order_outcome = outcome<order_event>;

order_outcome apply(const order& state, const order_command& command, const context& context);

void evolve(order& state, const order_event& event);

/// When riders are looked for, at the earliest.
timestamp search_begins(const place_order& details, const policy& policy);

/// When the order wants `pass_deadline`, if ever.
std::optional<timestamp> deadline(const order& state);

/// No event can follow, but for a refund.
bool is_final(const order& state);

/// The stable name of a status, as listings show it.
std::string_view status_name(const order& state);

} // namespace dispatch::domain
