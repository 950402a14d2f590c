#include "actors/output/announcer_actor.hpp"

#include "actors/support/failpoint.hpp"
#include "actors/support/logging.hpp"
#include "messages/limits.hpp"

#include <caf/actor_system.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace dispatch {

namespace {

using namespace std::chrono_literals;

constexpr auto publish_again_after = 200ms;

struct announcer_state {
  static inline const char* name = "announcer";

  struct queued {
    announcement_id id;
    announcement what;
  };
  using self_pointer = announcer_actor::stateful_pointer<announcer_state>;

  announcer_start position;
  std::shared_ptr<event_sink> sink;
  zone_actor zone;
  std::deque<queued> queue;      ///< not known to be out yet
  std::uint64_t last_queued = 0; ///< number of the last record queued
  std::size_t in_flight = 0;
  bool stopped = false;

  void on_turns(self_pointer self, const announce_turns& message) {
    for (const auto& turn : message.turns) {
      announcement_id id{turn->epoch, turn->number, 0};
      for (auto& what : turn->announcements) {
        if (position.last < id || position.last.number == 0) {
          queue.push_back({id, std::move(what)});
        }
        ++id.index;
      }
      last_queued = turn->number;
    }
    pump(self);
  }

  void pump(self_pointer self) {
    if (in_flight > 0 || stopped) {
      return;
    }
    if (queue.empty()) {
      tell_zone(self);
      return;
    }
    auto count = std::min(queue.size(), limits::announce_batch);
    if (failpoint_armed("mid_announce") && count > 1) {
      count /= 2;
    }
    failpoint("before_announce");
    std::vector<announcement> batch;
    batch.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      batch.push_back(queue[i].what);
    }
    in_flight = count;
    sink->publish(std::move(batch), position.out_sequence,
                  [handle = announcer_actor{self}](publish_result result) {
                    caf::anon_send(handle, publish_ended{std::move(result)});
                  });
  }

  void tell_zone(self_pointer self) {
    const auto complete = queue.empty() ? last_queued : queue.front().id.number - 1;
    self->send(zone,
               turn_announced{{position.last.number, position.last.index, position.out_sequence},
                              complete});
  }

  void on_ended(self_pointer self, const publish_result& result) {
    const auto count = std::exchange(in_flight, 0);
    if (result.outcome == publish_outcome::stored) {
      failpoint("mid_announce");
      confirm(count);
      failpoint("after_announce");
      if (!queue.empty()) {
        tell_zone(self);
      }
      pump(self);
      return;
    }
    log::warning({position.zone_name, name, {}},
                 (result.outcome == publish_outcome::full
                      ? "the output stream takes no more, the zone waits; give it room with "
                        "`dispatchctl zone resize " +
                            position.zone_name + " --out-bytes SIZE`: "
                      : "announcing was interrupted, looking where the stream ends: ") +
                     result.detail);
    resume(self);
  }

  void confirm(std::size_t count) {
    if (count == 0) {
      return;
    }
    position.last = queue[count - 1].id;
    position.out_sequence += count;
    queue.erase(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(count));
  }

  /// Finds out what the stream holds and goes on behind it.
  void resume(self_pointer self) {
    const auto end = find_output_end(*sink, position.zone_name,
                                     {position.epoch, std::max(last_queued, position.last.number)});
    if (!end || end->last_sequence == position.out_sequence) {
      if (!end) {
        log::warning({position.zone_name, name, {}}, end.error().what);
      }
      self->delayed_send(self, publish_again_after, retry_publish{});
      return;
    }
    if (end->last && end->last->epoch > position.epoch) {
      stop(self, "fenced: another process announces for the zone", cure::ownership);
      return;
    }
    const auto confirmed = confirmed_by(self, *end);
    if (!confirmed) {
      return;
    }
    confirm(*confirmed);
    if (end->last_sequence > position.out_sequence) {
      log::warning({position.zone_name, name, {}}, told_of_foreign(*end, position.zone_name));
      position.out_sequence = end->last_sequence;
    }
    pump(self);
  }

  /// How many of the queue the stream holds; nullopt when announcing had to stop.
  std::optional<std::size_t> confirmed_by(self_pointer self, const output_end& end) {
    std::size_t count = 0;
    if (end.last && position.last < *end.last) {
      const auto stored = std::ranges::find(queue, *end.last, &queued::id);
      if (stored == queue.end()) {
        // Of a newer owner, or of a log that regressed: opening the zone tells.
        stop(self,
             "the output stream is ahead of this owner: it ends with " +
                 to_text(position.zone_name, *end.last),
             cure::ownership);
        return std::nullopt;
      }
      count = static_cast<std::size_t>(std::distance(queue.begin(), stored)) + 1;
    }
    // Where nothing of the zone is kept, only strangers may have come.
    const auto expected = position.out_sequence + count + (end.last ? 0 : end.foreign);
    if (end.last_sequence < expected || (!end.last && end.last_sequence > expected)) {
      // Opening the zone finds out which, and announces them again.
      stop(self,
           "the output stream lost events that had been announced: it ends at sequence " +
               std::to_string(end.last_sequence),
           cure::reopening);
      return std::nullopt;
    }
    return count;
  }

  void stop(self_pointer self, const std::string& cause, cure by = cure::person) {
    stopped = true;
    self->send(zone, halt_zone{cause, by});
  }
};

announcer_actor::behavior_type
announcer_behavior(announcer_actor::stateful_pointer<announcer_state> self,
                   const announcer_start& start, const std::shared_ptr<event_sink>& sink,
                   const zone_actor& zone) {
  self->state.position = start;
  self->state.sink = sink;
  self->state.zone = zone;
  return {
      [self](const announce_turns& message) { self->state.on_turns(self, message); },
      [self](const publish_ended& message) { self->state.on_ended(self, message.result); },
      [self](const retry_publish&) { self->state.pump(self); },
  };
}

} // namespace

announcer_actor spawn_announcer(caf::actor_system& system, announcer_start start,
                                std::shared_ptr<event_sink> sink, zone_actor zone) {
  return system.spawn(announcer_behavior, std::move(start), std::move(sink), std::move(zone));
}

} // namespace dispatch
