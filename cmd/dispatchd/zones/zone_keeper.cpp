#include "cmd/dispatchd/zones/zone_keeper.hpp"

#include "actors/support/logging.hpp"
#include "cmd/dispatchd/thread_room.hpp"
#include "cmd/dispatchd/zones/zone_store.hpp"
#include "messages/wire/subjects.hpp"
#include "messages/wire/zone/zone_entry.hpp"

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
/// Without a sign of life for so long, the thread is stuck.
constexpr auto alive_within = 30s;
/// So long a zone may be without a runtime, and leave commands waiting, before it counts.
constexpr auto missing_after = 2s;
constexpr auto standing_after = 5s;

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
      members_(on.lease, membership::settings_of(node), [bell = bell_] { bell->ring(); }),
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
  if (!leased_once_.exchange(true)) {
    bell_->rung.notify_all();
  }
  note_known_elsewhere(*known);
  place_zones(known->members);
  auto busy = false;
  for (auto& [name, zone] : slots_) {
    tend(name, zone, *known);
    watch_progress(name, zone, *known);
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
  std::unique_lock lock{mutex_};
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
      // Who writes again what is written asks for that: streams were made or repaired.
      zone.begin_anew = !zone.definition || *zone.definition == *parsed ||
                        zone.definition->incarnation != parsed->incarnation ||
                        zone.definition->clock != parsed->clock ||
                        (zone.runtime && !zone.runtime->standing().running);
      zone.definition = std::move(*parsed);
      zone.complaint.clear();
    } else {
      lock.unlock();
      complain(name, zone, "the zone's definition is wrong: " + parsed.error().what);
      lock.lock();
    }
  }
  lock.unlock();
  compare_threads();
}

void zone_keeper::compare_threads() const {
  const auto limit = lowest_thread_limit();
  const auto needed = threads_of_node + slots_.size() * (threads_of_zone + threads_of_standby);
  if (limit && limit->most < needed) {
    log::warning({{}, "node", {}}, std::to_string(slots_.size()) + " zones may need " +
                                       std::to_string(needed) + " threads here, and " + limit->by +
                                       " is " + std::to_string(limit->most) + ": raise it");
  }
}

/// Anew when something has come or gone that counts.
void zone_keeper::place_zones(const std::vector<ownership::member>& members) {
  std::string bases = std::to_string(definitions_read_);
  for (const auto& member : members) {
    bases += "\n" + member.who.node + " " + std::to_string(member.capacity) +
             (member.bounded ? " bounded" : "") + (member.drained ? " drained" : "") +
             (member.leaving ? " leaving" : "");
    for (const auto& zone : member.zones) {
      bases += " " + zone;
    }
  }
  if (std::exchange(placed_by_, bases) == bases) {
    return;
  }
  std::vector<std::string> zones;
  for (const auto& [name, zone] : slots_) {
    zones.push_back(name); // Also those that this node cannot read: others may.
  }
  homes_ = ownership::placement(zones, members);
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

bool zone_keeper::await_lease(std::chrono::milliseconds patience,
                              const std::function<bool()>& is_hopeless) const {
  const auto until = clock::now() + patience;
  std::unique_lock lock{bell_->mutex};
  const auto begun = [this] { return leased_once_ && definitions_.reads(); };
  while (!begun() && !is_hopeless() && clock::now() < until) {
    bell_->rung.wait_for(lock, round_interval);
  }
  return begun();
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
    if (const auto what = missing_of(zone); !what.empty()) {
      text += "zone " + name + ": " + what + "\n";
    }
  }
  return text;
}

/// Under the lock.
std::string zone_keeper::missing_of(const slot& zone) {
  if (!zone.definition) {
    return {};
  }
  if (!zone.runtime) {
    const auto waits = zone.wanted_since && *zone.wanted_since + missing_after < clock::now();
    const auto failed = !zone.elsewhere && !zone.complaint.empty();
    return failed ? zone.complaint : waits ? "it is to run here, and is not opened yet" : "";
  }
  if (!zone.runtime->standing().running) {
    return zone.runtime->halted().value_or("opening");
  }
  if (zone.progress.stands() < standing_after) {
    return {};
  }
  const auto cause = waits_for(zone);
  return "commands wait, and none is taken" + (cause.empty() ? "" : ": " + cause);
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
