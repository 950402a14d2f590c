#pragma once

#include "messages/entities/rider_commands.hpp"
#include "messages/entities/traits.hpp"

/// What becomes true of a rider.
namespace dispatch {

struct shift_started {
  static constexpr event_traits traits{.name = "shift_started", .others_hear = false};

  start_shift shift;
  timestamp at;
  std::optional<timestamp> ends_at = {}; ///< when it ends by itself; absent in older records
  shift_end ends_as = shift_end::asked;  ///< then

  bool operator==(const shift_started&) const = default;
};

struct shift_ended {
  static constexpr event_traits traits{.name = "shift_ended", .others_hear = false};

  shift_end reason = shift_end::asked;

  bool operator==(const shift_ended&) const = default;
};

/// Kept in the log, not announced.
struct position_recorded {
  static constexpr event_traits traits{.name = "position_recorded", .others_hear = false};

  place at;
  timestamp time;

  bool operator==(const position_recorded&) const = default;
};

struct offer_received {
  static constexpr event_traits traits{.name = "offer_received", .others_hear = false};

  dispatch::offer offer;

  bool operator==(const offer_received&) const = default;
};

struct offer_accepted {
  static constexpr event_traits traits{.name = "offer_accepted", .others_hear = true};

  std::string offer;
  std::vector<std::string> orders;
  std::vector<stop> route;

  bool operator==(const offer_accepted&) const = default;
};

/// An operator's assignment: the route was extended without an offer.
struct route_extended {
  static constexpr event_traits traits{.name = "route_extended", .others_hear = false};

  std::string offer;
  std::vector<std::string> orders;
  std::vector<stop> route;

  bool operator==(const route_extended&) const = default;
};

struct offer_declined {
  static constexpr event_traits traits{.name = "offer_declined", .others_hear = true};

  std::string offer;
  std::vector<std::string> orders;
  std::string reason;

  bool operator==(const offer_declined&) const = default;
};

struct offer_expired {
  static constexpr event_traits traits{.name = "offer_expired", .others_hear = true};

  std::string offer;
  std::vector<std::string> orders;

  bool operator==(const offer_expired&) const = default;
};

/// The last order of the open offer went away.
struct offer_withdrawn {
  static constexpr event_traits traits{.name = "offer_withdrawn", .others_hear = false};

  std::string offer;

  bool operator==(const offer_withdrawn&) const = default;
};

/// An order left the offer or the route.
struct stops_released {
  static constexpr event_traits traits{.name = "stops_released", .others_hear = false};

  std::string order;

  bool operator==(const stops_released&) const = default;
};

/// The order of a stop is ready earlier than the stop said.
struct stop_ready {
  static constexpr event_traits traits{.name = "stop_ready", .others_hear = false};

  std::string order;
  timestamp not_before;

  bool operator==(const stop_ready&) const = default;
};

struct rider_arrived {
  static constexpr event_traits traits{.name = "arrived", .others_hear = true};

  std::string order;
  stop_kind kind = stop_kind::pick_up;
  timestamp at;

  bool operator==(const rider_arrived&) const = default;
};

struct order_collected {
  static constexpr event_traits traits{.name = "order_collected", .others_hear = true};

  std::string order;
  timestamp at;

  bool operator==(const order_collected&) const = default;
};

struct order_handed_over {
  static constexpr event_traits traits{.name = "order_handed_over", .others_hear = true};

  std::string order;
  timestamp at;

  bool operator==(const order_handed_over&) const = default;
};

/// The drop-off came to nothing; the order is brought back.
struct delivery_failed {
  static constexpr event_traits traits{.name = "delivery_failed", .others_hear = true};

  std::string order;
  std::string reason;
  timestamp at;

  bool operator==(const delivery_failed&) const = default;
};

/// The order is brought back, because it was cancelled on the way.
struct return_started {
  static constexpr event_traits traits{.name = "return_started", .others_hear = false};

  std::string order;

  bool operator==(const return_started&) const = default;
};

struct break_started {
  static constexpr event_traits traits{.name = "break_started", .others_hear = false};

  std::string reason; ///< the rider's, or `ignored_offers`: the zone's
  timestamp at;

  bool operator==(const break_started&) const = default;
};

struct break_ended {
  static constexpr event_traits traits{.name = "break_ended", .others_hear = false};

  timestamp at;

  bool operator==(const break_ended&) const = default;
};

/// The rider cannot go on, and is free of all that was on the route but for what is brought back:
/// that stays with the rider.
struct broke_down {
  static constexpr event_traits traits{.name = "broke_down", .others_hear = true};

  std::string reason;
  place at; ///< where what was on board is fetched
  timestamp time;
  std::vector<std::string> orders;   ///< that were not on board
  std::vector<std::string> on_board; ///< orders

  bool operator==(const broke_down&) const = default;
};

/// The rider is free of these orders, which were not on board.
struct route_handed_back {
  static constexpr event_traits traits{.name = "route_handed_back", .others_hear = true};

  std::vector<std::string> orders;

  bool operator==(const route_handed_back&) const = default;
};

/// The rider is no longer at work here, and not yet in the other zone.
struct transfer_started {
  static constexpr event_traits traits{.name = "transfer_started", .others_hear = false};

  std::string zone;
  handover rider;

  bool operator==(const transfer_started&) const = default;
};

/// The rider works in the other zone, or goes on here.
struct transfer_ended {
  static constexpr event_traits traits{.name = "transfer_ended", .others_hear = false};

  std::string zone;
  std::uint64_t number = 0;
  bool received = false;
  std::string detail; ///< why not, or that the rider comes back

  bool operator==(const transfer_ended&) const = default;
};

/// A rider who worked in another zone works here.
struct rider_received {
  static constexpr event_traits traits{.name = "received", .others_hear = false};

  std::string from; ///< zone
  handover rider;
  timestamp ends_at; ///< the shift, by itself
  shift_end ends_as = shift_end::asked;

  bool operator==(const rider_received&) const = default;
};

/// What the zone that gives is told, as often as it asks.
struct transfer_answered {
  static constexpr event_traits traits{.name = "transfer_answered", .others_hear = false};

  std::string from; ///< zone
  std::uint64_t number = 0;
  bool received = false;
  std::string detail;   ///< why not
  bool at_work = false; ///< since the rider works here, or left here later

  bool operator==(const transfer_answered&) const = default;
};

/// The order left the route for another rider.
struct order_yielded {
  static constexpr event_traits traits{.name = "order_yielded", .others_hear = true};

  std::string order;

  bool operator==(const order_yielded&) const = default;
};

/// The rider was asked to yield it, and stands at its pick-up, has collected it, or has it no more.
struct order_kept {
  static constexpr event_traits traits{.name = "order_kept", .others_hear = true};

  std::string order;

  bool operator==(const order_kept&) const = default;
};

/// Another code than the customer's was given; the command is refused as well.
struct wrong_code_given {
  static constexpr event_traits traits{.name = "wrong_code_given", .others_hear = true};

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
