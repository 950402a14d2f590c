#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/policy.hpp"
#include "messages/records/record.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace dispatch::audit {

/// Checks that an operator's assignment is carried out or refused within two matches of the zone,
/// and that no rider is called busy with an offer that the same record made.
class wish_check {
public:
  /// `late_by_max`: by so much zone time an answer may come later; nullopt: however late.
  wish_check(findings& found, std::optional<duration> late_by_max)
      : found_(found), late_by_max_(late_by_max) {}

  void begin_record(const record& r);
  void apply(const record& r, const event& e);
  /// `policy`: in force when the record began; null: unknown.
  void finish_record(const record& r, const policy* policy);

private:
  struct wish {
    std::string rider;
    timestamp since;
  };

  void apply_order(const record& r, const std::string& order, const order_event& body);

  findings& found_;
  const std::optional<duration> late_by_max_;
  timestamp owned_since_;
  bool zone_paused_ = false;
  std::map<std::string, wish> open_; ///< by order
  std::set<std::string> engaged_;    ///< riders who got an offer or an order in the record in hand
};

} // namespace dispatch::audit
