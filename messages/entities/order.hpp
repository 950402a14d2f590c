#pragma once

#include "messages/entities/order_commands.hpp"
#include "messages/entities/order_events.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// An order. What is said to it and what becomes true of it is beside; its life is in
/// actors/domain/machines/order.hpp.
namespace dispatch {

/// The value is stored: never renumber.
enum class order_status : std::uint8_t {
  unknown = 0,       ///< nothing has been said about this id yet
  unpaid = 1,        ///< placed, payment outstanding
  waiting = 2,       ///< paid, looking for a rider
  offered = 3,       ///< one rider has been asked, or several
  assigned = 4,      ///< a rider is bound to it
  picked_up = 5,     ///< on board
  delivered = 6,     ///< final
  cancelled = 7,     ///< final
  undeliverable = 8, ///< final
  returning = 9,     ///< on board, on its way back to where it was picked up
  returned = 10,     ///< final
  written_off = 11,  ///< final; an operator has given up what was on board
};

std::string_view to_string(order_status code);

/// What is known about one order. The fold of its events.
struct order {
  order_status status = order_status::unknown;
  place_order details;
  timestamp placed_at;
  bool paid = false;
  bool refunded = false;
  std::string offer;                    ///< open or accepted; empty in other states
  std::string rider;                    ///< asked first (offered) or bound (assigned and later)
  std::string requested_rider;          ///< named by an operator, not carried out yet
  std::uint32_t offers = 0;             ///< made so far
  std::vector<std::string> passed;      ///< riders who declined or ignored it, newest last, bounded
  std::optional<timestamp> waits_until; ///< when payment or the search is given up
  timestamp picked_up_at;               ///< epoch: not yet
  timestamp delivered_at;               ///< epoch: not yet
  std::string end_reason;               ///< of a cancellation, a return or a write-off
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
  /// Rider who has the goods on board and cannot go on: they are fetched there.
  std::string stranded_with = {};
  std::optional<place> belongs_at = {};     ///< where it was picked up first, once it was stranded
  std::vector<asked_rider> also_asked = {}; ///< besides `rider`, in the order of asking
  std::uint32_t swaps = 0;                  ///< how often a better rider got it
  timestamp waits_since = {};               ///< `waits_until` was set then; epoch: with its status
  std::uint32_t wrong_codes = 0;            ///< given at the door, by whichever riders

  bool operator==(const order&) const = default;
};

} // namespace dispatch
