#pragma once

#include "messages/deadline.hpp"
#include "messages/goods.hpp"
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
  returning = 9,     ///< on board, on its way back to where it was picked up
  returned = 10,     ///< final
};

/// Why an offer ended without an assignment. The value is stored: never renumber.
enum class lapse_reason : std::uint8_t { declined = 1, expired = 2, withdrawn = 3, reassigned = 4 };

/// Why a rider who was bound to an order is no more. The value is stored: never renumber.
enum class unassign_reason : std::uint8_t {
  reassigned = 0,  ///< an operator named another rider
  late = 1,        ///< the rider did not reach the pick-up in time
  stock_lost = 2,  ///< the station cannot hand out the goods
  by_operator = 3, ///< an operator wants another rider to be found
};

/// Why the search for a rider ended. The value is stored: never renumber.
enum class search_end : std::uint8_t {
  max_wait = 0, ///< it took longer than the zone waits
  attempts = 1, ///< so many offers were made in vain as the zone makes
};

// --- commands -----------------------------------------------------------------------------------

/// Someone ordered something that has to be carried from `pick_up` to `drop_off`.
struct place_order {
  std::string station;           ///< who prepares it; empty: any that has the goods
  place pick_up;                 ///< where the station hands it over; unused without a station
  place drop_off;                ///< where the customer waits
  timestamp ready_at;            ///< when it can be picked up; the placing time if earlier
  bool prepaid = false;          ///< no `pay` will follow
  std::uint32_t load = 1;        ///< units of the rider's capacity that it takes
  std::vector<vehicle> vehicles; ///< which may carry it; empty: any
  std::string reference;         ///< the upstream's own, opaque; never personal data
  std::vector<goods> items = {}; ///< to be taken from the station's stock; empty: it keeps none
  std::uint32_t priority = 0;    ///< 0 to 9: goes before lower ones when riders are scarce
  /// Begin of the window that was promised to the customer; absent: as soon as possible.
  std::optional<timestamp> promised_from = {};
  /// What the customer says at the door. As sent; from the intake on its hash (sealed_code).
  std::string delivery_code = {};

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

/// Nobody wants it any more. What is on board is brought back.
struct cancel_order {
  std::string reason;

  bool operator==(const cancel_order&) const = default;
};

/// An operator binds it to a rider, without asking the rider.
struct assign_order {
  std::string rider;

  bool operator==(const assign_order&) const = default;
};

/// From an operator: the rider is to be another one, whoever that is.
struct unassign_order {
  std::string reason;

  bool operator==(const unassign_order&) const = default;
};

/// From an operator: no rider is looked for until `release_hold`. All else goes on.
struct hold_order {
  std::string reason;

  bool operator==(const hold_order&) const = default;
};

/// From an operator: a rider may be looked for.
struct release_hold {
  bool operator==(const release_hold&) const = default;
};

/// From the dispatcher: it is part of an offer that this rider is receiving.
struct offer_order {
  std::string offer;
  std::string rider;
  std::optional<chosen_station> from = {}; ///< which holds the goods from now on
  std::optional<timestamp> pick_up_by = {};
};

/// From the dispatcher, after `assign`: bound to the rider. From the rider: the offer was accepted.
struct confirm_order {
  std::string offer;
  std::string rider;
  bool accepted = false; ///< by the rider; otherwise it carries out an operator's `assign`
  std::optional<chosen_station> from = {}; ///< with an operator's `assign`, as in an offer
  std::optional<timestamp> pick_up_by = {};
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
  std::string detail = {}; ///< what the rider said
};

/// From the station: it holds the goods no more.
struct lose_stock {
  std::string station;
  stock_loss reason = stock_loss::expired;
};

/// From the rider, who stands at the pick-up.
struct reach_pick_up {
  std::string rider;
};

/// From the rider, who stands at the customer's: it cannot be handed over.
struct fail_delivery_of {
  std::string rider;
  std::string reason;
};

/// From the rider: it is on board.
struct collect_order {
  std::string rider;
};

/// From the rider: the customer has it, or the station when it came back.
struct complete_order {
  std::string rider;
};

using order_command =
    std::variant<place_order, pay_order, ready_order, cancel_order, assign_order, offer_order,
                 confirm_order, refuse_assignment, lapse_order, collect_order, complete_order,
                 pass_deadline, pause_actor, resume_actor, unassign_order, hold_order, release_hold,
                 lose_stock, reach_pick_up, fail_delivery_of, attach_waybill>;

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
  std::optional<timestamp> pick_up_by = {}; ///< if it is accepted; absent: whenever

