#pragma once

#include "messages/entities/deadline.hpp"
#include "messages/entities/goods.hpp"
#include "messages/entities/pause.hpp"
#include "messages/entities/place.hpp"
#include "messages/entities/traits.hpp"
#include "messages/entities/vehicle.hpp"
#include "messages/entities/waybill.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What is said to an order: from outside, by operators, by the dispatcher, and by other actors.
namespace dispatch {

/// Why an offer ended without an assignment. The value is stored: never renumber.
enum class lapse_reason : std::uint8_t {
  declined = 1,
  expired = 2,
  withdrawn = 3,
  reassigned = 4,
  taken = 5, ///< another rider who was asked accepted first
  kept = 6, ///< accepted, but the rider who has the order stands at its pick-up or has collected it
};

/// Why a rider who was bound to an order is no more. The value is stored: never renumber.
enum class unassign_reason : std::uint8_t {
  reassigned = 0,   ///< an operator named another rider
  late = 1,         ///< the rider did not reach the pick-up in time
  stock_lost = 2,   ///< the station cannot hand out the goods
  by_operator = 3,  ///< an operator wants another rider to be found
  breakdown = 4,    ///< the rider cannot go on
  handed_back = 5,  ///< the rider ended the shift and gave it back
  better_rider = 6, ///< another one is there much earlier, and wants it
};

/// Someone ordered something that has to be carried from `pick_up` to `drop_off`.
struct place_order {
  static constexpr auto verb = from_outside("place");
  static constexpr order_handling at_order{.taken_while_paused = false, .rider_hears = false};

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
  std::vector<std::string> skills = {}; ///< that its rider needs; empty: none

  bool operator==(const place_order&) const = default;
};

/// The payment arrived.
struct pay_order {
  static constexpr auto verb = from_outside("pay");
  static constexpr order_handling at_order{.taken_while_paused = false, .rider_hears = false};

  bool operator==(const pay_order&) const = default;
};

/// The station has it ready for pick-up, perhaps earlier than it said.
struct ready_order {
  static constexpr auto verb = from_outside("ready");
  static constexpr order_handling at_order{.taken_while_paused = false, .rider_hears = true};

  bool operator==(const ready_order&) const = default;
};

/// Nobody wants it any more. What is on board is brought back.
struct cancel_order {
  static constexpr auto verb = from_outside("cancel");
  static constexpr order_handling at_order{.taken_while_paused = false, .rider_hears = true};

  std::string reason;

  bool operator==(const cancel_order&) const = default;
};

/// An operator binds it to a rider, without asking the rider.
struct assign_order {
  static constexpr auto verb = from_outside("assign");
  static constexpr order_handling at_order{.taken_while_paused = false, .rider_hears = true};

  std::string rider;

  bool operator==(const assign_order&) const = default;
};

/// From an operator: the rider is to be another one, whoever that is.
struct unassign_order {
  static constexpr auto verb = from_outside("unassign");
  static constexpr order_handling at_order{.taken_while_paused = false, .rider_hears = true};

  std::string reason;

  bool operator==(const unassign_order&) const = default;
};

/// From an operator: what is on board is given up; nobody brings it back.
struct write_off_order {
  static constexpr auto verb = from_outside("write_off");
  static constexpr order_handling at_order{.taken_while_paused = false, .rider_hears = true};

  std::string reason;

  bool operator==(const write_off_order&) const = default;
};

/// From an operator: no rider is looked for until `release_hold`. All else goes on.
struct hold_order {
  static constexpr auto verb = from_outside("hold");
  static constexpr order_handling at_order{.taken_while_paused = false, .rider_hears = false};

  std::string reason;

  bool operator==(const hold_order&) const = default;
};

/// From an operator: a rider may be looked for.
struct release_hold {
  static constexpr auto verb = from_outside("release");
  static constexpr order_handling at_order{.taken_while_paused = false, .rider_hears = false};

  bool operator==(const release_hold&) const = default;
};

/// A rider who considers an order, and as what.
struct asked_rider {
  std::string offer;
  std::string rider;
  std::optional<timestamp> pick_up_by = {}; ///< if it is accepted; absent: whenever

  bool operator==(const asked_rider&) const = default;
};

/// From the dispatcher: it is part of an offer that this rider is receiving.
struct offer_order {
  static constexpr auto verb = from_turn;
  static constexpr order_handling at_order{.taken_while_paused = false, .rider_hears = false};

