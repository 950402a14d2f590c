#include "actors/support/logging.hpp"
#include "cmd/dispatchd/zones/zone_keeper.hpp"
#include "messages/limits.hpp"

#include <algorithm>
#include <exception>
#include <utility>

/// What is done about one zone.
namespace dispatch::daemon {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds retry_after = 500ms;
/// A log that has forked cannot be followed, however often it is tried.
constexpr std::chrono::milliseconds retry_fork_after = 30s;
/// A store's lock is held until the last actor that used it has gone.
constexpr auto retry_store_after = 20ms;
constexpr auto store_free_within = 2s;
/// So long a zone whose store cannot be opened here is left to other nodes, before the next try.
constexpr auto unable_for = 10s;
/// A zone that has run for so long works again.
constexpr auto works_after = 5s;
/// So often the server is asked whether commands wait, and so often while some do.
constexpr auto look_interval = 2s;
constexpr auto look_closer_interval = 500ms;
/// A zone that has taken none of the commands that wait for so long is given up.
constexpr auto stands_max = 30s;

/// Threads and memory that are short are told as failures.
template <class Start> auto started_by(Start start) -> decltype(start()) {
  try {
    return start();
  } catch (const std::exception& error) {
    return failure{error.what()};
  }
}

} // namespace

void zone_keeper::tend(const std::string& name, slot& zone, const membership::view& known) {
  if (!zone.definition) {
    return;
  }
  if (std::exchange(zone.begin_anew, false)) {
    let_go(zone);
  }
  const auto claim = known.claims.find(name);
  ownership::zone_view view{
      .name = name, .copies = 1 + zone.definition->standbys, .claim = std::nullopt, .committed = 0};
  if (claim != known.claims.end()) {
    view.claim = claim->second.by;
  }
  if (zone.runtime) {
    view.committed = zone.runtime->standing().committed_record;
  }
  if (const auto home = homes_.find(name); home != homes_.end()) {
    view.home = home->second;
  }
  const auto duty = ownership::duty_of(members_.self(), view, known.members);
  note_duty(zone, duty, ownership::is_held_by_another(members_.self(), view.claim, known.members));
  if (duty != ownership::duty::hand_over && std::exchange(zone.drained, nullptr)) {
    let_go(zone); // What drains takes nothing more, whoever shall have it now.
  }
  switch (duty) {
  case ownership::duty::run:
    own(name, zone, known);
    return;
  case ownership::duty::hand_over:
    hand_over(name, zone, known);
    return;
  case ownership::duty::follow:
    if (zone.runtime) {
      let_go(zone);
    }
    follow(name, zone);
    return;
  case ownership::duty::none:
    if (zone.runtime || zone.follower) {
      let_go(zone);
    }
    return;
  }
}

void zone_keeper::own(const std::string& name, slot& zone, const membership::view& known) {
  const auto now = clock::now();
  if (zone.runtime) {
    const auto cure = zone.runtime->halted_until();
    if (cure == dispatch::cure::reopening || cure == dispatch::cure::ownership) {
      if (cure == dispatch::cure::reopening) {
        note_failure(zone);
        set_complaint(zone, zone.runtime->halted().value_or(""));
      }
      let_go(zone);
      zone.handed_over = false;
      zone.not_before = now + retry_after;
    } else if (zone.runtime->standing().running && zone.started + works_after < now) {
      zone.failing_since.reset();
    }
  }
  if (now < zone.not_before) {
    return;
  }
  // A node that slept may run a zone that others have claimed and let go of meanwhile.
  const auto claim = known.claims.find(name);
  if (claim == known.claims.end() || claim->second.by != members_.self()) {
    if (auto claimed = members_.claim(name, known); !claimed) {
      zone.not_before = now + retry_after;
      return;
    }
    zone.handed_over = claim == known.claims.end();
  }
  if (zone.runtime) {
    return;
  }
  std::shared_ptr<store> kept;
  if (zone.follower) {
    kept = zone.follower->finish();
    const std::scoped_lock lock{mutex_};
    zone.follower.reset();
  }
  auto started = started_by([&] {
    return zone_runtime::start(
        system_, options_, connections_, *zone.definition,
        {.kept = std::move(kept),
         .owns = leased_,
         .known_elsewhere = [known = zone.known_elsewhere] { return known->load(); },
         .handed_over = zone.handed_over});
  });
  if (!started) {
    retry_store(name, zone, "cannot start the zone: " + started.error().what);
    return;
  }
  zone.started = now;
  const std::scoped_lock lock{mutex_};
  zone.complaint.clear();
  zone.progress = {};
  zone.runtime = std::move(*started);
}

