#pragma once

#include "messages/pause.hpp"
#include "messages/place.hpp"
#include "messages/time.hpp"
#include "messages/vehicle.hpp"
#include "messages/waybill.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// All that is said to, by and about an order. Its life is in actors/domain/order.hpp.
namespace dispatch {

/// The value is stored: never renumber.
enum class order_status : std::uint8_t {
  unknown = 0,       ///< nothing has been said about this id yet
  unpaid = 1,        ///< placed, payment outstanding
  waiting = 2,       ///< paid, looking for a rider
  offered = 3,       ///< a rider has been asked
  assigned = 4,      ///< a rider is bound to it
  picked_up = 5,     ///< on board
  delivered = 6,     ///< final
  cancelled = 7,     ///< final
  undeliverable = 8, ///< final
};

/// Why an offer ended without an assignment. The value is stored: never renumber.
enum class lapse_reason : std::uint8_t { declined = 1, expired = 2, withdrawn = 3, reassigned = 4 };

// --- commands -----------------------------------------------------------------------------------

/// Someone ordered something that has to be carried from `pick_up` to `drop_off`.
struct place_order {
  std::string station;           ///< who prepares it
  place pick_up;                 ///< where the station hands it over
  place drop_off;                ///< where the customer waits
  timestamp ready_at;            ///< when it can be picked up; the placing time if earlier
  bool prepaid = false;          ///< no `pay` will follow
  std::uint32_t load = 1;        ///< units of the rider's capacity that it takes
  std::vector<vehicle> vehicles; ///< which may carry it; empty: any
  std::string reference;         ///< the upstream's own, opaque; never personal data

  bool operator==(const place_order&) const = default;
};

/// The payment arrived.
struct pay_order {
  bool operator==(const pay_order&) const = default;
};

/// The station has it ready for pick-up, perhaps earlier than it said.
struct ready_order {
  bool operator==(const ready_order&) const = default;
};

/// Nobody wants it any more. Possible until it is picked up.
struct cancel_order {
  std::string reason;

  bool operator==(const cancel_order&) const = default;
};

/// An operator binds it to a rider, without asking the rider.
struct assign_order {
  std::string rider;

  bool operator==(const assign_order&) const = default;
};

/// From the dispatcher: it is part of an offer that this rider is receiving.
struct offer_order {
  std::string offer;
  std::string rider;
};

/// From the dispatcher, after `assign`: bound to the rider. From the rider: the offer was accepted.
struct confirm_order {
  std::string offer;
  std::string rider;
  bool accepted = false; ///< by the rider; otherwise it carries out an operator's `assign`
};

/// From the dispatcher: the rider whom the operator named cannot take it.
struct refuse_assignment {
  std::string rider;
  std::string reason;
};

/// From the rider: the offer ended without an assignment.
struct lapse_order {
  std::string offer;
  std::string rider;
  lapse_reason reason = lapse_reason::expired;
};

/// From the rider: it is on board.
struct collect_order {
  std::string rider;
};

/// From the rider: the customer has it.
struct complete_order {
  std::string rider;
};

/// From the zone: the waybill of the assignment, signed or not.
struct attach_waybill {
  signed_waybill waybill;

  bool operator==(const attach_waybill&) const = default;
};

/// A deadline in an entity's state has passed. Sent by the zone.
struct pass_deadline {};

using order_command =
    std::variant<place_order, pay_order, ready_order, cancel_order, assign_order, offer_order,
                 confirm_order, refuse_assignment, lapse_order, collect_order, complete_order,
                 pass_deadline, pause_actor, resume_actor, attach_waybill>;

// --- events -------------------------------------------------------------------------------------

struct order_placed {
  place_order order; ///< with the ready time never before the placing time
  timestamp at;
  std::optional<timestamp> pay_by; ///< absent when it is prepaid

