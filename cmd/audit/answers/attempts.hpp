#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/policy.hpp"
#include "messages/records/event.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace dispatch::audit {

/// Counts what riders made of their offers. An order is given up with as many offers in vain as
/// were declined or expired; a rider is sent on a break after so many in a row that expired as the
/// policy says. An offer of an order that another rider has (a swap) counts neither way. No order
/// gets more wrong codes than the policy says, whoever carries it.
class attempt_check {
public:
  explicit attempt_check(findings& found) : found_(found) {}

  /// `policy`: in force when the record began; null: not known.
  void apply(std::uint64_t number, const event& e, const policy* policy);

private:
  struct patience {
    std::optional<std::uint32_t> ignored = 0; ///< in a row; nullopt: not known here
    bool paused = false;
  };

  void apply_order(std::uint64_t number, const std::string& id, const order_event& body,
                   const policy* policy);
  void apply_rider(std::uint64_t number, const event& e, const rider_event& body,
                   const policy* policy);
  void check_given_up(std::uint64_t number, const std::string& id, const order_undeliverable& body,
                      const policy* policy);
  void check_code(std::uint64_t number, const std::string& id, const order_wrong_code_counted& body,
                  const policy* policy);
  void check_break(std::uint64_t number, const std::string& id, const patience& of,
                   const policy& policy);

  findings& found_;
  std::unordered_map<std::string, std::uint32_t> in_vain_;     ///< by order that has not ended
  std::unordered_map<std::string, std::uint32_t> wrong_codes_; ///< by order that has not ended
  std::unordered_map<std::string, patience> riders_;
  std::unordered_set<std::string> swaps_; ///< open offers
};

} // namespace dispatch::audit
