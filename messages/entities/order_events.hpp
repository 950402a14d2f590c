#pragma once

#include "messages/entities/order_commands.hpp"
#include "messages/entities/traits.hpp"

/// What becomes true of an order.
namespace dispatch {

/// Why the search for a rider ended. The value is stored: never renumber.
enum class search_end : std::uint8_t {
  max_wait = 0, ///< it took longer than the zone waits
  attempts = 1, ///< so many offers were made in vain as the zone makes
};

struct order_placed {
  static constexpr event_traits traits{.name = "placed", .others_hear = false};

  place_order order; ///< with the ready time never before the placing time
  timestamp at;
  std::optional<timestamp> pay_by; ///< absent when it is prepaid

  bool operator==(const order_placed&) const = default;
};

struct order_paid {
  static constexpr event_traits traits{.name = "paid", .others_hear = false};

  timestamp search_until; ///< when the search for a rider is given up
  timestamp at = {};      ///< epoch in old logs

  bool operator==(const order_paid&) const = default;
};

struct order_ready {
  static constexpr event_traits traits{.name = "ready", .others_hear = true};

  timestamp at;
  std::string rider;                  ///< who is asked or bound; empty: nobody
  std::vector<std::string> also = {}; ///< further riders who are asked

  bool operator==(const order_ready&) const = default;
};

/// Said once for each rider who is asked.
struct order_offered {
  static constexpr event_traits traits{.name = "offered", .others_hear = false};

  std::string offer;
  std::string rider;
  std::optional<timestamp> pick_up_by = {}; ///< if it is accepted; absent: whenever

  bool operator==(const order_offered&) const = default;
};

/// The offer ended. The order waits again when nobody else is asked.
struct order_offer_lapsed {
  static constexpr event_traits traits{.name = "offer_lapsed", .others_hear = true};

  std::string offer;
  std::string rider;
  lapse_reason reason = lapse_reason::expired;
  std::string detail = {}; ///< what the rider said

  bool operator==(const order_offer_lapsed&) const = default;
};

/// An operator's wish, which the dispatcher carries out in the same turn.
struct order_assignment_requested {
  static constexpr event_traits traits{.name = "assignment_requested", .others_hear = false};

  std::string rider;

  bool operator==(const order_assignment_requested&) const = default;
};

struct order_assignment_refused {
  static constexpr event_traits traits{.name = "assignment_refused", .others_hear = false};

  std::string rider;
  std::string reason;

  bool operator==(const order_assignment_refused&) const = default;
};

struct order_assigned {
  static constexpr event_traits traits{.name = "assigned", .others_hear = false};

  std::string offer;
  std::string rider;
  std::optional<timestamp> pick_up_by = {}; ///< when the rider has to be there; absent: whenever
  std::uint32_t assignment = 0; ///< its number in the order's life, from 1 on; 0 in old logs
  timestamp at = {};            ///< epoch in old logs

  bool operator==(const order_assigned&) const = default;
};

/// The rider who held it is free of it again; it waits for another one.
struct order_unassigned {
  static constexpr event_traits traits{.name = "unassigned", .others_hear = true};

  std::string rider;
  unassign_reason reason = unassign_reason::reassigned;
  std::optional<timestamp> search_until = {}; ///< absent: as before
  timestamp at = {};                          ///< epoch in old logs
  std::string station = {};                   ///< that still holds its goods; empty: none

  bool operator==(const order_unassigned&) const = default;
};

struct order_picked_up {
  static constexpr event_traits traits{.name = "picked_up", .others_hear = true};

  std::string rider;
  timestamp at;
  std::string station = {}; ///< from whose stock; empty: it had none reserved

  bool operator==(const order_picked_up&) const = default;
};

struct order_delivered {
  static constexpr event_traits traits{.name = "delivered", .others_hear = false};

  std::string rider;
  timestamp at;

  bool operator==(const order_delivered&) const = default;
};

struct order_cancelled {
  static constexpr event_traits traits{.name = "cancelled", .others_hear = true};

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
  static constexpr event_traits traits{.name = "undeliverable", .others_hear = false};

  std::uint32_t offers = 0; ///< that were made for it
  search_end reason = search_end::max_wait;
  std::vector<lapse_count> lapses = {}; ///< why they came to nothing

  bool operator==(const order_undeliverable&) const = default;
};

/// The order ended without a delivery, and money had been or has been received.
struct order_refund_requested {
  static constexpr event_traits traits{.name = "refund_requested", .others_hear = false};

  bool operator==(const order_refund_requested&) const = default;
};

/// This station holds its goods.
struct order_sourced {
  static constexpr event_traits traits{.name = "sourced", .others_hear = false};

  std::string station;
  place pick_up;

