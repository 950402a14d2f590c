#pragma once

#include "messages/entities/entity.hpp"
#include "messages/entities/order.hpp"
#include "messages/entities/rider.hpp"
#include "messages/entities/station.hpp"
#include "messages/entities/traits.hpp"
#include "messages/entities/zone.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace dispatch {

/// Why a command came to nothing. The value is stored: never renumber.
enum class refusal : std::uint8_t {
  none = 0,
  unknown_entity = 1,  ///< no such order, rider or station
  already_exists = 2,  ///< placed or opened before
  wrong_status = 3,    ///< the entity is in a state in which this is not possible
  final_status = 4,    ///< the order has ended
  unknown_offer = 5,   ///< not the open offer; it ended or never was
  offer_expired = 6,   ///< too late
  off_shift = 7,       ///< the rider is not on shift
  over_capacity = 8,   ///< would exceed the rider's capacity
  not_first_stop = 9,  ///< the route's first stop is another one
  not_arrived = 10,    ///< the rider has not reported to be there
  not_ready = 11,      ///< the order's ready time has not come
  has_offer = 12,      ///< the rider is considering another offer
  on_board = 13,       ///< the order has been picked up
  id_reused = 14,      ///< the command id was used for a different command
  not_permitted = 15,  ///< the verb is an operator's, and no operator is named
  paused = 16,         ///< an operator has paused the entity; to be sent again when it is resumed
  out_of_stock = 17,   ///< the station has not enough of the goods
  wrong_code = 18,     ///< not what the customer was to say
  out_of_range = 22,   ///< a field has a value that the zone does not allow; the detail names it
  on_break = 23,       ///< the rider is on a break
  has_route = 24,      ///< the rider has work in hand
  leaving = 25,        ///< the rider is on the way to another zone
  policy_changed = 27, ///< the policy is at another version than the sender knew
  too_many = 30,       ///< more than the sender's rate allows; to be sent again later
  overloaded = 31,     ///< the zone is too far behind for new orders; to be sent again later
  unknown_rider = 32,  ///< the command names a rider of whom the zone has never heard
  code_locked = 33,    ///< too many wrong codes; the hand-over is an operator's to confirm
};

/// Whether the command was not even decided: it may be sent again, and its id is still good.
constexpr bool comes_again(refusal code) {
  return code == refusal::paused || code == refusal::too_many || code == refusal::overloaded;
}

/// The stable name of a refusal, for people and programs.
std::string_view to_string(refusal code);

/// The answer to a command that came to nothing. A wrong code alone is counted besides.
struct command_refused {
  static constexpr event_traits traits{.name = "refused", .others_hear = false};

  refusal code = refusal::none;
  std::string verb;
  std::string detail;               ///< what would have been possible, for people
  std::uint32_t retry_after_ms = 0; ///< wall time; 0: sending it again is of no use, or no guess

  bool operator==(const command_refused&) const = default;
};

/// The answer to a command whose id was applied before: its first outcome.
struct command_repeated {
  static constexpr event_traits traits{.name = "repeated", .others_hear = false};

  std::string first_event;  ///< name of the first event it caused, `refused` among them
  std::uint64_t record = 0; ///< number of the commit record in which

  bool operator==(const command_repeated&) const = default;
};

using event_body = std::variant<order_event, rider_event, station_event, zone_event,
                                command_refused, command_repeated>;

/// What became true of one entity, and why.
struct event {
  entity_ref entity;
  timestamp at;           ///< of the command that caused it
  std::string command_id; ///< of that command; empty: a deadline or the dispatcher
  std::string trace;      ///< of that command
  event_body body;
};

/// The last token of the event's subject, such as `placed` or `offer_accepted`.
std::string_view event_name(const event_body& body);

/// Whether the event is published to the zone's output stream. All but recorded positions are.
bool announced(const event_body& body);

} // namespace dispatch
