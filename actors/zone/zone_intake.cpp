#include "actors/domain/geohash.hpp"
#include "actors/support/logging.hpp"
#include "actors/turn/intake.hpp"
#include "actors/zone/zone_state.hpp"
#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

/// What a turn consists of: due deadlines, waybills, rider positions, the commands that came in,
/// and travel times.
namespace dispatch {

namespace {

/// A position is recorded when it leaves its cell of this precision (about 150 metres).
constexpr std::size_t position_precision = 7;

/// What one position adds to a record.
constexpr std::size_t position_bytes = 160;

/// What the dead letter says of a command that was quarantined.
constexpr auto process_died = "the process died while it was being decided";

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

bool zone_state::collect() {
  inputs = {};
  waybill_bytes = 0;
  inputs.input_position = position.input_position;
  inputs.input_fingerprint = position.input_fingerprint;
  if (care.turns > 0) {
    collect_one();
  } else {
    collect_together();
  }
  for (const auto& item : inputs.items) {
    const auto sequence = std::visit([](const auto& i) { return i.sequence; }, item);
    if (sequence > 0) {
      inputs.input_position = sequence;
      inputs.input_fingerprint = fingerprints.at(sequence);
    }
  }
  collect_travel();
  return !inputs.items.empty() || !inputs.travel.empty() || (match_due && *match_due <= zone_now());
}

void zone_state::collect_together() {
  if (one_by_one == 0) {
    collect_deadlines(limits::batch_deadlines);
    collect_waybills(limits::batch_waybills);
    collect_positions(limits::batch_positions);
  }
  collect_input(limits::batch_commands);
}

/// One command, so that the note tells which one the process died of. Positions and inputs take
/// turns, so that neither waits for the end of the other.
void zone_state::collect_one() {
  const auto positions_first = position.number % 2 == 0;
  if (again.empty()) {
    collect_deadlines(1);
    if (inputs.items.empty()) {
      collect_waybills(1);
    }
    if (inputs.items.empty() && positions_first) {
      collect_positions(1);
    }
  }
  if (inputs.items.empty()) {
    collect_input(1);
  }
  if (inputs.items.empty() && !positions_first) {
    collect_positions(1);
  }
}

/// Notes the command before it is decided. False when it must not be.
bool zone_state::attempt_alone(attempted_command what) {
  if (care.turns == 0) {
    return true;
  }
  const auto& suspect = care.suspect;
  if (suspect && suspect->source == what.source && suspect->target == what.target &&
      suspect->sequence == what.sequence) {
    what.times = suspect->times + 1;
    care.suspect.reset();
    if (what.times > limits::attempts_max) {
      return false;
    }
  }
  what.behind = position.number;
  if (auto noted = options.ports.store->write_attempted(what); !noted) {
    log::warning({options.settings.definition.name, name, {}}, noted.error().what);
  }
  attempting = true;
  return true;
}

/// The process has survived deciding.
void zone_state::end_attempt() {
  if (std::exchange(attempting, false)) {
    if (auto noted = options.ports.store->write_attempted(std::nullopt); !noted) {
      log::warning({options.settings.definition.name, name, {}}, noted.error().what);
    }
  }
}

/// A command that is not an input.
void zone_state::add_own(command c) {
  if (attempt_alone({c.source, c.target, 0, 0})) {
    inputs.items.emplace_back(std::move(c));
  } else {
    inputs.items.emplace_back(bury_own(c, "quarantined", process_died));
  }
}

void zone_state::collect_deadlines(std::size_t most) {
  const auto next = deadlines.next();
  const auto now = zone_now();
  if (!next || *next > now || options.metrics->timers_suspended) {
    return;
  }
  if (!barrier || barrier->asked_at < *next) {
    ask_where_input_ends();
    return;
  }
  if (position.input_position < barrier->sequence) {
    return; // Commands that were stored before the deadline come first.
  }
  for (auto& who : deadlines.due(barrier->asked_at, most)) {
    command c;
    c.source = command_source::deadline;
    c.target = std::move(who);
    c.at = now;
    c.body = pass_deadline_of(c.target.kind);
    add_own(std::move(c));
  }
}

void zone_state::ask_where_input_ends() {
  if (asking_for_end) {
    return;
  }
  asking_for_end = true;
  options.ports.feed->ask_last_sequence(
      [handle = zone_actor{self}, asked_at = zone_now()](const result<std::uint64_t>& last) {
        // An unanswered question is asked again: nothing is known to have been applied.
        caf::anon_send(handle, last ? input_ends{*last, asked_at} : input_ends{0, timestamp{}});
      });
}

void zone_state::on_input_ends(const input_ends& message) {
  asking_for_end = false;
  if (message.asked_at != timestamp{}) {
    barrier = message;
    options.metrics->input_last = message.sequence;
    wake();
  } else {
    self->delayed_send(self, limits::port_timeout, wake_zone{});
  }
}

void zone_state::collect_positions(std::size_t most) {
  if (position.number - settled() > limits::unannounced_records_before_positions) {
    return; // The next turn_announced or turn_written wakes the zone.
  }
  auto taken = options.ports.positions->take(most);
  if (!taken.empty()) {
    note_position_heard();
  }
  if (taken.size() == most) {
    self->send(self, wake_zone{}); // There may be more, which is not told again.
  }
  for (auto& moved : taken) {
    const auto known = positions.find(moved.rider);
    if (known == positions.end()) {
      continue; // Nobody who ever began a shift.
    }
    const auto at = options.settings.definition.clock.to_zone(moved.stored_at);
    const auto& before = known->second;
    const auto same_cell = domain::cell_of(before.at, position_precision) ==
                           domain::cell_of(moved.at, position_precision);
    if (guard.load.sheds_positions()) {
      ++options.metrics->positions_shed;
      continue;
    }
    if (at <= before.time || (same_cell && at - before.time < rules->position_freshness / 2)) {
      continue;
    }
    command c;
    c.source = command_source::position;
    c.target = {entity_kind::rider, std::move(moved.rider)};
    c.at = at;
    c.body = rider_command{record_position{moved.at}};
    add_own(std::move(c));
  }
}

/// Of a rider whose state is committed.
void zone_state::note_position(const std::string& rider, const recorded_position& now) {
  auto& known = positions[rider];
  auto& at_work = options.metrics->riders_at_work;
  if (now.at_work && !known.at_work && at_work++ == 0) {
    note_position_heard();
  } else if (!now.at_work && known.at_work) {
    --at_work;
  }
  known = now;
}

void zone_state::note_position_heard() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  options.metrics->position_heard_us = std::chrono::floor<std::chrono::microseconds>(now).count();
}

void zone_state::collect_input(std::size_t most) {
  const auto take_again = std::min(again.size(), one_by_one > 0 ? 1 : most);
  for (std::size_t i = 0; i < take_again; ++i) {
    inputs.items.push_back(std::move(again.front()));
    again.pop_front();
  }
  if (one_by_one > 0) {
    --one_by_one;
  }
  if (again.empty() && take_again == 0) {
    take_input(most);
  }
}

/// How far behind the zone is tells the oldest input that it has yet to decide. A clock that is
/// wrong tells nothing.
void zone_state::note_load(const std::vector<stored_message>& taken) {
  auto& m = *options.metrics;
  const auto now = options.ports.clock->now();
  const auto age = taken.empty() || m.timers_suspended
                       ? duration{0}
                       : std::max(now - taken.front().stored_at, duration{0});
  const auto shed_before = guard.load.sheds_new_orders();
  guard.load.note(age, now, rules->shed_after);
  m.input_age_us = age.count();
  m.sheds_positions = guard.load.sheds_positions();
  m.sheds_new_orders = guard.load.sheds_new_orders();
  if (m.sheds_new_orders != shed_before) {
    log::warning({options.settings.definition.name, name, {}},
                 shed_before ? "new orders are taken again"
                             : "new orders are refused: the zone is " +
                                   std::to_string(age / std::chrono::seconds{1}) + " s behind");
  }
}

void zone_state::take_input(std::size_t most) {
  const auto spent =
      waybill_bytes + inputs.items.size() * (limits::command_reserve_bytes + position_bytes);
  const auto left = limits::record_bytes_max - std::min(spent, limits::record_bytes_max);
  const auto count = std::min(most, left / limits::command_reserve_bytes);
  std::size_t taken = 0;
  std::size_t recorded = 0; // Bodies that are refused or buried take little of a record.
  for (std::size_t raw = 0;
       taken == 0 || (taken < count && recorded < limits::input_bytes_per_turn &&
                      raw < limits::raw_input_bytes_per_turn);) {
    auto batch = options.ports.feed->take(count - taken, limits::input_bytes_per_turn - recorded);
    if (taken == 0) {
      note_load(batch.messages);
    }
    for (const auto& message : batch.messages) {
      recorded += take_message(message);
      raw += message.body.size();
    }
    taken += batch.messages.size();
    if (batch.broken && inputs.items.empty()) { // Else the turn comes first, and is told again.
      self->send(self, halt_zone{batch.broken->what, cure::reopening});
    }
    if (batch.broken || batch.messages.empty()) {
      return;
    }
  }
}

/// The bytes that the record keeps of its body, about.
std::size_t zone_state::take_message(const stored_message& message) {
  const auto& definition = options.settings.definition;
  fingerprints.insert_or_assign(message.sequence, fingerprint(message));
  if (!attempt_alone({command_source::input, {}, message.sequence, 0})) {
    inputs.items.emplace_back(bury(message, options.settings.root,
                                   definition.clock.to_zone(message.stored_at), "quarantined",
                                   process_died));
    return limits::dead_letter_excerpt_bytes;
  }
  auto item = take_in(message, options.settings.root, definition.name, definition.clock);
  if (auto* letter = std::get_if<dead_letter>(&item)) {
    const auto subject = wire::parse_command_subject(options.settings.root, message.subject);
    guard.judge(*letter, subject ? subject->target : entity_ref{}, message, *rules);
    const auto bytes = letter->subject.size() + letter->detail.size() + letter->excerpt.size();
    inputs.items.emplace_back(std::move(*letter));
    return bytes;
  }
  auto& c = std::get<command>(item);
  if (rules->intake_per_s > 0 && c.target.kind == entity_kind::rider &&
      positions.contains(c.target.id)) {
    guard.know(c.target, c.id);
  }
  guard.judge(c, message, *rules);
  refuse_unknown_rider(c);
  // Blanks, for instance, are not kept.
  const auto bytes = message.body.size() <= limits::intake_unit_bytes
                         ? message.body.size()
                         : wire::encode_command(c.body, wire::encoding::protobuf).size();
  inputs.items.emplace_back(std::move(c));
  return bytes;
}

/// An operator's assignment to a rider who has never been here. Who comes with the same turn is
/// known to the dispatcher in time.
void zone_state::refuse_unknown_rider(command& c) const {
  const auto* of_order = std::get_if<order_command>(&c.body);
  const auto* wish = of_order != nullptr ? std::get_if<assign_order>(of_order) : nullptr;
  if (wish == nullptr || c.by.empty() || c.refused_at_intake != refusal::none ||
      positions.contains(wish->rider)) {
    return;
  }
  const entity_ref rider{entity_kind::rider, wish->rider};
  const auto comes = std::ranges::any_of(inputs.items, [&](const auto& item) {
    const auto* one = std::get_if<command>(&item);
    return one != nullptr && one->target == rider;
  });
  if (!comes) {
    c.refused_at_intake = refusal::unknown_rider;
  }
}

} // namespace dispatch