  bool operator==(const order_sourced&) const = default;
};

/// The station holds its goods no more.
struct order_unsourced {
  static constexpr event_traits traits{.name = "unsourced", .others_hear = true};

  std::string station;
  stock_loss reason = stock_loss::asked;

  bool operator==(const order_unsourced&) const = default;
};

/// The rider stands at the pick-up, in time. Said only when there was a time, or goods are held.
struct order_reached {
  static constexpr event_traits traits{.name = "reached", .others_hear = true};

  std::string rider;
  timestamp at;
  std::string station = {}; ///< that holds its goods; empty: none

  bool operator==(const order_reached&) const = default;
};

/// It could not be handed over, or was cancelled on the way: the rider brings it back.
struct order_returning {
  static constexpr event_traits traits{.name = "returning", .others_hear = true};

  std::string rider;
  std::string reason;
  timestamp at;

  bool operator==(const order_returning&) const = default;
};

/// It is back where it was picked up.
struct order_returned {
  static constexpr event_traits traits{.name = "returned", .others_hear = true};

  std::string rider;
  timestamp at;
  std::string station;      ///< into whose stock; empty: it came from none
  std::vector<goods> items; ///< that came back

  bool operator==(const order_returned&) const = default;
};

/// An operator has given up what is on board: it leaves the rider's route.
struct order_written_off {
  static constexpr event_traits traits{.name = "written_off", .others_hear = true};

  std::string rider;
  std::string reason;
  timestamp at;

  bool operator==(const order_written_off&) const = default;
};

/// The order ends, and nobody brings back what a station has handed out for it.
struct order_goods_lost {
  static constexpr event_traits traits{.name = "goods_lost", .others_hear = false};

  std::string rider;        ///< who had them last
  std::string station;      ///< from whose stock
  std::vector<goods> items; ///< that are in no stock any more

  bool operator==(const order_goods_lost&) const = default;
};

/// Its rider gave another code than the customer's.
struct order_wrong_code_counted {
  static constexpr event_traits traits{.name = "wrong_code_counted", .others_hear = false};

  std::string rider;
  std::uint32_t times = 0; ///< in the order's life, with this one

  bool operator==(const order_wrong_code_counted&) const = default;
};

/// An operator wants no rider to be looked for.
struct order_held {
  static constexpr event_traits traits{.name = "held", .others_hear = false};

  std::string reason;
  timestamp at;

  bool operator==(const order_held&) const = default;
};

/// A pause or a hold is over: what stood still meanwhile comes later by that time.
struct order_deadlines_moved {
  static constexpr event_traits traits{.name = "deadlines_moved", .others_hear = false};

  std::optional<timestamp> waits_until = {}; ///< when payment or the search is given up
  std::optional<timestamp> pick_up_by = {};  ///< when its rider has to be there

  bool operator==(const order_deadlines_moved&) const = default;
};

struct order_hold_released {
  static constexpr event_traits traits{.name = "hold_released", .others_hear = false};

  timestamp at;

  bool operator==(const order_hold_released&) const = default;
};

/// The rider who has it on board cannot go on; it waits for another one, who fetches it there.
struct order_stranded {
  static constexpr event_traits traits{.name = "stranded", .others_hear = false};

  std::string rider;
  place at;
  timestamp time;
  timestamp search_until; ///< when the search for another rider is given up

  bool operator==(const order_stranded&) const = default;
};

/// Another rider considers it, while its rider keeps it. The offer ends as others do.
struct order_swap_offered {
  static constexpr event_traits traits{.name = "swap_offered", .others_hear = false};

  std::string offer;
  std::string rider;
  std::optional<timestamp> pick_up_by = {}; ///< if it changes hands; absent: whenever

  bool operator==(const order_swap_offered&) const = default;
};

/// The other rider wants it: the one who has it is asked to yield it, in the same turn.
struct order_yield_asked {
  static constexpr event_traits traits{.name = "yield_asked", .others_hear = true};

  std::string rider; ///< who has it
  std::string offer; ///< of the other one
  std::string to;    ///< the other one

  bool operator==(const order_yield_asked&) const = default;
};

using order_event =
    std::variant<order_placed, order_paid, order_ready, order_offered, order_offer_lapsed,
                 order_assignment_requested, order_assignment_refused, order_assigned,
                 order_unassigned, order_picked_up, order_delivered, order_cancelled,
                 order_undeliverable, order_refund_requested, actor_paused, actor_resumed,
                 order_sourced, order_unsourced, order_reached, order_returning, order_returned,
                 order_held, order_hold_released, waybill_issued, order_stranded,
                 order_swap_offered, order_yield_asked, order_deadlines_moved, order_written_off,
                 order_goods_lost, order_wrong_code_counted>;

} // namespace dispatch
