#pragma once

#include "cmd/audit/findings.hpp"
#include "cmd/audit/streams/lost_inputs.hpp"
#include "messages/records/record.hpp"
#include "messages/records/stream.hpp"

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace dispatch::audit {

/// Checks what records say about the input stream: every message is consumed once, in order, by
/// what it is; every command has an outcome, and no command id takes effect twice on an
/// entity.
class input_check {
public:
  input_check(findings& found, audit_report& report, std::string root)
      : found_(found), report_(report), root_(std::move(root)) {}

  /// A message of the input stream, before the record that consumed it.
  void add_message(const stored_message& message);
  /// The stream keeps messages on both sides of these.
  void add_hole(std::uint64_t first, std::uint64_t last) { lost_.add_hole(first, last); }

  void add(const record& r);

  /// After the last record.
  void finish();

private:
  /// What is remembered of a message until its record comes.
  struct expectation {
    std::string id; ///< of the command
    std::string subject;
    std::uint64_t command_hash = 0;
    std::uint64_t body_hash = 0;
    std::uint64_t fingerprint = 0;
  };
  struct first_outcome {
    std::uint64_t record = 0;
    timestamp at;
  };

  /// What does not fit the stream, unless the stream turns out to have lost it.
  struct doubt {
    std::uint64_t record = 0;
    std::string sentence;
  };

  /// What was consumed at a sequence.
  struct consumption {
    std::uint64_t record = 0;
    timestamp stored_at;
    std::uint64_t hash = 0; ///< of the command with its subject, or of a dead letter's body
  };

  void go_back(const record& r);
  void check_positions(const record& r);
  void check_fingerprint(const record& r);
  void join(const record& r);
  bool is_of(const command& c, const expectation& message) const;
  void check_outcomes(const record& r);
  void check_effects(const record& r);
  void check_repeats(const record& r);
  void check_without_id(const record& r, const command& c);
  void forget(const record& r);
  void check_consumed_again(const record& r);
  void note_consumed(std::uint64_t sequence, const consumption& taken);
  void remember(const record& r);

  findings& found_;
  audit_report& report_;
  const std::string root_;
  std::optional<std::uint64_t> position_; ///< nullopt: no record yet
  std::uint64_t fingerprint_ = 0;
  lost_inputs lost_;
  bool whole_log_ = false; ///< it began with the first record
  std::unordered_map<std::uint64_t, expectation> messages_;
  std::map<std::uint64_t, doubt> doubts_;                  ///< by input sequence
  std::unordered_map<std::string, first_outcome> applied_; ///< by id and entity
  std::deque<std::pair<std::string, timestamp>> oldest_first_;
  bool forgot_ = false;                           ///< an id that was applied may be unknown
  timestamp newest_input_;                        ///< stored then
  std::map<std::uint64_t, consumption> consumed_; ///< by sequence, the newest ones
};

} // namespace dispatch::audit