void zone_keeper::follow(const std::string& name, slot& zone) {
  const auto now = clock::now();
  if (zone.follower && zone.follower->failed()) {
    zone.not_before = now + (zone.follower->failed_for_good() ? retry_fork_after : retry_after);
    let_go(zone);
  }
  if (zone.follower || now < zone.not_before) {
    return;
  }
  auto started =
      started_by([&] { return standby::start(system_, options_, connections_, *zone.definition); });
  if (!started) {
    retry_store(name, zone, "cannot follow the zone: " + started.error().what);
    return;
  }
  zone.failing_since.reset();
  const std::scoped_lock lock{mutex_};
  zone.complaint.clear();
  zone.follower = std::move(*started);
}

void zone_keeper::hand_over(const std::string& name, slot& zone, const membership::view& known) {
  if (!zone.drained) {
    const auto moving =
        std::ranges::any_of(slots_, [](const auto& s) { return s.second.drained != nullptr; });
    if (moving && !leaving_) {
      return; // One zone at a time.
    }
    zone.drained = std::make_shared<std::atomic<bool>>(zone.runtime == nullptr);
    if (zone.runtime) {
      log::info({name, "node", {}}, "handing the zone over");
      const auto draining = started_by([&]() -> status {
        zone.runtime->drain([bell = bell_, drained = zone.drained] {
          *drained = true;
          bell->ring();
        });
        return nothing{};
      });
      *zone.drained = *zone.drained || !draining;
    }
  }
  if (!*zone.drained) {
    return;
  }
  let_go(zone);
  // The hand-over ends when the claim is seen to be gone; until then this is tried again.
  (void)members_.release(name, known);
}

void zone_keeper::let_go(slot& zone) {
  std::unique_ptr<zone_runtime> runtime;
  std::unique_ptr<standby> follower;
  const std::scoped_lock lock{mutex_};
  runtime = std::move(zone.runtime);
  follower = std::move(zone.follower);
}

void zone_keeper::retry_store(const std::string& name, slot& zone, const std::string& what) {
  zone.not_before = clock::now() + retry_store_after;
  if (note_failure(zone)) {
    complain(name, zone, what);
  }
}

/// Returns true when it has not worked for so long that other nodes shall try.
bool zone_keeper::note_failure(slot& zone) {
  const auto now = clock::now();
  zone.failing_since = zone.failing_since.value_or(now);
  const auto lasts = now - *zone.failing_since > store_free_within;
  if (lasts) {
    zone.unable_until = now + unable_for;
  }
  return lasts;
}

void zone_keeper::note_duty(slot& zone, ownership::duty duty, bool elsewhere) {
  const std::scoped_lock lock{mutex_};
  zone.elsewhere = elsewhere;
  if (duty != ownership::duty::run || zone.runtime) {
    zone.wanted_since.reset();
  } else if (!zone.wanted_since) {
    zone.wanted_since = clock::now();
  }
}

void zone_keeper::complain(const std::string& name, slot& zone, const std::string& what) {
  if (set_complaint(zone, what)) {
    log::error({name, "node", {}}, what);
  }
}

/// Returns whether it is another one than before.
bool zone_keeper::set_complaint(slot& zone, const std::string& what) {
  const std::scoped_lock lock{mutex_};
  return std::exchange(zone.complaint, what) != what;
}

/// What the zone waits for that another node could not give it either; empty: nothing.
std::string zone_keeper::waits_for(const slot& zone) {
  const auto& m = zone.runtime->standing();
  if (m.log_full) {
    return "its log is full: give it room with `dispatchctl zone resize`";
  }
  if (m.committed_record > m.announced_record + limits::unannounced_records_max) {
    return "its output stream takes no more: give it room with `dispatchctl zone resize`";
  }
  return m.unknown_appends == zone.unknown_appends ? "" : "the server does not answer for its log";
}

/// Looks now and then whether the zone takes the commands that wait for it. One that does not, and
/// waits for nothing, is given up: a node that begins with it anew may fare better.
void zone_keeper::watch_progress(const std::string& name, slot& zone,
                                 const membership::view& known) {
  const auto now = clock::now();
  if (!zone.runtime || now < zone.next_look) {
    return;
  }
  const auto& m = zone.runtime->standing();
  const auto works = m.running && !zone.drained && connections_.input->connected();
  {
    const std::scoped_lock lock{mutex_};
    zone.progress.look(now, {.position = m.input_position,
                             .stored = works ? zone.runtime->input_end() : std::nullopt});
    if (zone.progress.stands() == clock::duration{0}) {
      zone.unknown_appends = m.unknown_appends;
    }
  }
  zone.next_look = now + (zone.progress.waits() ? look_closer_interval : look_interval);
  zone.runtime->ask_input_end();
  if (zone.progress.stands() > stands_max && waits_for(zone).empty()) {
    complain(name, zone, "given up: commands wait, and none was taken for 30 s");
    let_go(zone);
    zone.unable_until = now + unable_for;
    zone.not_before = now + retry_after;
    (void)members_.abandon(name, known);
  }
}

} // namespace dispatch::daemon
