#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/policy.hpp"
#include "messages/records/record.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace dispatch::audit {

/// Checks that a zone does not turn for nothing. A turn is idle when nothing came in (commands,
/// positions, deadlines, waybills, travel times) and no state has changed. It may not say of its
/// orders what was said before, twice in a row; nor may more idle turns without a word follow each
/// other than there are orders to look at again: each has a pause.
class idle_turn_check {
public:
  explicit idle_turn_check(findings& found) : found_(found) {}

  /// `policy`: in force when the record began; null: not known.
  void apply(const record& r, const policy* policy);

private:
  struct said {
    std::string rider;
    std::string offer;
    waiting_reason waiting = waiting_reason::none;
    bool by_operator = false;

    bool operator==(const said&) const = default;
  };

  static said of(const decision& d) { return {d.rider, d.offer, d.waiting, d.by_operator}; }
  bool says_nothing_new(const record& r) const;
  void note_repeated(const record& r);
  void note_quiet(const record& r, const policy* policy);
  void remember(const record& r);

  findings& found_;
  std::unordered_map<std::string, said> last_; ///< by order that has not ended
  std::unordered_set<std::string> open_;       ///< orders that have not ended
  std::uint64_t repeated_ = 0;                 ///< turns in a row that repeat what was said
  std::uint64_t quiet_ = 0;                    ///< idle turns in a row that say nothing
  timestamp quiet_since_;
};

} // namespace dispatch::audit
