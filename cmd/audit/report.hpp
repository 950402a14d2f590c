#pragma once

#include "messages/entities/order.hpp"
#include "messages/records/event.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dispatch::audit {

/// What is checked. cmd/audit/checks.md says each in a sentence.
enum class check : std::uint8_t {
  log_sequence,
  record_decodes,
  record_zone,
  record_number,
  hash_chain,
  epoch,
  time_order,
  state_digest,
  input_position,
  input_once,
  input_joined,
  command_outcome,
  command_once,
  intake_refusal,
  event_cause,
  output_sequence,
  announcement_missing,
  announcement_repeated,
  announcement_order,
  announcement_foreign,
  announcement_changed,
  order_transition,
  order_final,
  order_one_rider,
  order_refund,
  order_pick_up,
  order_delivery,
  rider_transition,
  rider_route,
  rider_capacity,
  offer_life,
  offer_expiry,
  views_agree,
  waybill,
  journal,
  stock_oversold,
  stock_reservation,
  policy_version,
  record_clock,
  deadline_early,
  deadline_late,
  search_end,
  rider_late,
  assignment_answered,
  idle_turn,
  stock_hand_over,
  refusal_effect,
  attempts,
  trace,
  waiting_reason,
  zones_disjoint,
  stock_lost,
};

inline constexpr std::size_t check_count = 52;

/// The stable name of a check, such as `hash_chain`.
std::string_view to_string(check which);

/// Something that must never be.
struct violation {
  check which = check::log_sequence;
  std::uint64_t record = 0; ///< number of the record; of an OUT message: of the record it names
  std::string sentence;
};

/// First and last of something, both included. `last < first`: nothing.
struct covered {
  std::uint64_t first = 1;
  std::uint64_t last = 0;

  bool empty() const { return last < first; }
  std::uint64_t size() const { return empty() ? 0 : last - first + 1; }
};

/// What an audit covered, counted and found.
struct audit_report {
  std::string zone;

  covered log;                         ///< sequences of LOG_z
  covered numbers;                     ///< of the records
  covered journalled;                  ///< of the records found in a journal as they are
  covered out;                         ///< sequences of OUT_z
  covered in;                          ///< sequences of IN_z that were there to compare with
  std::uint64_t inputs_joined = 0;     ///< consumed inputs that were compared with their message
  std::uint64_t inputs_lost = 0;       ///< times that the input stream had lost its end
  std::uint64_t announced = 0;         ///< announcements found in OUT_z as the log has them
  std::uint64_t announced_expired = 0; ///< of the log, gone from the front of OUT_z
  std::uint64_t not_yet_announced = 0; ///< of the log, behind the end of OUT_z
  bool lives_judged = true;            ///< false: the log does not begin with the first record

  std::uint64_t records = 0;
  std::uint64_t digests = 0; ///< records whose digest is that of the states they lead to
  std::uint64_t epochs = 0;
  std::uint64_t commands = 0; ///< consumed from IN_z
  std::uint64_t positions = 0;
  std::uint64_t deadlines = 0;
  std::uint64_t waybill_answers = 0; ///< of the signer, or its silence
  std::uint64_t events = 0;
  std::uint64_t dead_letters = 0;
  std::uint64_t repeats = 0;
  std::map<refusal, std::uint64_t> refusals;
  std::array<std::uint64_t, 12> orders{}; ///< by order_status
  std::uint64_t offers = 0;
  std::uint64_t open_offers = 0;
  std::uint64_t waybills_signed = 0;
  std::uint64_t waybills_unsigned = 0;
  /// Signed by keys that were not there to check with, by the key's id.
  std::map<std::string, std::uint64_t> waybills_of_other_keys;

  std::vector<violation> violations; ///< the first ones, as many as the options keep
  std::uint64_t violations_total = 0;
  std::array<std::uint64_t, check_count> violations_by_check{};

  /// Of checks whose violations are told and do not fail. They are not counted above.
  std::vector<violation> known_violations; ///< the first ones, as many as the options keep
  std::uint64_t known_violations_total = 0;

  bool clean() const { return violations_total == 0; }
  std::uint64_t orders_with(order_status status) const {
    return orders.at(static_cast<std::size_t>(status));
  }
  /// Placed and not ended.
  std::uint64_t open_orders() const;
};

/// For people: ranges, counts, violations and the verdict, on lines.
std::string to_text(const audit_report& report);

/// The same for programs: one JSON object.
std::string to_json(const audit_report& report);

} // namespace dispatch::audit
