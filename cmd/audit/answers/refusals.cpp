#include "cmd/audit/answers/refusals.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <variant>

namespace dispatch::audit {

namespace {

bool counts_a_code(const event& e) {
  const auto* of_rider = std::get_if<rider_event>(&e.body);
  const auto* of_order = std::get_if<order_event>(&e.body);
  return (of_rider != nullptr && std::holds_alternative<wrong_code_given>(*of_rider)) ||
         (of_order != nullptr && std::holds_alternative<order_wrong_code_counted>(*of_order));
}

bool refuses_a_code(const event& e) {
  const auto* refused = std::get_if<command_refused>(&e.body);
  return refused != nullptr && refused->code == refusal::wrong_code;
}

} // namespace

void refusal_check::apply(const record& r) {
  check_commands(r);
  check_codes(r);
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
      return &e != &refused && e.command_id == refused.command_id &&
             !(refuses_a_code(refused) && counts_a_code(e));
    });
    if (other != r.events.end()) {
      found_.add(check::refusal_effect, r.number,
                 "Command " + refused.command_id + " is refused, and " +
                     std::string{to_string(other->entity.kind)} + " " + other->entity.id + " is " +
                     std::string{event_name(other->body)} + " because of it.");
    }
  }
}

void refusal_check::check_codes(const record& r) {
  for (const auto& e : r.events) {
    const auto is_refused = [&](const event& other) {
      return refuses_a_code(other) && other.command_id == e.command_id;
    };
    if (counts_a_code(e) && std::ranges::none_of(r.events, is_refused)) {
      found_.add(check::refusal_effect, r.number,
                 "A wrong code is counted for " + std::string{to_string(e.entity.kind)} + " " +
                     e.entity.id + ", and no command is refused for it.");
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
