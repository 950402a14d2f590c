#pragma once

#include "messages/order.hpp"
#include "messages/place.hpp"
#include "messages/time.hpp"
#include "messages/vehicle.hpp"
#include "messages/waybill.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// All that is said to, by and about a rider. The rules are in actors/domain/rider.hpp.
namespace dispatch {

/// The value is stored: never renumber.
enum class stop_kind : std::uint8_t { pick_up = 1, drop_off = 2 };

/// One stop of a route: collect or hand over one order.
struct stop {
  stop_kind kind = stop_kind::pick_up;
  std::string order;
  place at;
  std::uint32_t load = 0;              ///< units that come on board (pick-up) or leave (drop-off)
  timestamp not_before;                ///< the order's ready time; meaningful at a pick-up
  std::string delivery_code = {};      ///< sealed; what opens a drop-off; empty: nothing needed
  std::optional<place> return_to = {}; ///< of a drop-off: where it was picked up, once it was
  bool returning = false;              ///< a drop-off at `return_to`, since the customer has it not

  bool operator==(const stop&) const = default;
};

/// A proposal to a rider: these orders, on this route.
struct offer {
  std::string id;
  std::vector<std::string> orders;
  std::vector<stop> route; ///< the whole route if accepted, from the current first stop on
  timestamp expires_at;

  bool operator==(const offer&) const = default;
};

// --- commands -----------------------------------------------------------------------------------

/// The rider starts to work.
struct start_shift {
  dispatch::vehicle vehicle = dispatch::vehicle::motorcycle;
  std::uint32_t capacity = 1; ///< units on board at once
  place at;

  bool operator==(const start_shift&) const = default;
};

/// No new offers. What is on the route is still delivered.
struct end_shift {
  bool operator==(const end_shift&) const = default;
};

struct accept_offer {
  std::string offer;

  bool operator==(const accept_offer&) const = default;
};

struct decline_offer {
  std::string offer;
  std::string reason;

  bool operator==(const decline_offer&) const = default;
};

/// The rider stands at the first stop of the route, which is of this order.
struct arrive_at_stop {
  std::string order;

  bool operator==(const arrive_at_stop&) const = default;
};

struct pick_up_order {
  std::string order;

  bool operator==(const pick_up_order&) const = default;
};

struct deliver_order {
  std::string order;
  std::string code = {}; ///< what the customer said. As sent; from the intake on its hash

  bool operator==(const deliver_order&) const = default;
};

/// The rider stands at the customer's and cannot hand it over.
struct fail_delivery {
  std::string order;
  std::string reason;

  bool operator==(const fail_delivery&) const = default;
};

/// Where the rider is, as taken from the position stream by the zone.
struct record_position {
  place at;

  bool operator==(const record_position&) const = default;
};

/// From the dispatcher: a proposal, or with `confirmed` an operator's order to do it.
struct propose_offer {
  dispatch::offer offer;
  bool confirmed = false;
};

/// From an order: it was cancelled or given to another; drop its stops.
struct release_order {
  std::string order;
};

/// From an order that is on board: bring it back.
struct bring_back {
  std::string order;
};

/// From an order: it is ready earlier than its stop says.
struct mark_stop_ready {
  std::string order;
  timestamp ready_at;
};

using rider_command =
    std::variant<start_shift, end_shift, accept_offer, decline_offer, arrive_at_stop, pick_up_order,
                 deliver_order, record_position, propose_offer, release_order, mark_stop_ready,
                 pass_deadline, pause_actor, resume_actor, fail_delivery, bring_back,
                 receive_waybill>;

// --- events -------------------------------------------------------------------------------------

struct shift_started {
  start_shift shift;
  timestamp at;

  bool operator==(const shift_started&) const = default;
};

struct shift_ended {
  bool operator==(const shift_ended&) const = default;
};

/// Kept in the log, not announced.
struct position_recorded {
  place at;
  timestamp time;

  bool operator==(const position_recorded&) const = default;
};

struct offer_received {
  dispatch::offer offer;

  bool operator==(const offer_received&) const = default;
};

struct offer_accepted {
  std::string offer;
  std::vector<std::string> orders;
  std::vector<stop> route;

  bool operator==(const offer_accepted&) const = default;
};

/// An operator's assignment: the route was extended without an offer.
struct route_extended {
  std::string offer;
  std::vector<std::string> orders;
  std::vector<stop> route;

  bool operator==(const route_extended&) const = default;
};

struct offer_declined {
  std::string offer;
  std::vector<std::string> orders;
  std::string reason;

  bool operator==(const offer_declined&) const = default;
};

struct offer_expired {
  std::string offer;
  std::vector<std::string> orders;

  bool operator==(const offer_expired&) const = default;
};

/// The last order of the open offer went away.
struct offer_withdrawn {
  std::string offer;

  bool operator==(const offer_withdrawn&) const = default;
};

/// An order left the offer or the route.
struct stops_released {
  std::string order;

  bool operator==(const stops_released&) const = default;
};

/// The order of a stop is ready earlier than the stop said.
struct stop_ready {
  std::string order;
  timestamp not_before;

  bool operator==(const stop_ready&) const = default;
};

struct rider_arrived {
  std::string order;
  stop_kind kind = stop_kind::pick_up;
  timestamp at;

  bool operator==(const rider_arrived&) const = default;
};

struct order_collected {
  std::string order;
  timestamp at;

  bool operator==(const order_collected&) const = default;
};

struct order_handed_over {
  std::string order;
  timestamp at;

  bool operator==(const order_handed_over&) const = default;
};

/// The drop-off came to nothing; the order is brought back.
struct delivery_failed {
  std::string order;
  std::string reason;
  timestamp at;

  bool operator==(const delivery_failed&) const = default;
};

/// The order is brought back, because it was cancelled on the way.
struct return_started {
  std::string order;

  bool operator==(const return_started&) const = default;
};

using rider_event =
    std::variant<shift_started, shift_ended, position_recorded, offer_received, offer_accepted,
                 route_extended, offer_declined, offer_expired, offer_withdrawn, stops_released,
                 stop_ready, rider_arrived, order_collected, order_handed_over, actor_paused,
                 actor_resumed, delivery_failed, return_started, waybill_received>;

// --- state --------------------------------------------------------------------------------------

/// What is known about one rider. The fold of its events.
struct rider {
  bool known = false;
  bool on_shift = false;
  dispatch::vehicle vehicle = dispatch::vehicle::motorcycle;
  std::uint32_t capacity = 0;
  place at;
  timestamp at_time;        ///< of the position
  std::vector<stop> route;  ///< in the order of travel
  std::uint32_t frozen = 0; ///< leading stops that may not be re-sequenced
  bool arrived = false;     ///< stands at the first stop
  std::optional<dispatch::offer> open_offer;
  std::optional<pause_note> pause; ///< takes on nothing new

  bool operator==(const rider&) const = default;
};

} // namespace dispatch
