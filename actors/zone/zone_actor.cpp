#include "actors/zone/zone_actor.hpp"

#include "actors/domain/planning/planner.hpp"
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

void zone_state::open() {
  if (now_in != zone_phase::closed) {
    return;
  }
  if (options.scripted) {
    return; // The recorded OPEN will come.
  }
  auto outcome = take_over(options.settings, options.ports);
  if (auto* failed = std::get_if<opening_failure>(&outcome)) {
    if (failed->permanent) {
      halt(failed->cause, failed->by);
      return;
    }
    log::warning(options.subject(), "cannot open the zone yet: " + failed->cause);
    self->delayed_send(self, reopen_after, open_zone{});
    return;
  }
  install(std::move(std::get<opened_zone>(outcome)));
  collector->begin(look_for_deaths(*options.ports.store, memory.position));

  const auto notify = [handle = zone_actor{self}] { caf::anon_send(handle, wake_zone{}); };
  options.ports.positions->start(notify);
  options.ports.feed->start(memory.position.input_position, notify);
  wake();
}

void zone_state::install(opened_zone opened) {
  const auto& out = opened.announcing;
  memory = {};
  memory.position = opened.position;
  memory.written = opened.position.number;
  memory.announced = out.last.number == 0 ? 0 : out.last.number - 1;
  memory.last_announced = {out.last.number, out.last.index, out.out_sequence};
  memory.applied = std::move(opened.applied);
  memory.positions = std::move(opened.positions);
  memory.deadlines = std::move(opened.deadlines);
  memory.match_due = opened.dispatcher->next_due();
  use_policy(std::move(opened.policy));

  auto& system = self->system();
  helpers.entities = {};
  helpers.dispatcher = spawn_dispatcher(system, std::move(opened.dispatcher));
  helpers.announcer = spawn_announcer(system, opened.announcing, options.ports.sink, self);
  helpers.writer = spawn_store(system, options.settings.definition.name, options.ports.store, self);
  self->link_to(helpers.dispatcher);
  self->link_to(helpers.announcer);
  self->link_to(helpers.writer);
  self->send(helpers.announcer, announce_turns{std::move(opened.unannounced)});
  if (options.ports.signer && !options.scripted) {
    for (const auto& [id, state] : opened.wanting_waybills) {
      want_waybill(id, *state, {});
    }
    look_after_errands();
  }
  if (now_in != zone_phase::idle) { // A recorded zone may be opened again.
    enter(zone_phase::idle);
  }
  judge_clock(opened.clock_offset);

  const auto& position = memory.position;
  auto& m = *options.metrics;
  m.epoch = position.epoch;
  m.input_position = position.input_position;
  m.committed_record = position.number;
  m.materialised_record = memory.written;
  m.riders_at_work = memory.positions.at_work();
  note_position_heard(m);
  m.running = true;
  log::info(options.subject(), "zone opened: epoch " + std::to_string(position.epoch) +
                                   ", record " + std::to_string(position.number) +
                                   ", input position " + std::to_string(position.input_position));
}

void zone_state::use_policy(std::shared_ptr<const policy> next) {
  const auto was_routed = memory.policy_in_force && memory.policy_in_force->routed;
  memory.policy_in_force = std::move(next);
  const auto& policy = *memory.policy_in_force;
  auto& m = *options.metrics;
  m.policy_version = policy.version;
  const std::chrono::duration<double> fresh_for = policy.position_freshness;
  const auto speed = options.settings.definition.clock.speed();
  m.position_freshness_us = std::chrono::duration_cast<duration>(fresh_for / speed).count();
  if (!policy.routed) {
    travel->forget_out();
    m.travel_engine_out = false;
  } else if (!options.ports.travel && !was_routed) {
    m.travel_engine_out = true;
    log::warning(options.subject(), "the policy wants travel times of a routing engine, and this "
                                    "node has none: they are estimated");
  }
  if (!is_time_zone(policy.time_zone)) {
    log::warning(options.subject(), "the time zone " + policy.time_zone +
                                        " is not known here, local time is UTC: install tzdata");
  }
  if (const auto fault = domain::fault_of(policy)) {
    log::warning(options.subject(), "policy version " + std::to_string(policy.version) +
                                        " cannot be followed in all: " + *fault);
  }
}

/// Compares the clock with the server's, just after the server stored a record.
void zone_state::compare_clocks() {
  if (clock.is_due(options.ports.clock->now())) {
    judge_clock(clock_offset(options.ports));
  }
}

void zone_state::judge_clock(std::optional<duration> offset) {
  if (!offset || !clock.note(*offset)) {
    return;
  }
  options.metrics->timers_suspended = clock.is_wrong();
  const auto seconds = std::to_string(std::chrono::duration<double>(*offset).count());
  log::warning(options.subject(), clock.is_wrong()
                                      ? "deadlines are suspended: this clock is " + seconds +
                                            " s ahead of the server's; set it right"
                                      : "deadlines go on: the clock is right again");
}

