#include "cmd/dispatchd/zone_keeper.hpp"

#include "actors/logging.hpp"
#include "cmd/dispatchd/zone_store.hpp"
#include "messages/wire/subjects.hpp"
#include "messages/wire/zone_entry.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace dispatch::daemon {

namespace {

using namespace std::chrono_literals;

/// A lease ends without anybody saying so.
constexpr auto round_interval = 100ms;
/// What changes meanwhile is looked at together.
constexpr auto round_pause = 5ms;
constexpr std::chrono::milliseconds retry_after = 500ms;
/// A log that has forked cannot be followed, however often it is tried.
constexpr std::chrono::milliseconds retry_fork_after = 30s;
/// A store's lock is held until the last actor that used it has gone.
constexpr auto retry_store_after = 20ms;
constexpr auto store_free_within = 2s;
/// So long a zone whose store cannot be opened here is left to other nodes, before the next try.
constexpr auto unable_for = 10s;
/// Without a sign of life for so long, the thread is stuck.
constexpr auto alive_within = 30s;

membership::settings membership_settings(const options& node) {
  return {.root = node.root,
          .node = node.node,
          .capacity = node.capacity,
          .zones = {node.zones.begin(), node.zones.end()},
          .lease = node.lease,
          .renewal = node.renewal};
}

} // namespace

void zone_keeper::bell::ring() {
  {
    const std::scoped_lock lock{mutex};
    due = true;
  }
  rung.notify_all();
}

zone_keeper::zone_keeper(caf::actor_system& system, const options& node, const connections& on)
    : system_(system), options_(node), connections_(on), disk_(node.data),
      last_round_(clock::now().time_since_epoch().count()),
      members_(on.lease, membership_settings(node), [bell = bell_] { bell->ring(); }),
      leased_(members_.lease()),
      definitions_(on.control, wire::zones_bucket(node.root), [bell = bell_] { bell->ring(); }) {
  thread_ = std::thread{[this] { run(); }};
}

zone_keeper::~zone_keeper() {
  {
    const std::scoped_lock lock{bell_->mutex};
    bell_->stopping = true;
  }
  bell_->rung.notify_all();
  thread_.join();
}

void zone_keeper::run() {
  std::unique_lock lock{bell_->mutex};
  while (!bell_->stopping) {
    bell_->due = false;
    lock.unlock();
    go_round();
    last_round_ = clock::now().time_since_epoch().count();
    lock.lock();
    bell_->rung.wait_for(lock, round_pause, [&] { return bell_->stopping; });
    bell_->rung.wait_for(lock, round_interval, [&] { return bell_->due || bell_->stopping; });
  }
}

void zone_keeper::go_round() {
  read_definitions();
  remove_deleted();
  tell_what_cannot_be_run();
  const auto known = leased_() ? members_.look() : std::nullopt;
  if (!known) {
    give_up_all();
    empty_ = leaving_.load();
    return;
  }
  note_known_elsewhere(*known);
  auto busy = false;
  for (auto& [name, zone] : slots_) {
    tend(name, zone, *known);
    const auto claim = known->claims.find(name);
    busy = busy || zone.runtime ||
           (claim != known->claims.end() && claim->second.by == members_.self());
  }
  tell_what_is_followed();
  empty_ = leaving_ && !busy;
}

void zone_keeper::read_definitions() {
  const auto version = definitions_.version();
  if (version == definitions_read_) {
    return;
  }
  definitions_read_ = version;
  const auto stored = definitions_.now();
  for (auto& [name, zone] : slots_) {
    if (!stored.contains(name)) {
      let_go(zone);
      deleted_.insert(name);
    }
  }
  const std::scoped_lock lock{mutex_};
  for (const auto& name : deleted_) {
    slots_.erase(name);
  }
  for (const auto& [name, entry] : stored) {
    deleted_.erase(name);
    auto& zone = slots_[name];
    if (zone.revision == entry.revision) {
      continue;
    }
    zone.revision = entry.revision;
    auto parsed = wire::zone_definition_of_entry(name, entry.value);
    if (parsed) {
      zone.begin_anew = !zone.definition || zone.definition->incarnation != parsed->incarnation ||
                        (zone.runtime && zone.runtime->halted());
      zone.definition = std::move(*parsed);
    } else {
      complain(name, zone, "the zone's definition is wrong: " + parsed.error().what);
    }
  }
}

