#pragma once

#include "cmd/audit/findings.hpp"
#include "messages/records/record.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>

namespace dispatch::audit {

/// Checks that what is refused changes nothing: no other event names the command, and an order
/// whose assignment to another rider is refused has stayed with its own. A wrong code is refused
/// and counted.
class refusal_check {
public:
  explicit refusal_check(findings& found) : found_(found) {}

  void apply(const record& r);

private:
  void check_commands(const record& r);
  void check_codes(const record& r);
  void follow(std::uint64_t number, const std::string& order, const order_event& body);

  findings& found_;
  /// By order: its rider before an operator named another one, until that is settled.
  std::unordered_map<std::string, std::string> taken_from_;
};

} // namespace dispatch::audit
