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

/// Why a shift ended. The value is stored: never renumber.
enum class shift_end : std::uint8_t {
  asked = 0, ///< by the rider
  planned_end = 1,
  maximum_hours = 2, ///< the zone lets nobody work longer
  breakdown = 3,
};

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
  std::vector<std::string> skills = {}; ///< what the rider may carry or do, such as `hazardous`
  std::optional<timestamp> until = {};  ///< when the rider plans to end

  bool operator==(const start_shift&) const = default;
};

/// No new offers. What is on the route is still delivered, or handed back as far as it is not on
/// board.
struct end_shift {
  bool hand_back = false;

  bool operator==(const end_shift&) const = default;
};

/// The rider cannot go on. The shift ends, and others fetch what is left of the route: also what is
/// on board, where the rider stands.
struct report_breakdown {
  std::string reason;

  bool operator==(const report_breakdown&) const = default;
};

/// No new offers for a while. The route is finished.
struct start_break {
  std::string reason;

  bool operator==(const start_break&) const = default;
};

struct end_break {
  bool operator==(const end_break&) const = default;
};

/// What the next zone has to know of a rider who comes from another one.
struct handover {
  std::uint64_t number = 0; ///< of the transfer; goes up for each rider and zone that gives
  start_shift shift;        ///< as it began; the place is the last recorded one
  timestamp seen_at;        ///< there
  timestamp began_at;       ///< the shift; epoch: not known
  std::optional<timestamp> ends_at;
  shift_end ends_as = shift_end::asked;

  bool operator==(const handover&) const = default;
};

/// The rider works in another zone from now on.
struct transfer_rider {
  std::string zone;

  bool operator==(const transfer_rider&) const = default;
};

/// From another zone: a rider who leaves it for this one. Repeated until it is answered.
struct receive_rider {
  std::string from; ///< zone
  handover rider;

  bool operator==(const receive_rider&) const = default;
};

/// From the zone itself: what the other zone has answered.
struct conclude_transfer {
  std::uint64_t number = 0; ///< of the transfer
  bool received = false;
  std::string detail; ///< why not

  bool operator==(const conclude_transfer&) const = default;
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

/// From an order that the rider carries: its waybill.
struct receive_waybill {
  std::string order;
  signed_waybill waybill;
};

using rider_command =
    std::variant<start_shift, end_shift, accept_offer, decline_offer, arrive_at_stop, pick_up_order,
                 deliver_order, record_position, propose_offer, release_order, mark_stop_ready,
                 pass_deadline, pause_actor, resume_actor, fail_delivery, bring_back,
                 receive_waybill, start_break, end_break, report_breakdown, transfer_rider,
                 receive_rider, conclude_transfer>;

// --- events -------------------------------------------------------------------------------------

struct shift_started {
  start_shift shift;
  timestamp at;
  std::optional<timestamp> ends_at = {}; ///< when it ends by itself; absent in older records
  shift_end ends_as = shift_end::asked;  ///< then

  bool operator==(const shift_started&) const = default;
};

struct shift_ended {
  shift_end reason = shift_end::asked;

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

/// The waybill of an order on the route is there, to be shown to whoever asks.
struct waybill_received {
  std::string order;
  signed_waybill waybill;

  bool operator==(const waybill_received&) const = default;
};

struct break_started {
  std::string reason; ///< the rider's, or `ignored_offers`: the zone's
  timestamp at;

  bool operator==(const break_started&) const = default;
};

struct break_ended {
  timestamp at;

  bool operator==(const break_ended&) const = default;
};

/// The rider cannot go on, and is free of all that was on the route but for what is brought back:
/// that stays with the rider.
struct broke_down {
  std::string reason;
  place at; ///< where what was on board is fetched
  timestamp time;
  std::vector<std::string> orders;   ///< that were not on board
  std::vector<std::string> on_board; ///< orders

  bool operator==(const broke_down&) const = default;
};

/// The rider is free of these orders, which were not on board.
struct route_handed_back {
  std::vector<std::string> orders;

  bool operator==(const route_handed_back&) const = default;
};

/// The rider is no longer at work here, and not yet in the other zone.
struct transfer_started {
  std::string zone;
  handover rider;

  bool operator==(const transfer_started&) const = default;
};

/// The rider works in the other zone, or goes on here.
struct transfer_ended {
  std::string zone;
  std::uint64_t number = 0;
  bool received = false;
  std::string detail; ///< why not

  bool operator==(const transfer_ended&) const = default;
};

/// A rider who worked in another zone works here.
struct rider_received {
  std::string from; ///< zone
  handover rider;
  timestamp ends_at; ///< the shift, by itself
  shift_end ends_as = shift_end::asked;

  bool operator==(const rider_received&) const = default;
};

/// What the zone that gives is told, as often as it asks.
struct transfer_answered {
  std::string from; ///< zone
  std::uint64_t number = 0;
  bool received = false;
  std::string detail; ///< why not

  bool operator==(const transfer_answered&) const = default;
};

using rider_event =
    std::variant<shift_started, shift_ended, position_recorded, offer_received, offer_accepted,
                 route_extended, offer_declined, offer_expired, offer_withdrawn, stops_released,
                 stop_ready, rider_arrived, order_collected, order_handed_over, actor_paused,
                 actor_resumed, delivery_failed, return_started, waybill_received, break_started,
                 break_ended, broke_down, route_handed_back, transfer_started, transfer_ended,
                 rider_received, transfer_answered>;

// --- state --------------------------------------------------------------------------------------

/// Where a rider who leaves the zone is going.
struct departure {
  std::string zone;
  handover rider;

  bool operator==(const departure&) const = default;
};

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
  std::vector<std::string> skills;
  std::optional<timestamp> ends_at;        ///< when the shift ends by itself
  shift_end ends_as = shift_end::asked;    ///< then
  std::optional<pause_note> on_break;      ///< no offers; the rider's own doing, or ignored offers
  std::uint32_t ignored_offers = 0;        ///< that expired in a row
  timestamp began_at;                      ///< the shift, in whichever zone
  std::uint64_t transfers = 0;             ///< number of the last one out of this zone
  std::optional<departure> leaving;        ///< off shift until the other zone has answered
  std::vector<transfer_answered> answered; ///< the last of each zone, newest last, bounded

  bool operator==(const rider&) const = default;
};

} // namespace dispatch
