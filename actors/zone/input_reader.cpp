#include "actors/zone/input_reader.hpp"

#include "actors/support/logging.hpp"
#include "actors/turn/intake.hpp"
#include "messages/limits.hpp"
#include "messages/records/record_budget.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace dispatch {

input_reader::input_reader(const zone_options& options, const zone_memory& memory,
                           careful_attempts& attempts)
    : options_(options), memory_(memory), attempts_(attempts) {}

void input_reader::know_senders() {
  memory_.applied.for_newest(limits::senders_looked_for,
                             [this](const applied_id& id) { guard_.know(id.target, id.id); });
}

void input_reader::read(std::size_t most, bool clock_is_wrong, turn_inputs& inputs) {
  const auto spent = inputs.waybill_bytes + inputs.items.size() * record_budget::own_command_bytes;
  const auto left = limits::record_bytes_max - std::min(spent, limits::record_bytes_max);
  const auto count = std::min(most, left / record_budget::command_bytes);
  std::size_t taken = 0;
  std::size_t recorded = 0; // Bodies that are refused or buried take little of a record.
  for (std::size_t raw = 0;
       taken == 0 || (taken < count && recorded < limits::input_bytes_per_turn &&
                      raw < limits::raw_input_bytes_per_turn);) {
    auto batch = options_.ports.feed->take(count - taken, limits::input_bytes_per_turn - recorded);
    if (taken == 0) {
      note_load(batch.messages, clock_is_wrong);
    }
    for (const auto& message : batch.messages) {
      recorded += take(message, inputs);
      raw += message.body.size();
    }
    taken += batch.messages.size();
    if (batch.broken && inputs.items.empty()) { // Else the turn comes first, and is told again.
      broken_ = batch.broken;
    }
    if (batch.broken || batch.messages.empty()) {
      return;
    }
  }
}

void input_reader::forget_committed() {
  fingerprints_.erase(fingerprints_.begin(),
                      fingerprints_.upper_bound(memory_.position.input_position));
}

/// How far behind the zone is tells the oldest input that it has yet to decide. A clock that is
/// wrong tells nothing.
void input_reader::note_load(const std::vector<stored_message>& taken, bool clock_is_wrong) {
  auto& m = *options_.metrics;
  const auto now = options_.ports.clock->now();
  const auto age = taken.empty() || clock_is_wrong
                       ? duration{0}
                       : std::max(now - taken.front().stored_at, duration{0});
  const auto shed_before = guard_.load.sheds_new_orders();
  guard_.load.note(age, now, memory_.policy_in_force->shed_after);
  m.input_age_us = age.count();
  m.sheds_positions = guard_.load.sheds_positions();
  m.sheds_new_orders = guard_.load.sheds_new_orders();
  if (guard_.load.sheds_new_orders() != shed_before) {
    log::warning(options_.subject(),
                 shed_before ? "new orders are taken again"
                             : "new orders are refused: the zone is " +
                                   std::to_string(age / std::chrono::seconds{1}) + " s behind");
  }
}

/// The bytes that the record keeps of its body, about.
std::size_t input_reader::take(const stored_message& message, turn_inputs& inputs) {
  const auto& definition = options_.settings.definition;
  const auto& root = options_.settings.root;
  const auto& policy = *memory_.policy_in_force;
  fingerprints_.insert_or_assign(message.sequence, fingerprint(message));
  if (!attempts_.attempt({command_source::input, {}, message.sequence, 0},
                         memory_.position.number)) {
    inputs.items.emplace_back(bury(message, root, definition.clock.to_zone(message.stored_at),
                                   "quarantined", process_died));
    return limits::dead_letter_excerpt_bytes;
  }
  auto item = take_in(message, root, definition.name, definition.clock);
  if (auto* letter = std::get_if<dead_letter>(&item)) {
    const auto subject = wire::parse_command_subject(root, message.subject);
    guard_.judge(*letter, subject ? subject->target : entity_ref{}, message, policy);
    const auto bytes = letter->subject.size() + letter->detail.size() + letter->excerpt.size();
    inputs.items.emplace_back(std::move(*letter));
    return bytes;
  }
  auto& c = std::get<command>(item);
  if (policy.intake_per_s > 0 && c.target.kind == entity_kind::rider &&
      memory_.positions.knows(c.target.id)) {
    guard_.know(c.target, c.id);
  }
  guard_.judge(c, message, policy);
  refuse_unknown_rider(c, inputs);
  // Blanks, for instance, are not kept.
  const auto bytes = message.body.size() <= limits::intake_unit_bytes
                         ? message.body.size()
                         : wire::encode_command(c.body, wire::encoding::protobuf).size();
  inputs.items.emplace_back(std::move(c));
  return bytes;
}

/// An operator's assignment to a rider who has never been here. Who comes with the same turn is
/// known to the dispatcher in time.
void input_reader::refuse_unknown_rider(command& c, const turn_inputs& inputs) const {
  const auto* of_order = std::get_if<order_command>(&c.body);
  const auto* wish = of_order != nullptr ? std::get_if<assign_order>(of_order) : nullptr;
  if (wish == nullptr || c.by.empty() || c.refused_at_intake != refusal::none ||
      memory_.positions.knows(wish->rider)) {
    return;
  }
  const entity_ref rider{entity_kind::rider, wish->rider};
  const auto comes = std::ranges::any_of(inputs.items, [&](const auto& item) {
    const auto* other = std::get_if<command>(&item);
    return other != nullptr && other->target == rider;
  });
  if (!comes) {
    c.refused_at_intake = refusal::unknown_rider;
  }
}

} // namespace dispatch
