#include "actors/upkeep/standby_actor.hpp"

#include "actors/commit_log/log_replay.hpp"
#include "actors/recovery/log_repair.hpp"
#include "actors/recovery/snapshot_loading.hpp"
#include "actors/support/logging.hpp"
#include "messages/limits.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <optional>
#include <utility>

namespace dispatch {

namespace {

struct standby_state {
  static inline const char* name = "standby";

  standby_options options;
  std::optional<log_replay> replay;

  void start(standby_actor::stateful_pointer<standby_state> self) {
    for (const auto& prepare : {&standby_state::repair, &standby_state::load}) {
      if (const auto failed = (this->*prepare)()) {
        fail(failed->cause, failed->permanent);
        return;
      }
    }
    auto position = options.kept->position();
    if (!position) {
      fail(position.error().what);
      return;
    }
    const auto after = position->log_sequence;
    options.followed->store(position->number);
    replay.emplace(*options.kept, *position, options.digests_accepted);
    options.feed->start(after,
                        [handle = standby_actor{self}] { caf::anon_send(handle, follow_log{}); });
    self->send(self, follow_log{});
  }

  opening_outcome repair() { return repair_log(*options.log, *options.kept, options.zone_name); }

  opening_outcome load() {
    return load_snapshot(*options.log, options.snapshots.get(), *options.kept, options.zone_name);
  }

  void follow(standby_actor::stateful_pointer<standby_state> self) {
    if (!replay) {
      return;
    }
    const auto batch = options.feed->take(limits::follow_batch, limits::follow_bytes);
    for (const auto& message : batch.messages) {
      if (auto folded = replay->fold(message.sequence, message.body); !folded) {
        fail(folded.error().what, !replay->store_failed());
        return;
      }
    }
    if (auto flushed = replay->flush(); !flushed) {
      fail(flushed.error().what);
      return;
    }
    options.followed->store(replay->position().number);
    if (batch.broken) {
      fail(batch.broken->what);
      return;
    }
    if (!batch.messages.empty()) {
      self->send(self, follow_log{});
    }
  }

  void stop() {
    options.feed->stop();
    replay.reset();
  }

  void fail(const std::string& cause, bool permanent = false) {
    log::error({options.zone_name, name, {}}, "cannot follow the log: " + cause);
    stop();
    options.on_failed(cause, permanent);
  }
};

standby_actor::behavior_type standby_behavior(standby_actor::stateful_pointer<standby_state> self,
                                              const standby_options& options) {
  self->state.options = options;
  self->state.start(self);
  return {
      [self](const follow_log&) { self->state.follow(self); },
      [self](const stop_following&) {
        self->state.stop();
        return stopped_following{};
      },
  };
}

} // namespace

standby_actor spawn_standby(caf::actor_system& system, standby_options options) {
  return system.spawn(standby_behavior, std::move(options));
}

} // namespace dispatch
