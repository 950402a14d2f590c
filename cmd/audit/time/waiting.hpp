#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/policy.hpp"
#include "messages/records/record.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace dispatch::audit {

/// When riders are looked for, at the earliest.
timestamp search_begin(timestamp ready_at, const std::optional<timestamp>& promised_from,
                       const policy& policy);

/// Checks that what an order is said to wait for is so: it is too early for it, or all riders in
/// reach were passed over, each by a gate that is counted. Also later on: when it is too early no
/// more, or the next match has come, that match says something else. One match may pass before
/// that, and a few turns: not every turn has room for all. Zones that ask a routing engine wait for
/// its answers first, and are judged by what they say alone.
class waiting_check {
public:
  explicit waiting_check(findings& found) : found_(found) {}

  /// `policy`: in force when the record began; null: not known, and nothing is judged.
  void apply(const record& r, const policy* policy);

private:
  struct order_times {
    timestamp ready_at;
    std::optional<timestamp> promised_from;
  };
  /// What was said last, and has to be said anew when its time is over.
  struct reason {
    waiting_reason code = waiting_reason::none;
    timestamp over_at;
    std::uint32_t turns = 0; ///< since it has been over
  };

  void follow(const event& e);
  void judge(const record& r, const decision& d, const policy& policy);
  void judge_overdue(const record& r, const policy& policy);
  void expect_another(const std::string& order, const reason& last);
  void forget(const std::string& order);

  findings& found_;
  std::unordered_map<std::string, order_times> orders_; ///< that have not ended
  std::unordered_map<std::string, reason> last_;        ///< by order
  std::set<std::pair<timestamp, std::string>> over_;    ///< orders by the end of their reasons
  const policy* judged_by_ = nullptr;
};

} // namespace dispatch::audit