/// Their files are in use until the last actor of a zone has gone.
void zone_keeper::remove_deleted() {
  std::erase_if(deleted_, [&](const std::string& zone) {
    const auto removed = static_cast<bool>(remove_store(options_.data, zone));
    if (removed) {
      log::info({zone, "node", {}}, "the zone was deleted, its files here are removed");
    }
    return removed;
  });
}

/// The others take this node for dead, or will.
void zone_keeper::give_up_all() {
  for (auto& [name, zone] : slots_) {
    if (zone.runtime && !zone.runtime->halted()) {
      log::warning({name, "node", {}}, "zone given up: the lease was not renewed in time");
      let_go(zone);
    }
  }
}

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
    view.committed = zone.runtime->metrics().committed_record;
  }
  const auto duty = ownership::duty_of(members_.self(), view, known.members);
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
      }
      let_go(zone);
      zone.handed_over = false;
      zone.not_before = now + retry_after;
    } else if (zone.runtime->metrics().running) {
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
  auto started = zone_runtime::start(
      system_, options_, connections_, *zone.definition,
      {.kept = std::move(kept),
       .owns = leased_,
       .known_elsewhere = [known = zone.known_elsewhere] { return known->load(); },
       .handed_over = zone.handed_over});
  if (!started) {
    retry_store(name, zone, "cannot start the zone: " + started.error().what);
    return;
  }
  zone.complaint.clear();
  const std::scoped_lock lock{mutex_};
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
  auto started = standby::start(system_, options_, connections_, *zone.definition);
  if (!started) {
    retry_store(name, zone, "cannot follow the zone: " + started.error().what);
    return;
  }
  zone.failing_since.reset();
  zone.complaint.clear();
  const std::scoped_lock lock{mutex_};
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
      zone.runtime->drain([bell = bell_, drained = zone.drained] {
        *drained = true;
        bell->ring();
      });
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

void zone_keeper::tell_what_cannot_be_run() {
  const auto full = disk_.is_short();
  const auto now = clock::now();
  std::set<std::string> unable;
  for (const auto& [name, zone] : slots_) {
    if (full || zone.unable_until > now) {
      unable.insert(name);
    }
  }
  members_.set_unable(std::move(unable));
}

void zone_keeper::complain(const std::string& name, slot& zone, const std::string& what) {
  if (zone.complaint != what) {
    zone.complaint = what;
    log::error({name, "node", {}}, what);
  }
}

/// The owners of zones that belong to this node wait until it has caught up; and nobody opens a
/// zone whose log ends before what is followed here.
void zone_keeper::tell_what_is_followed() {
  std::map<std::string, std::uint64_t> followed;
  for (const auto& [name, zone] : slots_) {
    if (zone.follower) {
      followed[name] = zone.follower->followed();
    }
  }
  members_.set_followed(std::move(followed));
}

void zone_keeper::note_known_elsewhere(const membership::view& known) {
  for (auto& [name, zone] : slots_) {
    std::uint64_t newest = 0;
    for (const auto& member : known.members) {
      const auto followed = member.followed.find(name);
      if (member.who != members_.self() && followed != member.followed.end()) {
        newest = std::max(newest, followed->second);
      }
    }
    *zone.known_elsewhere = newest;
  }
}

bool zone_keeper::leave(std::chrono::seconds patience) {
  leaving_ = true;
  members_.set_leaving();
  const auto until = clock::now() + patience;
  std::unique_lock lock{bell_->mutex};
  while (!empty_ && clock::now() < until) {
    bell_->rung.wait_for(lock, round_interval);
  }
  return empty_;
}

bool zone_keeper::alive() const {
  return clock::now().time_since_epoch() - clock::duration{last_round_.load()} < alive_within;
}

std::string zone_keeper::missing() const {
  std::string text;
  if (leaving_) {
    text += "draining\n";
  }
  if (!leased_()) {
    text += "no lease\n";
  }
  const std::scoped_lock lock{mutex_};
  for (const auto& [name, zone] : slots_) {
    if (zone.runtime && !zone.runtime->metrics().running) {
      text += "zone " + name + ": " + zone.runtime->halted().value_or("opening") + "\n";
    }
  }
  return text;
}

void zone_keeper::visit(const std::function<void(const zone_runtime&)>& owned) const {
  const std::scoped_lock lock{mutex_};
  for (const auto& [name, zone] : slots_) {
    if (zone.runtime) {
      owned(*zone.runtime);
    }
  }
}

std::size_t zone_keeper::followed() const {
  const std::scoped_lock lock{mutex_};
  std::size_t count = 0;
  for (const auto& [name, zone] : slots_) {
    count += zone.follower ? 1 : 0;
  }
  return count;
}

} // namespace dispatch::daemon
