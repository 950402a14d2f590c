#include "actors/output/store_actor.hpp"

#include "actors/support/failpoint.hpp"
#include "actors/support/logging.hpp"
#include "messages/limits.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <utility>
#include <vector>

namespace dispatch {

namespace {

using namespace std::chrono_literals;

/// A disk that is full, or a file that is locked, may recover; after this many attempts the zone
/// halts. An attempt does not wait: its thread is other zones', too.
constexpr int attempts_max = 25;
constexpr auto write_again_after = 200ms;

/// How often the announced position is written. It only matters when the output stream keeps no
/// message at all.
constexpr auto announced_interval = 1s;

/// The failpoint at which turns are announced that the store has not seen.
constexpr auto unwritten = "announced_unwritten";

struct store_state {
  static inline const char* name = "store";

  std::string zone_name;
  std::shared_ptr<store> to;
  zone_actor zone;
  std::vector<materialisation> pending;
  bool flush_requested = false;
  int attempts = 0;
  std::chrono::steady_clock::time_point announced_written;

  /// Turns that came while others were written are written together: they change fewer pages.
  void on_turn(store_actor::stateful_pointer<store_state> self, materialisation changes) {
    pending.push_back(std::move(changes));
    if (!failpoint_armed(unwritten) && !std::exchange(flush_requested, true)) {
      self->send(self, flush_writes{});
    }
  }

  void flush(store_actor::stateful_pointer<store_state> self) {
    if (pending.empty()) {
      return;
    }
    failpoint("before_materialise");
    if (auto written = to->write(pending); !written) {
      retry(self, written.error());
      return;
    }
    failpoint("after_materialise");
    attempts = 0;
    self->send(zone, turn_written{pending.back().position.number});
    pending.clear();
  }

  /// A store that failed has its time to recover.
  void flush_unless_failing(store_actor::stateful_pointer<store_state> self) {
    if (attempts == 0) {
      flush(self);
    }
  }

  void retry(store_actor::stateful_pointer<store_state> self, const failure& error) {
    if (attempts == 0) {
      log::error({zone_name, name, {}}, "cannot write to the store: " + error.what);
    }
    if (++attempts >= attempts_max) {
      self->send(zone, halt_zone{"the store cannot be written: " + error.what, cure::reopening});
      return;
    }
    self->delayed_send(self, write_again_after, retry_write{});
  }

  /// The note is never ahead of what else the store knows.
  void on_announced(store_actor::stateful_pointer<store_state> self,
                    const note_announced& message) {
    if (failpoint_armed(unwritten)) {
      if (pending.empty() || message.position.number < pending.back().position.number) {
        return;
      }
      failpoint(unwritten);
    }
    const auto now = std::chrono::steady_clock::now();
    if (now - announced_written < announced_interval) {
      return;
    }
    flush_unless_failing(self);
    if (!pending.empty()) {
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
                                          const zone_actor& zone) {
  self->state.zone_name = zone_name;
  self->state.to = to;
  self->state.zone = zone;
  return {
      [self](const write_turn& message) { self->state.on_turn(self, std::move(*message.changes)); },
      [self](const flush_writes&) {
        self->state.flush_requested = false;
        self->state.flush_unless_failing(self);
      },
      [self](const retry_write&) { self->state.flush(self); },
      [self](const note_announced& message) { self->state.on_announced(self, message); },
      [self](const await_writes& message) {
        self->state.flush_unless_failing(self);
        message.done->set_value();
      },
  };
}

} // namespace

store_actor spawn_store(caf::actor_system& system, std::string zone_name, std::shared_ptr<store> to,
                        zone_actor zone) {
  return system.spawn(store_behavior, std::move(zone_name), std::move(to), std::move(zone));
}

} // namespace dispatch
