#include "actors/store_actor.hpp"

#include "actors/failpoint.hpp"
#include "actors/logging.hpp"
#include "messages/limits.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace dispatch {

namespace {

using namespace std::chrono_literals;

/// A disk that is full or busy may recover; after this many attempts the zone halts.
constexpr int attempts_max = 5;
constexpr auto retry_after = 200ms;

/// How often the announced position is written. It only matters when the output stream keeps no
/// message at all.
constexpr auto announced_interval = 1s;

struct store_state {
  static inline const char* name = "store";

  std::string zone_name;
  std::shared_ptr<store> to;
  announcer_actor announcer;
  zone_actor zone;
  std::vector<committed_turn_ptr> pending;
  bool flush_requested = false;
  std::uint64_t handed_on = 0; ///< number of the last record that the announcer was given
  std::uint64_t announced = 0; ///< number of the last record whose events are all out
  int attempts = 0;
  std::chrono::steady_clock::time_point announced_written;

  /// While the announcer is busy, turns gather: written together they change fewer pages.
  void flush_if_due(store_actor::stateful_pointer<store_state> self) {
    const auto busy = announced < handed_on;
    if (flush_requested || pending.empty() ||
        (busy && pending.size() < limits::materialise_batch)) {
      return;
    }
    flush_requested = true;
    self->send(self, flush_writes{});
  }

  void flush(store_actor::stateful_pointer<store_state> self) {
    flush_requested = false;
    if (pending.empty()) {
      return;
    }
    failpoint("before_materialise");
    std::vector<materialisation> changes;
    changes.reserve(pending.size());
    for (const auto& turn : pending) {
      changes.push_back(std::move(turn->changes));
    }
    if (auto written = to->write(changes); !written) {
      for (std::size_t i = 0; i < pending.size(); ++i) {
        pending[i]->changes = std::move(changes[i]);
      }
      retry(self, written.error());
      return;
    }
    failpoint("after_materialise");
    attempts = 0;
    handed_on = pending.back()->number;
    self->send(zone, turn_written{handed_on});
    self->send(announcer, announce_turns{std::move(pending)});
    pending.clear();
  }

  void retry(store_actor::stateful_pointer<store_state> self, const failure& error) {
    log::error({zone_name, name, {}}, "cannot write to the store: " + error.what);
    if (++attempts >= attempts_max) {
      self->send(zone, halt_zone{"the store cannot be written: " + error.what, cure::reopening});
      return;
    }
    flush_requested = true;
    self->delayed_send(self, retry_after, flush_writes{});
  }

  void on_announced(store_actor::stateful_pointer<store_state> self,
                    const note_announced& message) {
    announced = std::max(announced, message.complete);
    flush_if_due(self);
    const auto now = std::chrono::steady_clock::now();
    if (now - announced_written < announced_interval) {
      return;
    }
    announced_written = now;
    if (auto written = to->write_announced(message.position); !written) {
      log::warning({zone_name, name, {}}, "cannot note what is announced: " + written.error().what);
    }
  }
};

store_actor::behavior_type store_behavior(store_actor::stateful_pointer<store_state> self,
                                          const std::string& zone_name,
                                          const std::shared_ptr<store>& to,
                                          const announcer_actor& announcer,
                                          const zone_actor& zone) {
  self->state.zone_name = zone_name;
  self->state.to = to;
  self->state.announcer = announcer;
  self->state.zone = zone;
  return {
      [self](const write_turn& message) {
        self->state.pending.push_back(message.turn);
        self->state.flush_if_due(self);
      },
      [self](const flush_writes&) { self->state.flush(self); },
      [self](const note_announced& message) { self->state.on_announced(self, message); },
  };
}

} // namespace

store_actor spawn_store(caf::actor_system& system, std::string zone_name, std::shared_ptr<store> to,
                        announcer_actor announcer, zone_actor zone) {
  return system.spawn(store_behavior, std::move(zone_name), std::move(to), std::move(announcer),
                      std::move(zone));
}

} // namespace dispatch
