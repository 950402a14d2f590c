#include "actors/zone/turn_collector.hpp"

#include "actors/support/logging.hpp"
#include "actors/turn/intake.hpp"
#include "messages/limits.hpp"
#include "messages/records/record_budget.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace dispatch {

namespace {

command_body pass_deadline_of(entity_kind kind) {
  switch (kind) {
  case entity_kind::order:
    return order_command{pass_deadline{}};
  case entity_kind::station:
    return station_command{pass_deadline{}};
  default:
    return rider_command{pass_deadline{}};
  }
}

} // namespace

turn_collector::turn_collector(const zone_options& options, zone_memory& memory)
    : options_(options), memory_(memory),
      attempts_(options.ports.store,
                [&options](const std::string& fault) { log::warning(options.subject(), fault); }),
      input_(options, memory, attempts_) {}

void turn_collector::begin(caution care) {
  input_.know_senders();
  if (care.turns > 0) {
    log::warning(options_.subject(),
                 "owners of the zone got no further in its input: the next " +
                     std::to_string(care.turns) + " commands are decided one at a time" +
                     (care.suspect ? "; a process ended while it decided one of them" : ""));
  }
  attempts_.begin(std::move(care));
  options_.metrics->careful = is_careful();
}

turn_inputs turn_collector::collect(const turn_sources& from) {
  inputs_ = {};
  has_more_ = false;
  inputs_.input_position = memory_.position.input_position;
  inputs_.input_fingerprint = memory_.position.input_fingerprint;
  if (is_careful()) {
    collect_one(from);
  } else {
    collect_together(from);
  }
  for (const auto& item : inputs_.items) {
    const auto sequence = std::visit([](const auto& i) { return i.sequence; }, item);
    if (sequence > 0) {
      inputs_.input_position = sequence;
      inputs_.input_fingerprint = input_.fingerprint_of(sequence);
    }
  }
  inputs_.travel = !again_.travel.empty() ? std::exchange(again_.travel, {})
                                          : from.travel.take(limits::batch_travel_answers,
                                                             limits::travel_times_per_turn);
  return std::exchange(inputs_, {});
}

void turn_collector::collect_together(const turn_sources& from) {
  if (again_.one_by_one == 0) {
    collect_deadlines(limits::batch_deadlines, from.clock_is_wrong);
    collect_waybills(limits::batch_waybills, from.waybills);
    collect_positions(limits::batch_positions);
  }
  collect_input(limits::batch_commands, from.clock_is_wrong);
}

/// One command, so that the note tells which one the process died of. Positions and inputs take
/// turns, so that neither waits for the end of the other.
void turn_collector::collect_one(const turn_sources& from) {
  const auto positions_first = memory_.position.number % 2 == 0;
  if (again_.items.empty()) {
    collect_deadlines(1, from.clock_is_wrong);
    if (inputs_.items.empty()) {
      collect_waybills(1, from.waybills);
    }
    if (inputs_.items.empty() && positions_first) {
      collect_positions(1);
    }
  }
  if (inputs_.items.empty()) {
    collect_input(1, from.clock_is_wrong);
  }
  if (inputs_.items.empty() && !positions_first) {
    collect_positions(1);
  }
}

/// A command that is not an input.
void turn_collector::add(command own) {
  if (attempts_.attempt({own.source, own.target, 0, 0}, memory_.position.number)) {
    inputs_.items.emplace_back(std::move(own));
  } else {
    inputs_.items.emplace_back(bury_own(own, "quarantined", process_died));
  }
}

void turn_collector::collect_deadlines(std::size_t most, bool clock_is_wrong) {
  const auto next = memory_.deadlines.next();
  const auto now = options_.zone_now();
  if (!next || *next > now || clock_is_wrong) {
    return;
  }
  const auto& end = barrier_.known;
  if (!end || end->asked_at < *next) {
    barrier_.wanted = !std::exchange(barrier_.asking, true);
    return;
  }
  if (memory_.position.input_position < end->sequence) {
    return; // Commands that were stored before the deadline come first.
  }
  for (auto& who : memory_.deadlines.due(end->asked_at, most)) {
    command c;
    c.source = command_source::deadline;
    c.target = std::move(who);
    c.at = now;
    c.body = pass_deadline_of(c.target.kind);
    add(std::move(c));
  }
}

