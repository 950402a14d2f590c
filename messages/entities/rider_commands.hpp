#pragma once

#include "messages/entities/deadline.hpp"
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

/// What is said to a rider: from outside, by operators, by the dispatcher, and by other actors.
namespace dispatch {

/// The value is stored: never renumber.
enum class stop_kind : std::uint8_t { pick_up = 1, drop_off = 2 };

/// Why a shift ended. The value is stored: never renumber.
enum class shift_end : std::uint8_t {
  asked = 0, ///< by the rider
  planned_end = 1,
  maximum_hours = 2, ///< the zone lets nobody work longer
  breakdown = 3,
  works_elsewhere = 4, ///< in another zone, where the shift began before the rider was handed over
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
  std::uint32_t wrong_codes = 0;       ///< of a drop-off: given so far, by whichever riders

  bool operator==(const stop&) const = default;
};

/// A proposal to a rider: these orders, on this route.
struct offer {
  std::string id;
  std::vector<std::string> orders;
  std::vector<stop> route; ///< the whole route if accepted, from the current first stop on
  timestamp expires_at;
  bool swap = false; ///< of an order that another rider has, and keeps if it is not accepted

  bool operator==(const offer&) const = default;
};

/// The rider starts to work.
struct start_shift {
  static constexpr auto verb = from_outside("start_shift");
  static constexpr rider_handling at_rider{.taken_while_paused = false,
                                           .route = route_effect::none};

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
  static constexpr auto verb = from_outside("end_shift");
  static constexpr rider_handling at_rider{.taken_while_paused = true,
                                           .route = route_effect::given_up};

  bool hand_back = false;

  bool operator==(const end_shift&) const = default;
};

/// The rider cannot go on. The shift ends, and others fetch what is left of the route: also what is
/// on board, where the rider stands.
struct report_breakdown {
  static constexpr auto verb = from_outside("report_breakdown");
  static constexpr rider_handling at_rider{.taken_while_paused = true,
                                           .route = route_effect::given_up};

  std::string reason;

  bool operator==(const report_breakdown&) const = default;
};

/// No new offers for a while. The route is finished.
struct start_break {
  static constexpr auto verb = from_outside("start_break");
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::none};

  std::string reason;

  bool operator==(const start_break&) const = default;
};

struct end_break {
  static constexpr auto verb = from_outside("end_break");
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::none};

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
  std::uint32_t ignored_offers = 0; ///< in a row

  bool operator==(const handover&) const = default;
};

/// The rider works in another zone from now on.
struct transfer_rider {
  static constexpr auto verb = from_outside("transfer");
  static constexpr rider_handling at_rider{.taken_while_paused = false,
                                           .route = route_effect::none};

  std::string zone;

  bool operator==(const transfer_rider&) const = default;
};

/// From another zone: a rider who leaves it for this one. Repeated until it is answered.
struct receive_rider {
  static constexpr auto verb = from_outside("receive");
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::none};

  std::string from; ///< zone
  handover rider;

  bool operator==(const receive_rider&) const = default;
};

/// From the zone itself: what the other zone has answered.
struct conclude_transfer {
  static constexpr auto verb = from_outside("conclude_transfer");
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::none};

  std::uint64_t number = 0; ///< of the transfer
  bool received = false;
  std::string detail;   ///< why not
  bool at_work = false; ///< since the rider works there, or left there later

  bool operator==(const conclude_transfer&) const = default;
};

struct accept_offer {
  static constexpr auto verb = from_outside("accept");
  static constexpr rider_handling at_rider{.taken_while_paused = false,
                                           .route = route_effect::grows};

  std::string offer;

  bool operator==(const accept_offer&) const = default;
};

struct decline_offer {
  static constexpr auto verb = from_outside("decline");
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::none};

  std::string offer;
  std::string reason;

  bool operator==(const decline_offer&) const = default;
};

/// The rider stands at the first stop of the route, which is of this order.
struct arrive_at_stop {
  static constexpr auto verb = from_outside("arrive");
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::step};

  std::string order;

  bool operator==(const arrive_at_stop&) const = default;
};

struct pick_up_order {
  static constexpr auto verb = from_outside("pick_up");
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::step};

  std::string order;

  bool operator==(const pick_up_order&) const = default;
};

struct deliver_order {
  static constexpr auto verb = from_outside("deliver");
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::step};

  std::string order;
  std::string code = {}; ///< what the customer said. As sent; from the intake on its hash

  bool operator==(const deliver_order&) const = default;
};

/// The rider stands at the customer's and cannot hand it over.
struct fail_delivery {
  static constexpr auto verb = from_outside("fail");
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::step};

  std::string order;
  std::string reason;

  bool operator==(const fail_delivery&) const = default;
};

/// Where the rider is, as taken from the position stream by the zone.
struct record_position {
  static constexpr auto verb = from_zone("record_position");
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::none};

  place at;

  bool operator==(const record_position&) const = default;
};

/// From the dispatcher: a proposal, or with `confirmed` an operator's order to do it.
struct propose_offer {
  static constexpr auto verb = from_turn;
  static constexpr rider_handling at_rider{.taken_while_paused = false,
                                           .route = route_effect::none};

  dispatch::offer offer;
  bool confirmed = false;
};

/// From an order: it was cancelled or given to another; drop its stops.
struct release_order {
  static constexpr auto verb = from_turn;
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::none};

  std::string order;
};

/// From an order: another rider is better for it and wants it.
struct yield_order {
  static constexpr auto verb = from_turn;
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::none};

  std::string order;
};

/// From an order that is on board: bring it back.
struct bring_back {
  static constexpr auto verb = from_turn;
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::none};

  std::string order;
};

/// From an order: it is ready earlier than its stop says.
struct mark_stop_ready {
  static constexpr auto verb = from_turn;
  static constexpr rider_handling at_rider{.taken_while_paused = true, .route = route_effect::none};

  std::string order;
  timestamp ready_at;
};

/// Those with a verb come first, in the order in which the contract lists them.
using rider_command =
    std::variant<record_position, accept_offer, decline_offer, arrive_at_stop, pick_up_order,
                 deliver_order, fail_delivery, start_shift, end_shift, start_break, end_break,
                 report_breakdown, transfer_rider, receive_rider, conclude_transfer, pause_actor,
                 resume_actor, pass_deadline, propose_offer, release_order, mark_stop_ready,
                 bring_back, receive_waybill, yield_order>;

} // namespace dispatch