  std::string offer;
  std::string rider;
  std::optional<chosen_station> from = {}; ///< which holds the goods from now on
  std::optional<timestamp> pick_up_by = {};
  std::vector<asked_rider> also = {}; ///< others who receive offers of it at the same time
};

/// From the dispatcher: another rider is asked, who would be better than the one who has it.
struct swap_order {
  static constexpr auto verb = from_turn;
  static constexpr order_handling at_order{.taken_while_paused = false, .rider_hears = false};

  std::string offer;
  std::string rider;
  std::string instead_of; ///< who has it
  std::optional<timestamp> pick_up_by = {};
};

/// From the rider who has it, whether that one is free of it now, or goes on.
struct settle_swap {
  static constexpr auto verb = from_turn;
  static constexpr order_handling at_order{.taken_while_paused = true, .rider_hears = false};

  std::string rider;
  bool yielded = false;
};

/// From the dispatcher, after `assign`: bound to the rider. From the rider: the offer was accepted.
struct confirm_order {
  static constexpr auto verb = from_turn;
  static constexpr order_handling at_order{.taken_while_paused = true, .rider_hears = false};

  std::string offer;
  std::string rider;
  bool accepted = false; ///< by the rider; otherwise it carries out an operator's `assign`
  std::optional<chosen_station> from = {}; ///< with an operator's `assign`, as in an offer
  std::optional<timestamp> pick_up_by = {};
};

/// From the dispatcher: the rider whom the operator named cannot take it.
struct refuse_assignment {
  static constexpr auto verb = from_turn;
  static constexpr order_handling at_order{.taken_while_paused = true, .rider_hears = false};

  std::string rider;
  std::string reason;
};

/// From the rider: the offer ended without an assignment.
struct lapse_order {
  static constexpr auto verb = from_turn;
  static constexpr order_handling at_order{.taken_while_paused = true, .rider_hears = false};

  std::string offer;
  std::string rider;
  lapse_reason reason = lapse_reason::expired;
  std::string detail = {}; ///< what the rider said
};

/// From the station: it holds the goods no more.
struct lose_stock {
  static constexpr auto verb = from_turn;
  static constexpr order_handling at_order{.taken_while_paused = true, .rider_hears = false};

  std::string station;
  stock_loss reason = stock_loss::expired;
};

/// From the rider, who stands at the pick-up.
struct reach_pick_up {
  static constexpr auto verb = from_turn;
  static constexpr order_handling at_order{.taken_while_paused = true, .rider_hears = false};

  std::string rider;
};

/// From the rider, who stands at the customer's: it cannot be handed over.
struct fail_delivery_of {
  static constexpr auto verb = from_turn;
  static constexpr order_handling at_order{.taken_while_paused = true, .rider_hears = false};

  std::string rider;
  std::string reason;
};

/// From the rider: it is on board.
struct collect_order {
  static constexpr auto verb = from_turn;
  static constexpr order_handling at_order{.taken_while_paused = true, .rider_hears = false};

  std::string rider;
};

/// From the rider: the customer has it, or the station when it came back.
struct complete_order {
  static constexpr auto verb = from_turn;
  static constexpr order_handling at_order{.taken_while_paused = true, .rider_hears = false};

  std::string rider;
};

/// From the rider, who stands at the customer's: the code was another one.
struct count_wrong_code {
  static constexpr auto verb = from_turn;
  static constexpr order_handling at_order{.taken_while_paused = true, .rider_hears = false};

  std::string rider;
};

/// From the rider: it is on the route no more, and someone else has to do it.
struct lose_rider {
  static constexpr auto verb = from_turn;
  static constexpr order_handling at_order{.taken_while_paused = true, .rider_hears = false};

  std::string rider;
  unassign_reason reason = unassign_reason::breakdown;
  place at;              ///< of the rider
  bool on_board = false; ///< the rider has it there
};

/// Those with a verb come first, in the order in which the contract lists them.
using order_command =
    std::variant<place_order, pay_order, ready_order, cancel_order, assign_order, pause_actor,
                 resume_actor, unassign_order, write_off_order, hold_order, release_hold,
                 pass_deadline, attach_waybill, offer_order, confirm_order, refuse_assignment,
                 lapse_order, collect_order, complete_order, lose_stock, reach_pick_up,
                 fail_delivery_of, lose_rider, swap_order, settle_swap, count_wrong_code>;

} // namespace dispatch
