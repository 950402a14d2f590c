#include "actors/entities/entity_actor.hpp"
#include "actors/support/local_time.hpp"
#include "actors/support/logging.hpp"
#include "actors/turn/intake.hpp"
#include "actors/turn/snapshot.hpp"
#include "actors/zone/zone_state.hpp"
#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

/// The course of a turn, from its inputs to the plan of the dispatcher.
namespace dispatch {

namespace {

/// Room left in a record for what surrounds commands, events and decisions.
constexpr std::size_t record_margin_bytes = 16 * 1024;

} // namespace

void zone_state::begin_turn() {
  turn_began = std::chrono::steady_clock::now();
  inputs.now = std::max(position.now + duration{1}, zone_now());
  inputs.local_offset = utc_offset(rules->time_zone, inputs.now).value_or(std::chrono::seconds{0});
  start_current();
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
  if (now_in != phase::idle) {
    halt("a recorded turn came while another one was being decided");
    return;
  }
  inputs = {};
  inputs.now = recorded.now;
  inputs.local_offset = std::chrono::seconds{recorded.local_offset_s};
  inputs.decided_before = true;
  inputs.input_position = recorded.input_position;
  inputs.input_fingerprint = recorded.input_fingerprint;
  inputs.travel = recorded.travel;
  inputs.announced = recorded.announced;
  for (const auto& c : recorded.commands) {
    inputs.items.emplace_back(c);
  }
  for (const auto& letter : recorded.dead_letters) {
    inputs.items.emplace_back(letter);
  }
  start_current();
}

void zone_state::start_current() {
  ++attempt;
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
  current.emplace(inputs.now, std::move(commands), std::move(dead_letters), applied, &traces);
  next_round();
}

void zone_state::next_round() {
  std::vector<turn::batch> batches;
  try {
    batches = current->next_round();
  } catch (const std::runtime_error& error) {
    abort_turn(error.what());
    return;
  }
  if (batches.empty()) {
    if (now_in == phase::proposing) {
      build_record();
    } else {
      plan();
    }
    return;
  }
  if (now_in != phase::proposing) {
    now_in = phase::rounds;
  }
  send_batches(std::move(batches), false);
}

/// The actor of each batch; those that sleep are woken. nullopt when the zone had to halt.
std::optional<std::vector<const entity_actor*>>
zone_state::wake_entities(const std::vector<turn::batch>& batches) {
  const auto number = position.number + 1;
  std::vector<const entity_actor*> actors;
  std::vector<entity_ref> asleep;
  std::vector<std::size_t> index_of_asleep;
  actors.reserve(batches.size());
  for (const auto& b : batches) {
    actors.push_back(entities.use(b.target, number));
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
    actors[index_of_asleep[i]] = entities.add(asleep[i], std::move(actor), number);
  }
  return actors;
}

void zone_state::send_batches(std::vector<turn::batch> batches, bool tentative) {
  const auto actors = wake_entities(batches);
  if (!actors) {
    return;
  }
  for (std::size_t i = 0; i < batches.size(); ++i) {
    self->send(*(*actors)[i], deliver{attempt, std::move(batches[i].items), rules, tentative});
  }
}

void zone_state::on_answer(answer said) {
  if (now_in != phase::rounds && now_in != phase::proposing) {
    return;
  }
  const auto tentative_round = now_in == phase::proposing && current->proposing();
  current->take(std::move(said));
  if (!current->round_complete()) {
    return;
  }
  if (!current->thrown().empty()) {
    abort_turn(current->thrown());
    return;
  }
  if (tentative_round) {
    for (const auto& who : current->finish_proposals()) {
      self->send(*entities.find(who), adopt{});
    }
  } else {
    current->finish_round();
  }
  next_round();
}

void zone_state::plan() {
  now_in = phase::planning;
  auto used = current->estimated_bytes() + record_margin_bytes;
  for (const auto& one : inputs.travel) {
    used += one.order.size() + one.times.size() * limits::travel_time_bytes;
  }
  const auto budget = limits::record_bytes_max - std::min(used, limits::record_bytes_max);
  self->send(dispatcher,
             plan_match{current->take_changes(), current->now(),
                        "f" + std::to_string(position.number + 1), budget, inputs.local_offset});
}

void zone_state::on_planned(match_planned planned) {
  if (now_in != phase::planning) {
    return;
  }
  auto& m = *options.metrics;
  if (planned.plan.ran) {
    ++m.matches;
    m.match_us_sum += planned.duration_us;
    m.failed_rules += planned.plan.failed_rules;
  } else if (inputs.items.empty() && inputs.travel.empty() && !inputs.decided_before) {
    // Nothing came and nothing was due: there is no turn.
    undo_turn();
    now_in = phase::idle;
    arm_for_what_is_next();
    if (waybills.has_ready() || travel->has_ready()) {
      self->send(self, wake_zone{});
    }
    return;
  }
  now_in = phase::proposing;
  auto batches = current->propose(std::move(planned.plan));
  if (batches.empty()) {
    next_round();
    return;
  }
  send_batches(std::move(batches), true);
}

void zone_state::on_outlook(const match_outlook& outlook) {
  match_due = outlook.next_due;
  want_travel(outlook.wanted);
  auto& m = *options.metrics;
  m.waiting_orders = outlook.waiting;
  m.oldest_waiting_since_us = outlook.oldest ? outlook.oldest->time_since_epoch().count() : 0;
  if (now_in == phase::idle) {
    arm_for_what_is_next();
  }
}

void zone_state::undo_turn() {
  for (const auto& [who, touched] : current->touched()) {
    if (const auto* actor = entities.find(who)) {
      self->send(*actor, roll_back{attempt});
    }
  }
  self->send(dispatcher, unsettle_match{});
  current.reset();
}

/// The dead letter of a command whose message is not at hand. A deadline is not tried again.
dead_letter zone_state::bury_own(const command& c, std::string reason, const std::string& cause) {
  if (c.source == command_source::deadline) {
    without_deadline.insert(c.target);
    deadlines.set(c.target, std::nullopt);
  }
  stored_message message;
  message.sequence = c.sequence;
  message.subject = std::string{to_string(c.target.kind)} + "." + c.target.id;
  return bury(message, options.settings.root, c.at, std::move(reason), cause);
}

void zone_state::abort_turn(const std::string& cause) {
  log::error({options.settings.definition.name, name, {}}, "turn aborted: " + cause);
  ++options.metrics->turns_aborted;
  undo_turn();
  end_attempt();
  now_in = phase::idle;
  if (inputs.decided_before) {
    halt("a recorded turn cannot be decided again: " + cause);
    return;
  }
  if (inputs.items.size() == 1) {
    // It throws alone: it is the culprit.
    if (const auto* c = std::get_if<command>(&inputs.items.front())) {
      again.emplace_front(bury_own(*c, "poison", cause));
      ++one_by_one;
    }
  } else {
    one_by_one += inputs.items.size();
    again.insert(again.begin(), std::make_move_iterator(inputs.items.begin()),
                 std::make_move_iterator(inputs.items.end()));
  }
  self->send(self, wake_zone{});
}

} // namespace dispatch