bool turn_collector::note_input_end(const input_ends& message) {
  barrier_.asking = false;
  if (message.asked_at == timestamp{}) {
    return false;
  }
  barrier_.known = message;
  options_.metrics->input_last = message.sequence;
  return true;
}

void turn_collector::collect_waybills(std::size_t most, waybill_desk& from) {
  for (auto& one :
       from.take(most, limits::waybill_bytes_per_turn / record_budget::waybill_copies)) {
    inputs_.waybill_bytes += record_budget::waybill_copies * one.waybill.document.size();
    command c;
    c.source = command_source::signer;
    c.target = {entity_kind::order, std::move(one.order)};
    c.at = options_.zone_now();
    c.trace = std::move(one.trace);
    c.body = order_command{attach_waybill{std::move(one.waybill)}};
    add(std::move(c));
  }
}

void turn_collector::collect_positions(std::size_t most) {
  if (memory_.unsettled() > limits::unannounced_records_before_positions) {
    return; // The next turn_announced or turn_written wakes the zone.
  }
  auto taken = options_.ports.positions->take(most);
  if (!taken.empty()) {
    note_position_heard(*options_.metrics);
  }
  has_more_ = taken.size() == most;
  for (auto& moved : taken) {
    const auto* known = memory_.positions.find(moved.rider);
    if (known == nullptr) {
      continue; // Nobody who ever began a shift.
    }
    if (input_.sheds_positions()) {
      ++options_.metrics->positions_shed;
      continue;
    }
    const auto at = options_.settings.definition.clock.to_zone(moved.stored_at);
    if (!is_worth_recording(*known, moved.at, at, memory_.policy_in_force->position_freshness)) {
      continue;
    }
    command c;
    c.source = command_source::position;
    c.target = {entity_kind::rider, std::move(moved.rider)};
    c.at = at;
    c.body = rider_command{record_position{moved.at}};
    add(std::move(c));
  }
}

void turn_collector::collect_input(std::size_t most, bool clock_is_wrong) {
  auto& [items, one_by_one, travel] = again_;
  const auto take_again = std::min(items.size(), one_by_one > 0 ? 1 : most);
  for (std::size_t i = 0; i < take_again; ++i) {
    inputs_.items.push_back(std::move(items.front()));
    items.pop_front();
  }
  if (one_by_one > 0) {
    --one_by_one;
  }
  if (items.empty() && take_again == 0) {
    input_.read(most, clock_is_wrong, inputs_);
  }
}

/// The dead letter of a command whose message is not at hand. A deadline is not tried again.
dead_letter turn_collector::bury_own(const command& own, std::string reason,
                                     const std::string& cause) {
  if (own.source == command_source::deadline) {
    memory_.deadlines.give_up(own.target);
  }
  stored_message message;
  message.sequence = own.sequence;
  message.subject = std::string{to_string(own.target.kind)} + "." + own.target.id;
  return bury(message, options_.settings.root, own.at, std::move(reason), cause);
}

void turn_collector::give_back(turn_inputs aborted, const std::string& cause) {
  auto& [items, one_by_one, travel] = again_;
  travel = std::move(aborted.travel);
  if (aborted.items.size() == 1) {
    // It throws alone: it is the culprit.
    if (const auto* culprit = std::get_if<command>(&aborted.items.front())) {
      items.emplace_front(bury_own(*culprit, "poison", cause));
      ++one_by_one;
    }
  } else {
    one_by_one += aborted.items.size();
    items.insert(items.begin(), std::make_move_iterator(aborted.items.begin()),
                 std::make_move_iterator(aborted.items.end()));
  }
}

void turn_collector::note_committed(const turn_inputs& committed) {
  input_.forget_committed();
  if (!committed.items.empty() && attempts_.turn_passed()) {
    log::info(options_.subject(), "commands are decided together again");
  }
  options_.metrics->careful = is_careful();
}

} // namespace dispatch
