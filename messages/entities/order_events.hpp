#pragma once

#include "messages/entities/order_commands.hpp"

/// What becomes true of an order.
namespace dispatch {

/// Why the search for a rider ended. The value is stored: never renumber.
enum class search_end : std::uint8_t {
  max_wait = 0, ///< it took longer than the zone waits
  attempts = 1, ///< so many offers were made in vain as the zone makes
};

struct order_placed {
  place_order order; ///< with the ready time never before the placing time
  timestamp at;
  std::optional<timestamp> pay_by; ///< absent when it is prepaid

  bool operator==(const order_placed&) const = default;
};

struct order_paid {
  timestamp search_until; ///< when the search for a rider is given up
  timestamp at = {};      ///< epoch in old logs

  bool operator==(const order_paid&) const = default;
};

struct order_ready {
  timestamp at;
  std::string rider;                  ///< who is asked or bound; empty: nobody
  std::vector<std::string> also = {}; ///< further riders who are asked

  bool operator==(const order_ready&) const = default;
};

/// Said once for each rider who is asked.
struct order_offered {
  std::string offer;
  std::string rider;
  std::optional<timestamp> pick_up_by = {}; ///< if it is accepted; absent: whenever

  bool operator==(const order_offered&) const = default;
};

/// The offer ended. The order waits again when nobody else is asked.
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
  timestamp at = {};                          ///< epoch in old logs
  std::string station = {};                   ///< that still holds its goods; empty: none

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

/// The rider stands at the pick-up, in time. Said only when there was a time, or goods are held.
struct order_reached {
  std::string rider;
  timestamp at;
  std::string station = {}; ///< that holds its goods; empty: none

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

/// An operator has given up what is on board: it leaves the rider's route.
struct order_written_off {
  std::string rider;
  std::string reason;
  timestamp at;

  bool operator==(const order_written_off&) const = default;
};

/// The order ends, and nobody brings back what a station has handed out for it.
struct order_goods_lost {
  std::string rider;        ///< who had them last
  std::string station;      ///< from whose stock
  std::vector<goods> items; ///< that are in no stock any more

  bool operator==(const order_goods_lost&) const = default;
};

/// Its rider gave another code than the customer's.
struct order_wrong_code_counted {
  std::string rider;
  std::uint32_t times = 0; ///< in the order's life, with this one

  bool operator==(const order_wrong_code_counted&) const = default;
};

/// An operator wants no rider to be looked for.
struct order_held {
  std::string reason;
  timestamp at;

  bool operator==(const order_held&) const = default;
};

/// A pause or a hold is over: what stood still meanwhile comes later by that time.
struct order_deadlines_moved {
  std::optional<timestamp> waits_until = {}; ///< when payment or the search is given up
  std::optional<timestamp> pick_up_by = {};  ///< when its rider has to be there

  bool operator==(const order_deadlines_moved&) const = default;
};

struct order_hold_released {
  timestamp at;

  bool operator==(const order_hold_released&) const = default;
};

/// The rider who has it on board cannot go on; it waits for another one, who fetches it there.
struct order_stranded {
  std::string rider;
  place at;
  timestamp time;
  timestamp search_until; ///< when the search for another rider is given up

  bool operator==(const order_stranded&) const = default;
};

/// Another rider considers it, while its rider keeps it. The offer ends as others do.
struct order_swap_offered {
  std::string offer;
  std::string rider;
  std::optional<timestamp> pick_up_by = {}; ///< if it changes hands; absent: whenever

  bool operator==(const order_swap_offered&) const = default;
};

/// The other rider wants it: the one who has it is asked to yield it, in the same turn.
struct order_yield_asked {
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
