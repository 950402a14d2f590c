#pragma once

#include "messages/entities/rider_commands.hpp"

/// What becomes true of a rider.
namespace dispatch {

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
  std::string detail; ///< why not, or that the rider comes back

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
  std::string detail;   ///< why not
  bool at_work = false; ///< since the rider works here, or left here later

  bool operator==(const transfer_answered&) const = default;
};

/// The order left the route for another rider.
struct order_yielded {
  std::string order;

  bool operator==(const order_yielded&) const = default;
};

/// The rider was asked to yield it, and stands at its pick-up, has collected it, or has it no more.
struct order_kept {
  std::string order;

  bool operator==(const order_kept&) const = default;
};

/// Another code than the customer's was given; the command is refused as well.
struct wrong_code_given {
  std::string order;
  timestamp at;

  bool operator==(const wrong_code_given&) const = default;
};

using rider_event =
    std::variant<shift_started, shift_ended, position_recorded, offer_received, offer_accepted,
                 route_extended, offer_declined, offer_expired, offer_withdrawn, stops_released,
                 stop_ready, rider_arrived, order_collected, order_handed_over, actor_paused,
                 actor_resumed, delivery_failed, return_started, waybill_received, break_started,
                 break_ended, broke_down, route_handed_back, transfer_started, transfer_ended,
                 rider_received, transfer_answered, order_yielded, order_kept, wrong_code_given>;

} // namespace dispatch
