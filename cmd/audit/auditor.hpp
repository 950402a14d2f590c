#pragma once

#include "cmd/audit/answers/attempts.hpp"
#include "cmd/audit/answers/policies.hpp"
#include "cmd/audit/answers/refusals.hpp"
#include "cmd/audit/answers/wishes.hpp"
#include "cmd/audit/findings.hpp"
#include "cmd/audit/lives/hand_overs.hpp"
#include "cmd/audit/lives/handed_out.hpp"
#include "cmd/audit/lives/orders.hpp"
#include "cmd/audit/lives/riders.hpp"
#include "cmd/audit/lives/stations.hpp"
#include "cmd/audit/lives/waybills.hpp"
#include "cmd/audit/older_editions.hpp"
#include "cmd/audit/report.hpp"
#include "cmd/audit/streams/chain.hpp"
#include "cmd/audit/streams/inputs.hpp"
#include "cmd/audit/streams/journal.hpp"
#include "cmd/audit/streams/outputs.hpp"
#include "cmd/audit/streams/traces.hpp"
#include "cmd/audit/time/clock.hpp"
#include "cmd/audit/time/deadlines.hpp"
#include "cmd/audit/time/idle_turns.hpp"
#include "cmd/audit/time/waiting.hpp"
#include "messages/ports/clock.hpp"
#include "messages/records/stream.hpp"
#include "messages/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace dispatch::audit {

struct audit_options {
  bool at_rest = false; ///< the zone does nothing: all that the log announces must be out
  std::size_t violations_kept = 100;
  /// Computes the states that a log leads to, from its first record on, and compares the digests.
  /// Fails in words. Not asked any more after a failure.
  std::function<status(std::uint64_t log_sequence, std::string_view bytes)> fold = {};
  signature_check signature_of = {};   ///< of waybills; not asked when empty
  std::optional<journal> against = {}; ///< what the log is compared with, beside the guarantees
  /// The zone's: records are compared with the server's time. nullopt: they are not.
  std::optional<zone_clock> clock = {};
  /// Zone time by which what is due may come later while the zone has an owner. nullopt: however
  /// late; an owner that is behind its input, or whose clock is wrong, waits with what is due.
  std::optional<duration> late_by_max = {};
};

/// Judges a zone by its streams alone: the log, the output stream and, if they are given, the
/// messages of the input stream. A log that does not begin with its first record is judged without
/// the lives of orders and riders.
class auditor {
public:
  auditor(const std::string& root, const std::string& zone, audit_options options = {});
  auditor(const auditor&) = delete;
  auditor& operator=(const auditor&) = delete;

  /// A record of the log, in the order of the log. `stored_at` is the server's time then, as far as
  /// it is known.
  void add_record(std::uint64_t log_sequence, std::string_view bytes,
                  std::optional<timestamp> stored_at = {});

  /// The output stream keeps nothing before this sequence; 1 unless said. Forgets what was added
  /// of it, so that it can be read anew.
  void outputs_begin_at(std::uint64_t sequence);

  /// A message of the output stream, in its order; before or after the record that it is of.
  void add_output(std::uint64_t sequence, std::string_view id, std::string_view subject,
                  std::string_view body);

  /// A message of the input stream, before the record that consumed it.
  void add_input(const stored_message& message);
  /// The input stream keeps messages on both sides of these.
  void add_hole_in_inputs(std::uint64_t first, std::uint64_t last);

  /// The verdict. Nothing may be added afterwards.
  audit_report finish();

private:
  void check_digest(std::uint64_t log_sequence, std::string_view bytes, const record& r);
  void count(const record& r);
  void judge_lives(const record& r);

  const std::string zone_;
  const audit_options options_;
  audit_report report_;
  findings found_;
  chain_check chain_;
  clock_check clock_;
  input_check inputs_;
  journal_check journal_;
  bool folding_ = true;
  output_check outputs_;
  order_lives orders_;
  rider_lives riders_;
  hand_over_check hand_overs_;
  station_lives stations_;
  waybill_check waybills_;
  policy_versions policies_;
  idle_turn_check idle_turns_;
  refusal_check refusals_;
  attempt_check attempts_;
  handed_out_check handed_out_;
  trace_check traces_;
  waiting_check waiting_;
  deadline_book deadlines_;
  wish_check wishes_;
};

} // namespace dispatch::audit
