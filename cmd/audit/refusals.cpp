#include "cmd/audit/refusals.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <variant>

namespace dispatch::audit {

void refusal_check::apply(const record& r) {
  check_commands(r);
  for (const auto& e : r.events) {
    if (const auto* of_order = std::get_if<order_event>(&e.body)) {
      follow(r.number, e.entity.id, *of_order);
    }
  }
}

/// An id that several commands of the record have tells nothing: one of them may have had an
/// effect.
void refusal_check::check_commands(const record& r) {
  std::map<std::string_view, int> uses;
  for (const auto& c : r.commands) {
    if (c.source == command_source::input) {
      ++uses[c.id];
    }
  }
  for (const auto& refused : r.events) {
    const auto used = uses.find(refused.command_id);
    if (!std::holds_alternative<command_refused>(refused.body) || used == uses.end() ||
        used->second != 1) {
      continue;
    }
    const auto other = std::ranges::find_if(r.events, [&](const event& e) {
      return &e != &refused && e.command_id == refused.command_id;
    });
    if (other != r.events.end()) {
      found_.add(check::refusal_effect, r.number,
                 "Command " + refused.command_id + " is refused, and " +
                     std::string{to_string(other->entity.kind)} + " " + other->entity.id + " is " +
                     std::string{event_name(other->body)} + " because of it.");
    }
  }
}

void refusal_check::follow(std::uint64_t number, const std::string& order,
                           const order_event& body) {
  if (const auto* left = std::get_if<order_unassigned>(&body)) {
    if (left->reason == unassign_reason::reassigned) {
      taken_from_.insert_or_assign(order, left->rider);
    }
  } else if (const auto* refused = std::get_if<order_assignment_refused>(&body)) {
    if (const auto had = taken_from_.find(order); had != taken_from_.end()) {
      found_.add(check::refusal_effect, number,
                 "Order " + order + " is not assigned to rider " + refused->rider + " (" +
                     refused->reason + "), and has been taken from rider " + had->second +
                     " for it.");
      taken_from_.erase(had);
    }
  } else if (std::holds_alternative<order_assigned>(body) ||
             std::holds_alternative<order_cancelled>(body) ||
             std::holds_alternative<order_undeliverable>(body)) {
    taken_from_.erase(order);
  }
}

} // namespace dispatch::audit