  bool operator==(const order_placed&) const = default;
};

struct order_paid {
  timestamp search_until; ///< when the search for a rider is given up

  bool operator==(const order_paid&) const = default;
};

struct order_ready {
  timestamp at;
  std::string rider; ///< who is asked or bound; empty: nobody

  bool operator==(const order_ready&) const = default;
};

struct order_offered {
  std::string offer;
  std::string rider;

  bool operator==(const order_offered&) const = default;
};

struct order_offer_lapsed {
  std::string offer;
  std::string rider;
  lapse_reason reason = lapse_reason::expired;

  bool operator==(const order_offer_lapsed&) const = default;
};

/// An operator's wish, which the dispatcher carries out in the same turn.
struct order_assignment_requested {
  std::string rider;

  bool operator==(const order_assignment_requested&) const = default;
};

struct order_assignment_refused {
  std::string rider;
  std::string reason;

  bool operator==(const order_assignment_refused&) const = default;
};

struct order_assigned {
  std::string offer;
  std::string rider;
  std::uint32_t assignment = 0; ///< its number in the order's life, from 1 on; 0 in old logs
  timestamp at = {};            ///< epoch in old logs

  bool operator==(const order_assigned&) const = default;
};

/// The rider who held it is free of it again; it waits for another one.
struct order_unassigned {
  std::string rider;

  bool operator==(const order_unassigned&) const = default;
};

struct order_picked_up {
  std::string rider;
  timestamp at;

  bool operator==(const order_picked_up&) const = default;
};

struct order_delivered {
  std::string rider;
  timestamp at;

  bool operator==(const order_delivered&) const = default;
};

struct order_cancelled {
  std::string reason;
  std::string rider; ///< who held it or was asked; empty: nobody

  bool operator==(const order_cancelled&) const = default;
};

/// Nobody could be found within the zone's `max_wait`.
struct order_undeliverable {
  std::uint32_t offers = 0; ///< that were made for it

  bool operator==(const order_undeliverable&) const = default;
};

/// The order ended without a delivery, and money had been or has been received.
struct order_refund_requested {
  bool operator==(const order_refund_requested&) const = default;
};

/// The rider has a document of the assignment. Comes a second time when the first is not signed.
struct waybill_issued {
  std::string rider;
  signed_waybill waybill;

  bool operator==(const waybill_issued&) const = default;
};

using order_event =
    std::variant<order_placed, order_paid, order_ready, order_offered, order_offer_lapsed,
                 order_assignment_requested, order_assignment_refused, order_assigned,
                 order_unassigned, order_picked_up, order_delivered, order_cancelled,
                 order_undeliverable, order_refund_requested, actor_paused, actor_resumed,
                 waybill_issued>;

// --- state --------------------------------------------------------------------------------------

/// What is known about one order. The fold of its events.
struct order {
  order_status status = order_status::unknown;
  place_order details;
  timestamp placed_at;
  bool paid = false;
  bool refunded = false;
  std::string offer;                    ///< open or accepted; empty in other states
  std::string rider;                    ///< asked (offered) or bound (assigned and later)
  std::string requested_rider;          ///< named by an operator, not carried out yet
  std::uint32_t offers = 0;             ///< made so far
  std::vector<std::string> passed;      ///< riders who declined or ignored it, newest last, bounded
  std::optional<timestamp> waits_until; ///< when payment or the search is given up
  timestamp picked_up_at;               ///< epoch: not yet
  timestamp delivered_at;               ///< epoch: not yet
  std::string end_reason;               ///< of a cancellation
  std::optional<pause_note> pause;      ///< no offers, no commands; deadlines stand still
  std::uint32_t assignments = 0;        ///< number of the last one
  timestamp assigned_at = {};           ///< then; epoch: never
  bool waybill_issued = false;          ///< of the last assignment
  bool waybill_signed = false;          ///< the same, with a signature

  bool operator==(const order&) const = default;
};

} // namespace dispatch
