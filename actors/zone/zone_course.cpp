#include "actors/entities/entity_actor.hpp"
#include "actors/support/local_time.hpp"
#include "actors/support/logging.hpp"
#include "actors/turn/snapshot.hpp"
#include "actors/zone/zone_state.hpp"
#include "messages/limits.hpp"
#include "messages/records/record_budget.hpp"
#include "messages/wire/codec.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

/// The course of a turn, from its inputs to its record.
namespace dispatch {

void zone_state::enter(zone_phase next) {
  if (!may_follow(now_in, next)) {
    throw std::logic_error("a zone does not go from " + std::string{to_string(now_in)} + " to " +
                           std::string{to_string(next)});
  }
  now_in = next;
}

/// The next step of the turn in hand. A step that has to wait returns; the message that it waits
/// for calls `advance` again. What is written, announced and remembered comes behind the append, so
/// a turn is wholly in the log or has never been.
void zone_state::advance() {
  switch (now_in) {
  case zone_phase::idle: // collect
    hand.inputs = collector->collect({waybills->desk, travel->desk, clock.is_wrong()});
    if (collector->wants_input_end()) {
      ask_where_input_ends();
    }
    if (const auto& broken = collector->broken()) {
      return halt(broken->what, cure::reopening);
    }
    if (hand.inputs.empty() && !(memory.match_due && *memory.match_due <= options.zone_now())) {
      return rest();
    }
    begin_turn();
    return advance();

  case zone_phase::deciding:
    if (deliver_round()) {
      return; // on_answer
    }
    enter(zone_phase::planning);
    return ask_for_plan(); // on_planned

  case zone_phase::planning: // propose
    if (!hand.plan.ran && hand.inputs.empty()) {
      undo_turn(); // Nothing came and nothing was due.
      enter(zone_phase::idle);
      return rest();
    }
    if (deliver_proposals()) {
      return enter(zone_phase::proposing); // on_answer
    }
    enter(zone_phase::settling);
    return advance();

  case zone_phase::settling:
    if (deliver_round()) {
      return; // on_answer
    }
    if (!build_record()) {
      return;
    }
    enter(zone_phase::appending);
    return append(); // on_appended

  case zone_phase::appending: // materialise, announce
    commit();
    enter(zone_phase::idle);
    compare_clocks();
    return wake();

  case zone_phase::closed:
  case zone_phase::proposing:
  case zone_phase::halted:
  case zone_phase::drained:
    return;
  }
}

void zone_state::begin_turn() {
  auto& inputs = hand.inputs;
  if (!inputs.decided_before) {
    const auto& time_zone = memory.policy_in_force->time_zone;
    inputs.now = std::max(memory.position.now + duration{1}, options.zone_now());
    inputs.local_offset = utc_offset(time_zone, inputs.now).value_or(std::chrono::seconds{0});
  }
  hand.began = std::chrono::steady_clock::now();
  ++hand.attempt;
  std::vector<command> commands;
  std::vector<dead_letter> dead_letters;
  for (const auto& item : inputs.items) {
    if (const auto* c = std::get_if<command>(&item)) {
      options.deciding(*c);
      commands.push_back(*c);
    } else {
      dead_letters.push_back(std::get<dead_letter>(item));
    }
  }
  hand.decisions.emplace(inputs.now, std::move(commands), std::move(dead_letters), memory.applied,
                         &memory.traces);
  enter(zone_phase::deciding);
}

void zone_state::decide_recorded(const record& recorded) {
  if (recorded.kind == record_kind::open) {
    const auto& opened = std::get<zone_opened>(std::get<zone_event>(recorded.events.front().body));
    if (opened.edition != current_edition) {
      halt("epoch " + std::to_string(recorded.epoch) + " was decided by edition " +
           std::to_string(opened.edition) + " of the rules, and this build decides by edition " +
           std::to_string(current_edition) + ": its records cannot be decided again");
      return;
    }
    auto outcome = take_over(options.settings, options.ports, &recorded);
    if (auto* failed = std::get_if<opening_failure>(&outcome)) {
      halt(failed->cause, failed->by);
      return;
    }
    install(std::move(std::get<opened_zone>(outcome)));
    return;
  }
  if (now_in != zone_phase::idle) {
    halt("a recorded turn came while another one was being decided");
    return;
  }
  turn_inputs inputs;
  inputs.now = recorded.now;
  inputs.local_offset = std::chrono::seconds{recorded.local_offset_s};
  inputs.decided_before = true;
  inputs.input_position = recorded.input_position;
  inputs.input_fingerprint = recorded.input_fingerprint;
  inputs.travel = recorded.travel;
  inputs.announced = recorded.announced;
  inputs.items.assign(recorded.commands.begin(), recorded.commands.end());
  inputs.items.insert(inputs.items.end(), recorded.dead_letters.begin(),
                      recorded.dead_letters.end());
  hand.inputs = std::move(inputs);
  begin_turn();
  advance();
}

/// False when the commands have come to rest. Otherwise entities will answer, or the turn is over.
bool zone_state::deliver_round() {
  try {
    return send_batches(hand.decisions->next_round(), false);
  } catch (const std::runtime_error& error) {
    take_back(error.what());
    return true;
  }
}

bool zone_state::deliver_proposals() {
  return send_batches(hand.decisions->propose(std::exchange(hand.plan, {})), true);
}

/// False when there are none. Otherwise entities will answer, or the zone had to halt.
bool zone_state::send_batches(std::vector<turn::batch> batches, bool tentative) {
  if (batches.empty()) {
    return false;
  }
  if (const auto actors = wake_entities(batches)) {
    for (std::size_t i = 0; i < batches.size(); ++i) {
      self->send(*(*actors)[i], deliver{hand.attempt, std::move(batches[i].items),
                                        memory.policy_in_force, tentative});
    }
  }
  return true;
}

/// The actor of each batch; those that sleep are woken. nullopt when the zone had to halt.
std::optional<std::vector<const entity_actor*>>
zone_state::wake_entities(const std::vector<turn::batch>& batches) {
  const auto number = memory.position.number + 1;
  std::vector<const entity_actor*> actors;
  std::vector<entity_ref> asleep;
  std::vector<std::size_t> index_of_asleep;
  actors.reserve(batches.size());
  for (const auto& b : batches) {
    actors.push_back(helpers.entities.use(b.target, number));
    if (actors.back() == nullptr) {
      asleep.push_back(b.target);
      index_of_asleep.push_back(actors.size() - 1);
    }
  }
  if (asleep.empty()) {
    return actors;
  }
  auto loaded = options.ports.store->load(asleep);
  if (!loaded) {
    halt("the store cannot be read: " + loaded.error().what, cure::reopening);
    return std::nullopt;
  }
  for (std::size_t i = 0; i < asleep.size(); ++i) {
    auto state = initial_state(asleep[i].kind);
    if (const auto& bytes = (*loaded)[i]) {
      auto decoded = decode_state(asleep[i].kind, *bytes);
      if (!decoded) {
        halt("the store is damaged: " + decoded.error().what);
        return std::nullopt;
      }
      state = std::move(*decoded);
    }
    auto actor = spawn_entity(self->system(), asleep[i], state);
    actors[index_of_asleep[i]] = helpers.entities.add(asleep[i], std::move(actor), number);
  }
  return actors;
}

void zone_state::on_answer(answer said) {
  if (now_in != zone_phase::deciding && now_in != zone_phase::proposing &&
      now_in != zone_phase::settling) {
    return;
  }
  auto& decisions = *hand.decisions;
  decisions.take(std::move(said));
  if (!decisions.round_complete()) {
    return;
  }
  if (!decisions.thrown().empty()) {
    take_back(decisions.thrown());
    return;
  }
  if (now_in == zone_phase::proposing) {
    for (const auto& who : decisions.finish_proposals()) {
      self->send(*helpers.entities.find(who), adopt{});
    }
    enter(zone_phase::settling);
  } else {
    decisions.finish_round();
  }
  advance();
}

void zone_state::ask_for_plan() {
  auto& decisions = *hand.decisions;
  auto used = decisions.estimated_bytes() + record_budget::margin_bytes;
  for (const auto& told : hand.inputs.travel) {
    used += record_budget::reserve(told);
  }
  const auto budget = limits::record_bytes_max - std::min(used, limits::record_bytes_max);
  self->send(helpers.dispatcher,
             plan_match{decisions.take_changes(),
                        {decisions.now(), "f" + std::to_string(memory.position.number + 1), budget,
                         hand.inputs.local_offset}});
}

void zone_state::on_planned(match_planned planned) {
  if (now_in != zone_phase::planning) {
    return;
  }
  if (planned.plan.ran) {
    auto& m = *options.metrics;
    ++m.matches;
    m.match_us_sum += planned.duration_us;
    m.failed_rules += planned.plan.failed_rules;
  }
  hand.plan = std::move(planned.plan);
  advance();
}

void zone_state::on_outlook(const match_outlook& outlook) {
  memory.match_due = outlook.next_due;
  if (!outlook.wanted.empty()) {
    want_travel(outlook.wanted);
    look_after_errands();
  }
  auto& m = *options.metrics;
  m.waiting_orders = outlook.waiting;
  m.oldest_waiting_since_us = outlook.oldest ? outlook.oldest->time_since_epoch().count() : 0;
  if (now_in == zone_phase::idle) {
    arm_for_what_is_next();
  }
}

void zone_state::ask_where_input_ends() {
  options.ports.feed->ask_last_sequence([handle = zone_actor{self}, asked_at = options.zone_now()](
                                            const result<std::uint64_t>& last) {
    // An unanswered question is asked again: nothing is known to have been applied.
    caf::anon_send(handle, last ? input_ends{*last, asked_at} : input_ends{0, timestamp{}});
  });
}

void zone_state::on_input_ends(const input_ends& message) {
  if (collector->note_input_end(message)) {
    wake();
  } else {
    self->delayed_send(self, limits::port_timeout, wake_zone{});
  }
}

void zone_state::undo_turn() {
  for (const auto& [who, touched] : hand.decisions->touched()) {
    if (const auto* actor = helpers.entities.find(who)) {
      self->send(*actor, roll_back{hand.attempt});
    }
  }
  self->send(helpers.dispatcher, unsettle_match{});
  hand.decisions.reset();
}

/// The turn has not been: it is decided again, one command at a time.
void zone_state::take_back(const std::string& cause) {
  log::error(options.subject(), "turn aborted: " + cause);
  ++options.metrics->turns_aborted;
  undo_turn();
  collector->end_attempt();
  enter(zone_phase::idle);
  if (hand.inputs.decided_before) {
    halt("a recorded turn cannot be decided again: " + cause);
    return;
  }
  collector->give_back(std::exchange(hand.inputs, {}), cause);
  self->send(self, wake_zone{});
}

} // namespace dispatch
