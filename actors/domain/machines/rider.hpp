#pragma once

#include "actors/domain/machine.hpp"
#include "messages/entities/rider.hpp"

#include <optional>
#include <string_view>

/// The rules of a rider.
///
///  off shift <---- start_shift / end_shift ----> on shift
///                                                  |
///     no offer -- propose (dispatcher) --> open offer -- accept --> route extended
///        ^                                     |
///        +---- decline, expiry, withdrawal ----+
///
///  A route is worked off from the front: arrive, then pick up or deliver. What cannot be handed
///  over, or is cancelled on the way, is brought back at the end of the route. Its first stop is
///  frozen: the rider is on the way there. The load never exceeds the capacity at any point of a
///  route, and a rider considers one offer at a time. Ending the shift lets the route be finished,
///  or hands back what is not on board. A shift ends by itself when the rider planned to end it, at
///  the latest after the zone's longest shift.
///
///  For a better rider an order is yielded that is not collected, unless the rider stands at its
///  pick-up.
///
///  Who has a breakdown is off shift at once and free of the route: what is not on board goes to
///  others, and what is on board waits where the rider stands for another one who fetches it.
///
///  On a break the rider gets no offers; the route is finished. A break is the rider's own wish, or
///  follows from ignoring too many offers in a row, and lasts until the rider ends it.
///
///  Where the customer has a code, the rider has so many attempts at it as the policy says,
///  together with those who had the order before. An operator hands over without it.
///
///  A rider without work in hand can go over to another zone: off shift here until that zone has
///  answered, on shift there afterwards, or here again when it declines. The other zone's answers
///  are part of its state, so that it may be asked any number of times. Of two transfers that cross
///  the later one counts: its number is the greater one.
///
///  An operator can pause a rider: until resumed there are no offers, and `start_shift`, `transfer`
///  and `accept` are refused with `paused`; an offer that is open expires. What the rider reports
///  of the work in hand is taken, and the shift can be ended.
namespace dispatch::domain {

using rider_outcome = outcome<rider_event>;

rider_outcome apply(const rider& state, const rider_command& command, const context& context);

void evolve(rider& state, const rider_event& event);

/// When the rider wants `pass_deadline`, if ever.
std::optional<timestamp> deadline(const rider& state);

/// Plain word for listings: `unknown`, `busy`, `leaving`, `off_shift`, `paused`, `on_break`,
/// `considering` or `idle`, the first that fits.
std::string_view status_name(const rider& state);

} // namespace dispatch::domain
