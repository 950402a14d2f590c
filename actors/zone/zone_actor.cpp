#include "actors/zone/zone_actor.hpp"

#include "actors/domain/rules.hpp"
#include "actors/entities/dispatcher_actor.hpp"
#include "actors/output/announcer_actor.hpp"
#include "actors/output/store_actor.hpp"
#include "actors/support/local_time.hpp"
#include "actors/support/logging.hpp"
#include "actors/zone/zone_state.hpp"
#include "messages/limits.hpp"

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/system_messages.hpp>

#include <algorithm>
#include <utility>

namespace dispatch {

namespace {

using namespace std::chrono_literals;

constexpr auto reopen_after = 1s;

} // namespace

timestamp zone_state::zone_now() const {
  return options.settings.definition.clock.to_zone(options.ports.clock->now());
}

void zone_state::open() {
  if (now_in != phase::closed) {
    return;
  }
  if (options.scripted) {
    return; // The recorded OPEN will come.
  }
  auto outcome = take_over(options.settings, options.ports);
  if (auto* failed = std::get_if<opening_failure>(&outcome)) {
    const log::about subject{options.settings.definition.name, name, {}};
    if (failed->permanent) {
      halt(failed->cause, failed->by);
      return;
    }
    log::warning(subject, "cannot open the zone yet: " + failed->cause);
    self->delayed_send(self, reopen_after, open_zone{});
    return;
  }
  install(std::move(std::get<opened_zone>(outcome)));
  take_care();

  const auto notify = [handle = zone_actor{self}] { caf::anon_send(handle, wake_zone{}); };
  options.ports.positions->start(notify);
  options.ports.feed->start(position.input_position, notify);
  wake();
}

/// After owners who died before they committed anything.
void zone_state::take_care() {
  care = look_for_deaths(*options.ports.store, position);
  options.metrics->careful = care.turns > 0;
  if (care.turns > 0) {
    log::warning({options.settings.definition.name, name, {}},
                 "owners of the zone got no further in its input: the next " +
                     std::to_string(care.turns) + " commands are decided one at a time" +
                     (care.suspect ? "; a process ended while it decided one of them" : ""));
  }
}

void zone_state::install(opened_zone opened) {
  position = opened.position;
  use_rules(std::move(opened.rules));
  written = position.number;
  const auto& out = opened.announcing;
  announced = out.last.number == 0 ? 0 : out.last.number - 1;
  last_announced = {out.last.number, out.last.index, out.out_sequence};
  applied = std::move(opened.applied);
  traces = {};
  applied.for_newest(limits::senders_looked_for,
                     [this](const applied_id& id) { guard.know(id.target, id.id); });
  positions = std::move(opened.positions);
  options.metrics->riders_at_work = static_cast<std::uint64_t>(
      std::ranges::count_if(positions, [](const auto& rider) { return rider.second.at_work; }));
  note_position_heard();
  deadlines = std::move(opened.deadlines);
  entities = {};
  match_due = opened.dispatcher->next_due();
  auto& system = self->system();
  dispatcher = spawn_dispatcher(system, std::move(opened.dispatcher));
  announcer = spawn_announcer(system, opened.announcing, options.ports.sink, self);
  writer = spawn_store(system, options.settings.definition.name, options.ports.store, self);
  self->link_to(dispatcher);
  self->link_to(announcer);
  self->link_to(writer);
  self->send(announcer, announce_turns{std::move(opened.unannounced)});
  if (options.ports.signer && !options.scripted) {
    for (const auto& [id, state] : opened.wanting_waybills) {
      want_waybill(id, *state, {});
    }
    ask_signer();
  }
  now_in = phase::idle;
  judge_clock(opened.clock_offset);

  auto& m = *options.metrics;
  m.epoch = position.epoch;
  m.input_position = position.input_position;
  m.committed_record = position.number;
  m.materialised_record = written;
  m.running = true;
  log::info({options.settings.definition.name, name, {}},
            "zone opened: epoch " + std::to_string(position.epoch) + ", record " +
                std::to_string(position.number) + ", input position " +
                std::to_string(position.input_position));
}

void zone_state::use_rules(std::shared_ptr<const policy> next) {
  rules = std::move(next);
  options.metrics->policy_version = rules->version;
  const auto& clock = options.settings.definition.clock;
  const auto fresh_until = clock.to_wall(timestamp{} + rules->position_freshness);
  options.metrics->position_freshness_us = (fresh_until - clock.to_wall(timestamp{})).count();
  if (!rules->routed) {
    options.metrics->travel_engine_out = false;
  }
  const log::about subject{options.settings.definition.name, name, {}};
  if (!is_time_zone(rules->time_zone)) {
    log::warning(subject, "the time zone " + rules->time_zone +
                              " is not known here, local time is UTC: install tzdata");
  }
  if (const auto fault = domain::rule_set{rules->rules}.fault()) {
    log::warning(subject, "policy version " + std::to_string(rules->version) +
                              ": a rule never applies: " + *fault);
  }
}

/// Compares the clock with the server's, just after the server stored a record.
void zone_state::check_clock() {
  const auto now = options.ports.clock->now();
  const auto next = clock_checked ? *clock_checked + limits::clock_check_interval : now;
  if (now >= next || now < *clock_checked) {
    clock_checked = now;
    judge_clock(clock_offset(options.ports));
  }
}

void zone_state::judge_clock(std::optional<duration> offset) {
  if (!offset) {
    return;
  }
  const auto suspended = std::chrono::abs(*offset) > limits::clock_offset_max;
  if (suspended != options.metrics->timers_suspended.exchange(suspended)) {
    const auto seconds = std::to_string(std::chrono::duration<double>(*offset).count());
    log::warning({options.settings.definition.name, name, {}},
                 suspended ? "deadlines are suspended: this clock is " + seconds +
                                 " s ahead of the server's; set it right"
                           : "deadlines go on: the clock is right again");
  }
}

void zone_state::wake() {
  if (now_in != phase::idle || options.scripted) {
    return;
  }
  if (!draining.empty()) {
    finish_drain();
    return;
  }
  if (position.number - settled() > limits::unannounced_records_max) {
    return; // The next turn_announced or turn_written wakes the zone.
  }
  if (collect()) {
    begin_turn();
    return;
  }
  arm_for_what_is_next();
}

void zone_state::arm_for_what_is_next() {
  if (match_due) {
    arm(*match_due);
  }
  // A deadline that has passed waits for an answer about the input stream, or for input.
  if (const auto next = deadlines.next(); next && *next > zone_now()) {
    arm(*next);
  }
}

void zone_state::arm(timestamp due) {
  const auto now = zone_now();
  if (armed_until && *armed_until <= due && *armed_until > now) {
    return;
  }
  const auto& clock = options.settings.definition.clock;
  const auto wall = clock.to_wall(std::max(due, now)) - clock.to_wall(now);
  armed_until = std::max(due, now);
  self->delayed_send(self, std::max<duration>(wall, 1ms), wake_zone{});
}

void zone_state::halt(const std::string& cause, cure by) {
  if (now_in == phase::halted) {
    return;
  }
  const log::about subject{options.settings.definition.name, name, {}};
  if (by == cure::ownership) {
    log::warning(subject, "zone given up: " + cause);
  } else {
    log::error(subject, "zone halted: " + cause);
  }
  now_in = phase::halted;
  end_attempt();
  options.metrics->running = false;
  options.metrics->halted = by != cure::ownership;
  options.ports.feed->stop();
  options.ports.positions->stop();
  entities = {};
  options.on_halted(cause, by);
  finish_drain();
}

caf::result<drained> zone_state::drain() {
  auto promise = self->make_response_promise<drained>();
  draining.push_back(promise);
  options.ports.feed->stop();
  options.ports.positions->stop();
  finish_drain();
  return promise;
}

void zone_state::finish_drain() {
  const auto at_rest = now_in == phase::halted || now_in == phase::closed ||
                       (now_in == phase::idle && settled() >= position.number);
  if (draining.empty() || !at_rest) {
    return;
  }
  if (now_in == phase::idle && last_announced.number > 0) {
    (void)options.ports.store->write_announced(last_announced);
  }
  tell_drained();
  now_in = phase::halted;
  options.metrics->running = false;
}

void zone_state::tell_drained() {
  for (auto& promise : std::exchange(draining, {})) {
    promise.deliver(drained{});
  }
}

void zone_state::on_written(std::uint64_t number) {
  written = number;
  options.metrics->materialised_record = number;
  entities.passivate(limits::actors_max, written);
  options.metrics->actors = entities.size();
  if (now_in == phase::idle) {
    wake();
  }
}

/// Number of the last record that the store holds and of which all events are out.
std::uint64_t zone_state::settled() const { return std::min(written, announced); }

void zone_state::on_announced(const turn_announced& message) {
  announced = std::max(announced, message.number);
  last_announced = message.last;
  options.metrics->announced_record = announced;
  self->send(writer, note_announced{message.last});
  if (now_in == phase::idle) {
    wake();
  }
}

namespace {

zone_actor::behavior_type zone_behavior(zone_state::self_pointer self,
                                        const zone_options& options) {
  auto& state = self->state;
  state.options = options;
  state.self = self;
  state.travel = std::make_unique<travel_desk>(options.ports.travel != nullptr);
  self->set_exception_handler([self](const std::exception_ptr& pointer) -> caf::error {
    auto cause = std::string{"unknown exception"};
    try {
      std::rethrow_exception(pointer);
    } catch (const std::exception& error) {
      cause = error.what();
    } catch (...) {
    }
    self->state.halt("broken invariant: " + cause, cure::reopening);
    return caf::exit_reason::user_shutdown;
  });
  // The helpers end with the zone. One that ends by itself has broken an invariant.
  self->set_exit_handler([self](const caf::exit_msg& message) {
    const auto& source = message.source;
    auto& zone = self->state;
    if (source == self->address()) {
      zone.tell_drained();
      self->quit(message.reason);
    } else if (source == zone.dispatcher.address() || source == zone.announcer.address() ||
               source == zone.writer.address()) {
      zone.halt("a helper of the zone failed, see the line before", cure::reopening);
    }
  });
  return {
      [self](const open_zone&) { self->state.open(); },
      [self](const wake_zone&) { self->state.wake(); },
      [self](const input_ends& message) { self->state.on_input_ends(message); },
      [self](answer& message) { self->state.on_answer(std::move(message)); },
      [self](match_planned& message) { self->state.on_planned(std::move(message)); },
      [self](const match_outlook& message) { self->state.on_outlook(message); },
      [self](const append_ended& message) { self->state.on_appended(message.result); },
      [self](const retry_append&) { self->state.append(); },
      [self](const turn_written& message) { self->state.on_written(message.number); },
      [self](const turn_announced& message) { self->state.on_announced(message); },
      [self](const waybill_answered& message) { self->state.on_waybill_answered(message); },
      [self](const look_at_waybills&) { self->state.look_after_waybills(); },
      [self](const travel_answered& message) { self->state.on_travel_answered(message); },
      [self](const look_at_travel&) { self->state.look_after_travel(); },
      [self](const halt_zone& message) { self->state.halt(message.cause, message.by); },
      [self](const decide_again& message) { self->state.decide_recorded(*message.recorded); },
      [self](const await_writes& message) {
        const auto& writer = self->state.writer;
        if (writer) {
          self->send(writer, message);
        } else {
          message.done->set_value();
        }
      },
      [self](const drain_zone&) { return self->state.drain(); },
  };
}

} // namespace

zone_actor spawn_zone(caf::actor_system& system, zone_options options) {
  return system.spawn(zone_behavior, std::move(options));
}

} // namespace dispatch