/// Something may have come, or may be due.
void zone_state::wake() {
  if (now_in != zone_phase::idle || options.scripted) {
    return;
  }
  if (!draining.empty()) {
    finish_drain();
    return;
  }
  if (memory.unsettled() > limits::unannounced_records_max) {
    return; // The next turn_announced or turn_written wakes the zone.
  }
  advance();
}

/// There is nothing to decide now.
void zone_state::rest() {
  arm_for_what_is_next();
  if (collector->has_more() || waybills->desk.has_ready() || travel->desk.has_ready()) {
    self->send(self, wake_zone{});
  }
}

void zone_state::arm_for_what_is_next() {
  if (memory.match_due) {
    arm(*memory.match_due);
  }
  // A deadline that has passed waits for an answer about the input stream, or for input.
  if (const auto next = memory.deadlines.next(); next && *next > options.zone_now()) {
    arm(*next);
  }
}

void zone_state::arm(timestamp due) {
  const auto now = options.zone_now();
  if (armed_until && *armed_until <= due && *armed_until > now) {
    return;
  }
  const auto& zone_clock = options.settings.definition.clock;
  const auto wall = zone_clock.to_wall(std::max(due, now)) - zone_clock.to_wall(now);
  armed_until = std::max(due, now);
  self->delayed_send(self, std::max<duration>(wall, 1ms), wake_zone{});
}

void zone_state::halt(const std::string& cause, cure by) {
  if (is_over()) {
    return;
  }
  if (by == cure::ownership) {
    log::warning(options.subject(), "zone given up: " + cause);
  } else {
    log::error(options.subject(), "zone halted: " + cause);
  }
  enter(zone_phase::halted);
  collector->end_attempt();
  options.metrics->running = false;
  options.metrics->halted = by != cure::ownership;
  options.ports.feed->stop();
  options.ports.positions->stop();
  helpers.entities = {};
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
  const auto at_rest = is_over() || now_in == zone_phase::closed ||
                       (now_in == zone_phase::idle && memory.unsettled() == 0);
  if (draining.empty() || !at_rest) {
    return;
  }
  if (now_in == zone_phase::idle && memory.last_announced.number > 0) {
    (void)options.ports.store->write_announced(memory.last_announced);
  }
  tell_drained();
  if (!is_over()) {
    enter(zone_phase::drained);
  }
  options.metrics->running = false;
}

void zone_state::tell_drained() {
  for (auto& promise : std::exchange(draining, {})) {
    promise.deliver(drained{});
  }
}

void zone_state::set_up(self_pointer actor, const zone_options& as) {
  options = as;
  self = actor;
  collector.emplace(options, memory);
  waybills.emplace(
      waybill_desk{},
      [this](waybill_desk::wanted paper) {
        options.ports.signer->sign(std::move(paper.document), [handle = zone_actor{self},
                                                               order = std::move(paper.order),
                                                               number = std::move(paper.number)](
                                                                  std::optional<signature> with) {
          caf::anon_send(handle, errand_answered{waybill_answered{order, number, std::move(with)}});
        });
      },
      [this](bool out) {
        options.metrics->signer_out = out;
        log::warning(options.subject(),
                     out ? "the signer of waybills does not answer in time: they are handed out "
                           "without signatures until it does"
                         : "waybills are signed again");
      });
  travel.emplace(
      travel_desk{options.ports.travel != nullptr},
      [this](travel_desk::numbered_question asked) {
        ++options.metrics->travel_questions;
        options.ports.travel->ask(
            std::move(asked.question),
            [handle = zone_actor{self}, number = asked.number](std::optional<travel_table> table) {
              caf::anon_send(handle, errand_answered{travel_answered{number, std::move(table)}});
            });
      },
      [this](bool out) {
        options.metrics->travel_engine_out = out;
        log::warning(options.subject(),
                     out ? "the routing engine does not answer in time: travel times are estimated "
                           "until it does"
                         : "travel times are those of the routing engine again");
      });
}

namespace {

zone_actor::behavior_type zone_behavior(zone_state::self_pointer self,
                                        const zone_options& options) {
  self->state.set_up(self, options);
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
    } else if (source == zone.helpers.dispatcher.address() ||
               source == zone.helpers.announcer.address() ||
               source == zone.helpers.writer.address()) {
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
      [self](const errand_answered& message) { self->state.on_errand_answered(message); },
      [self](const look_at_errands&) { self->state.look_after_errands(); },
      [self](const halt_zone& message) { self->state.halt(message.cause, message.by); },
      [self](const decide_again& message) { self->state.decide_recorded(*message.recorded); },
      [self](const await_writes& message) {
        const auto& writer = self->state.helpers.writer;
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
