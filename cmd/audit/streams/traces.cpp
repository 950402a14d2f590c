#include "cmd/audit/streams/traces.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace dispatch::audit {

namespace {

std::string name_of(const event& e) {
  return std::string{event_name(e.body)} + " of " + std::string{to_string(e.entity.kind)} + " " +
         e.entity.id;
}

bool had_effect(const record& r, const command& c) {
  return std::ranges::any_of(r.events, [&](const event& e) {
    return e.command_id == c.id && e.entity == c.target &&
           !std::holds_alternative<command_refused>(e.body) &&
           !std::holds_alternative<command_repeated>(e.body);
  });
}

} // namespace

void trace_check::apply(const record& r) {
  check_named(r);
  note_commands(r);
  for (const auto& e : r.events) {
    note_assignment(r, e);
    if (e.command_id.empty()) {
      check_dispatched(r, e);
    }
    check_waybill(r, e);
  }
  for (const auto& e : r.events) {
    const auto name = event_name(e.body);
    if (e.entity.kind == entity_kind::order &&
        (name == "delivered" || name == "cancelled" || name == "undeliverable" ||
         name == "returned" || name == "written_off")) {
      forget(e.entity.id);
    }
  }
}

/// The same id may come twice in a record, with two traces.
void trace_check::check_named(const record& r) {
  std::map<std::string_view, traces> of_commands;
  for (const auto& c : r.commands) {
    if (c.source == command_source::input) {
      of_commands[c.id].insert(c.trace);
    }
  }
  for (const auto& e : r.events) {
    const auto cause = of_commands.find(e.command_id);
    if (cause != of_commands.end() && !cause->second.contains(e.trace)) {
      found_.add(check::trace, r.number,
                 "Event " + name_of(e) + " has trace \"" + e.trace + "\", and command " +
                     e.command_id + " has another one.");
    }
  }
}

void trace_check::note_commands(const record& r) {
  in_record_.clear();
  of_riders_.clear();
  swaps_.clear();
  for (const auto& c : r.commands) {
    if (c.source != command_source::input || c.trace.empty() || !had_effect(r, c)) {
      continue;
    }
    if (c.target.kind == entity_kind::order) {
      in_record_[c.target.id].insert(c.trace);
      of_orders_[c.target.id].insert(c.trace);
    } else if (c.target.kind == entity_kind::rider) {
      of_riders_.insert(c.trace);
    }
  }
  for (const auto& e : r.events) {
    if (const auto* of_order = std::get_if<order_event>(&e.body)) {
      if (const auto* swap = std::get_if<order_swap_offered>(of_order)) {
        swaps_.insert(swap->offer);
      }
    }
  }
}

void trace_check::check_dispatched(const record& r, const event& e) {
  if (const auto* of_order = std::get_if<order_event>(&e.body)) {
    if (std::holds_alternative<order_offered>(*of_order) ||
        std::holds_alternative<order_assigned>(*of_order) ||
        std::holds_alternative<order_assignment_refused>(*of_order)) {
      check_one_of(r, e, {e.entity.id});
    }
  } else if (const auto* of_rider = std::get_if<rider_event>(&e.body)) {
    if (const auto* received = std::get_if<offer_received>(of_rider)) {
      if (!swaps_.contains(received->offer.id)) {
        check_one_of(r, e, received->offer.orders);
      }
    } else if (const auto* extended = std::get_if<route_extended>(of_rider)) {
      check_one_of(r, e, extended->orders);
    }
  }
}

void trace_check::check_one_of(const record& r, const event& e,
                               const std::vector<std::string>& orders) {
  traces good;
  for (const auto& order : orders) {
    if (!in_record_.contains(order)) {
      return;
    }
    good.insert(of_orders_[order].begin(), of_orders_[order].end());
  }
  good.insert(of_riders_.begin(), of_riders_.end());
  if (!good.contains(e.trace)) {
    found_.add(check::trace, r.number,
               "Event " + name_of(e) + " has trace \"" + e.trace +
                   "\", and follows from a command of the same record that has another one.");
  }
}

void trace_check::note_assignment(const record& r, const event& e) {
  const auto* of_order = std::get_if<order_event>(&e.body);
  if (of_order == nullptr || !std::holds_alternative<order_assigned>(*of_order)) {
    return;
  }
  assignment made{r.epoch, !e.trace.empty() || in_record_.contains(e.entity.id), {}};
  if (!e.trace.empty()) {
    made.good.insert(e.trace);
  }
  if (const auto known = of_orders_.find(e.entity.id); known != of_orders_.end()) {
    made.good.insert(known->second.begin(), known->second.end());
  }
  assignments_.insert_or_assign(e.entity.id, std::move(made));
}

void trace_check::check_waybill(const record& r, const event& e) {
  std::string order;
  if (const auto* of_order = std::get_if<order_event>(&e.body)) {
    order = std::holds_alternative<waybill_issued>(*of_order) ? e.entity.id : std::string{};
  } else if (const auto* of_rider = std::get_if<rider_event>(&e.body)) {
    const auto* received = std::get_if<waybill_received>(of_rider);
    order = received != nullptr ? received->order : std::string{};
  }
  const auto made = assignments_.find(order);
  if (made == assignments_.end() || !made->second.traced) {
    return;
  }
  if (!made->second.good.contains(e.trace) && (!e.trace.empty() || made->second.epoch == r.epoch)) {
    found_.add(check::trace, r.number,
               "Event " + name_of(e) + " has trace \"" + e.trace +
                   "\", and the assignment that it follows from has another one.");
  }
}

void trace_check::forget(const std::string& order) {
  of_orders_.erase(order);
  assignments_.erase(order);
}

} // namespace dispatch::audit