  bool operator==(const order_offered&) const = default;
};

struct order_offer_lapsed {
  std::string offer;
  std::string rider;
  lapse_reason reason = lapse_reason::expired;
  std::string detail = {}; ///< what the rider said

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
  std::optional<timestamp> pick_up_by = {}; ///< when the rider has to be there; absent: whenever
  std::uint32_t assignment = 0; ///< its number in the order's life, from 1 on; 0 in old logs
  timestamp at = {};            ///< epoch in old logs

  bool operator==(const order_assigned&) const = default;
};

/// The rider who held it is free of it again; it waits for another one.
struct order_unassigned {
  std::string rider;
  unassign_reason reason = unassign_reason::reassigned;
  std::optional<timestamp> search_until = {}; ///< absent: as before

  bool operator==(const order_unassigned&) const = default;
};

struct order_picked_up {
  std::string rider;
  timestamp at;
  std::string station = {}; ///< from whose stock; empty: it had none reserved

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

/// How often offers ended for one reason.
struct lapse_count {
  std::string reason; ///< `expired`, `declined`, or what riders said when they declined
  std::uint32_t times = 0;

  bool operator==(const lapse_count&) const = default;
};

/// Nobody could be found.
struct order_undeliverable {
  std::uint32_t offers = 0; ///< that were made for it
  search_end reason = search_end::max_wait;
  std::vector<lapse_count> lapses = {}; ///< why they came to nothing

  bool operator==(const order_undeliverable&) const = default;
};

/// The order ended without a delivery, and money had been or has been received.
struct order_refund_requested {
  bool operator==(const order_refund_requested&) const = default;
};

/// This station holds its goods.
struct order_sourced {
  std::string station;
  place pick_up;

  bool operator==(const order_sourced&) const = default;
};

/// The station holds its goods no more.
struct order_unsourced {
  std::string station;
  stock_loss reason = stock_loss::asked;

  bool operator==(const order_unsourced&) const = default;
};

/// The rider stands at the pick-up, in time. Said only when there was a time.
struct order_reached {
  std::string rider;
  timestamp at;

  bool operator==(const order_reached&) const = default;
};

/// It could not be handed over, or was cancelled on the way: the rider brings it back.
struct order_returning {
  std::string rider;
  std::string reason;
  timestamp at;

  bool operator==(const order_returning&) const = default;
};

/// It is back where it was picked up.
struct order_returned {
  std::string rider;
  timestamp at;
  std::string station;      ///< into whose stock; empty: it came from none
  std::vector<goods> items; ///< that came back

  bool operator==(const order_returned&) const = default;
};

/// An operator wants no rider to be looked for.
struct order_held {
  std::string reason;
  timestamp at;

  bool operator==(const order_held&) const = default;
};

struct order_hold_released {
  timestamp at;

  bool operator==(const order_hold_released&) const = default;
};

using order_event =
    std::variant<order_placed, order_paid, order_ready, order_offered, order_offer_lapsed,
                 order_assignment_requested, order_assignment_refused, order_assigned,
                 order_unassigned, order_picked_up, order_delivered, order_cancelled,
                 order_undeliverable, order_refund_requested, actor_paused, actor_resumed,
                 order_sourced, order_unsourced, order_reached, order_returning, order_returned,
                 order_held, order_hold_released, waybill_issued>;

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
  std::optional<pause_note> hold = {};  ///< no offers; the search's end stands still
  bool any_station = false;             ///< the dispatcher chooses where the goods come from
  bool sourced = false;                 ///< `details.station` holds its goods, or it has them
  std::optional<timestamp> pick_up_by =
      {};                               ///< of the open offer, or when its rider has to be there
  std::vector<lapse_count> lapses = {}; ///< why offers ended, bounded
  std::uint32_t assignments = 0;        ///< number of the last one
  timestamp assigned_at = {};           ///< then; epoch: never
  bool waybill_issued = false;          ///< of the last assignment
  bool waybill_signed = false;          ///< the same, with a signature

  bool operator==(const order&) const = default;
};

} // namespace dispatch
