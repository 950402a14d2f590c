#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/records/record.hpp"
#include "messages/wire/subjects.hpp"

#include <compare>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace dispatch::audit {

/// Checks that the output stream is a prefix of what the log announces: for each record its
/// announced events, then its dead letters, each once, in order, byte by byte, and nothing else.
///
/// Log and output stream may be fed in any order; what has no counterpart yet is kept, about 40
/// bytes for each announcement.
class output_check {
public:
  output_check(findings& found, audit_report& report, std::string zone, const std::string& root)
      : found_(found), report_(report), zone_(std::move(zone)), names_(root) {}

  void add_record(const record& r, std::span<const std::string> encoded_events);

  /// The output stream keeps nothing before this sequence. Forgets what was fed of it.
  void begin_at(std::uint64_t sequence);

  void add_message(std::uint64_t sequence, std::string_view id, std::string_view subject,
                   std::string_view body);

  /// Everything has been fed. With `at_rest`, all that the log announces must be out.
  void finish(bool at_rest);

private:
  struct place_in_log {
    std::uint64_t number = 0; ///< of the record
    std::uint64_t index = 0;  ///< among its announcements

    auto operator<=>(const place_in_log&) const = default;
  };
  struct announcement {
    place_in_log at;
    std::uint64_t epoch = 0;
    std::uint64_t subject_hash = 0;
    std::uint64_t body_hash = 0;
    std::uint64_t recorded_hash = 0; ///< of the event as the log has it: so older builds announced
  };

  std::optional<announcement> parse(std::string_view id) const;
  std::string id_of(const announcement& a) const;
  void match(bool all_fed);
  bool match_front(bool all_fed);
  void compare(const announcement& wanted, const announcement& out);
  void reject_front();
  bool in_log(const announcement& out) const;
  void miss_front();

  findings& found_;
  audit_report& report_;
  const std::string zone_;
  const wire::subjects names_;
  std::uint64_t first_record_ = 0; ///< 0: none yet
  std::uint64_t last_record_ = 0;
  std::deque<announcement> wanted_;
  std::deque<announcement> out_;
  std::optional<place_in_log> matched_; ///< the last one
  std::set<place_in_log> missed_;
  std::uint64_t begin_ = 1;
};

} // namespace dispatch::audit
