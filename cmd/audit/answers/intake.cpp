#include "cmd/audit/answers/intake.hpp"

#include <map>
#include <string>
#include <string_view>
#include <tuple>

namespace dispatch::audit {

namespace {

/// A refusal in all that it says, and whom.
using refused_id = std::tuple<std::string_view, entity_ref, refusal, std::uint32_t>;

bool is_of_intake(refusal code) {
  return code == refusal::too_many || code == refusal::overloaded || code == refusal::unknown_rider;
}

bool is_assignment(const command& c) {
  const auto* of_order = std::get_if<order_command>(&c.body);
  return of_order != nullptr && std::holds_alternative<assign_order>(*of_order);
}

bool is_new_order(const command& c) {
  const auto* of_order = std::get_if<order_command>(&c.body);
  return of_order != nullptr && std::holds_alternative<place_order>(*of_order);
}

std::string_view fault_of(const command& c) {
  if (c.source != command_source::input) {
    return "is no input";
  }
  if (c.refused_at_intake == refusal::unknown_rider) {
    return is_assignment(c) && !c.by.empty() ? "" : "names no rider and is refused for that";
  }
  if (!c.by.empty()) {
    return "is an operator's";
  }
  if (!is_of_intake(c.refused_at_intake)) {
    return "is refused for a reason that is none of the intake";
  }
  if (c.refused_at_intake == refusal::overloaded && !is_new_order(c)) {
    return "is refused as overloaded and is no new order";
  }
  return c.retry_after_ms == 0 ? "is refused without saying when to come again" : "";
}

} // namespace

void check_intake(findings& found, const record& r) {
  std::map<refused_id, int> told;
  for (const auto& e : r.events) {
    const auto* one = std::get_if<command_refused>(&e.body);
    if (one != nullptr && is_of_intake(one->code)) {
      ++told[{e.command_id, e.entity, one->code, one->retry_after_ms}];
    }
  }
  for (const auto& c : r.commands) {
    if (c.refused_at_intake == refusal::none) {
      continue;
    }
    const auto name = "The command " + c.id + " of input " + std::to_string(c.sequence);
    if (const auto fault = fault_of(c); !fault.empty()) {
      found.add(check::intake_refusal, r.number, name + " " + std::string{fault} + ".");
    }
    if (--told[{c.id, c.target, c.refused_at_intake, c.retry_after_ms}] < 0) {
      found.add(check::intake_refusal, r.number, name + " is not told that it was refused.");
    }
  }
  for (const auto& [words, left] : told) {
    if (left > 0) {
      found.add(check::intake_refusal, r.number,
                "The command " + std::string{std::get<0>(words)} +
                    " is told that the intake refused it, which is not so.");
    }
  }
}

} // namespace dispatch::audit
