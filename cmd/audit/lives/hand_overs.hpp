#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/records/event.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace dispatch::audit {

/// Checks that goods are not taken away from the rider who stands at the pick-up: neither a count
/// nor a deadline ends the reservation between the arrival and what the rider does next.
class hand_over_check {
public:
  explicit hand_over_check(findings& found) : found_(found) {}

  void apply(std::uint64_t number, const event& e);

  /// Whether a rider stands at the pick-up of the order and has not collected it.
  bool under_way(const std::string& order) const { return standing_.contains(order); }

private:
  void apply_rider(const std::string& rider, const rider_event& body);
  void leave(const std::string& rider, const std::string& order);

  findings& found_;
  std::unordered_map<std::string, std::string> standing_; ///< rider by order
};

} // namespace dispatch::audit
