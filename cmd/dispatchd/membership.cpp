#include "cmd/dispatchd/membership.hpp"

#include "messages/nats/connection/publish_ack.hpp"
#include "messages/wire/subjects.hpp"

#include <array>
#include <unistd.h>
#include <utility>

namespace dispatch::daemon {

namespace {

/// A node gives up a little before the others take over.
constexpr int lease_used_percent = 90;

/// Where to look for the process, for people.
std::string process_name() {
  std::array<char, 256> host{};
  (void)::gethostname(host.data(), host.size() - 1);
  return "process " + std::to_string(::getpid()) + " on " + host.data();
}

/// What follows the prefix of a key; nullopt when it has another one.
std::optional<std::string> behind(const std::string& prefix, const std::string& key) {
  return key.starts_with(prefix) ? std::optional{key.substr(prefix.size())} : std::nullopt;
}

} // namespace

membership::settings membership::settings_of(const options& node) {
  return {.root = node.root,
          .node = node.node,
          .run = node.run,
          .capacity = node.capacity,
          .zones = {node.zones.begin(), node.zones.end()},
          .lease = node.lease,
          .renewal = node.renewal};
}

membership::membership(std::shared_ptr<nats::connection> on, settings how,
                       std::function<void()> on_change)
    : connection_(std::move(on)), settings_(std::move(how)),
      bucket_(connection_, wire::leases_bucket(settings_.root)),
      watch_(connection_, wire::leases_bucket(settings_.root), std::move(on_change)),
      leased_until_(std::make_shared<std::atomic<clock::rep>>(0)) {
  self_.who = {settings_.node, settings_.run};
  self_.process = process_name();
  self_.capacity = settings_.capacity;
  self_.bounded = true;
  self_.zones = settings_.zones;
  thread_ = std::thread{[this] { run(); }};
}

membership::~membership() {
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
  // The others need not wait for the lease to end.
  const auto key = wire::heartbeat_key(settings_.node);
  const auto entries = watch_.now();
  if (const auto own = entries.find(key); own != entries.end()) {
    const auto said = ownership::member_from_json(own->second.value);
    if (said && said->who == self_.who && connection_->connected()) {
      (void)bucket_.erase(key, own->second.revision);
    }
  }
}

void membership::run() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    due_ = false;
    lock.unlock();
    beat();
    lock.lock();
    changed_.wait_for(lock, settings_.renewal, [&] { return stopping_ || due_; });
  }
}

void membership::beat() {
  std::string body;
  {
    const std::scoped_lock lock{mutex_};
    body = ownership::to_json(self_);
  }
  const auto subject =
      "$KV." + wire::leases_bucket(settings_.root) + "." + wire::heartbeat_key(settings_.node);
  const auto until = clock::now() + settings_.lease * lease_used_percent / 100;
  connection_->request_async(
      subject.c_str(), {}, body, settings_.lease,
      [to = leased_until_, until](const result<std::string>& answer) {
        const auto ack = answer ? nats::parse_publish_ack(*answer) : answer.error();
        if (!ack || nats::verdict_of(*ack) != nats::ack_verdict::stored) {
          return;
        }
        auto known = to->load();
        const auto renewed = until.time_since_epoch().count();
        while (known < renewed && !to->compare_exchange_weak(known, renewed)) {
        }
      });
}

std::function<bool()> membership::lease() const {
  return [until = leased_until_] { return clock::now().time_since_epoch().count() < *until; };
}

std::optional<membership::view> membership::look() {
  const auto entries = watch_.now();
  const auto own = entries.find(wire::heartbeat_key(settings_.node));
  if (own == entries.end()) {
    return std::nullopt;
  }
  const auto said = ownership::member_from_json(own->second.value);
  if (!said || said->who != self_.who) {
    return std::nullopt;
  }
  const auto oldest = clock::now() - settings_.lease;
  view found;
  for (const auto& [key, entry] : entries) {
    if (behind(wire::heartbeat_key(""), key) && (entry.arrived >= oldest || key == own->first)) {
      if (auto member = ownership::member_from_json(entry.value)) {
        member->drained = entries.contains(wire::drain_key(member->who.node));
        found.members.push_back(std::move(*member));
      }
    } else if (const auto zone = behind(wire::claim_key(""), key)) {
      auto& parsed = claims_[key];
      if (parsed.revision != entry.revision) {
        parsed = {ownership::claim_from_json(entry.value).value_or(ownership::incarnation{}),
                  entry.revision};
      }
      found.claims.emplace_hint(found.claims.end(), *zone, parsed);
    }
  }
  return found;
}

void membership::set_followed(std::map<std::string, std::uint64_t> followed) {
  const std::scoped_lock lock{mutex_};
  // A zone that has just caught up is waited for; how far it has come can wait.
  due_ = due_ || followed.size() > self_.followed.size();
  self_.followed = std::move(followed);
  if (due_) {
    changed_.notify_all();
  }
}

void membership::set_unable(std::set<std::string> zones) {
  const std::scoped_lock lock{mutex_};
  if (zones != self_.unable) {
    self_.unable = std::move(zones);
    due_ = true;
    changed_.notify_all();
  }
}

void membership::set_leaving() {
  const std::scoped_lock lock{mutex_};
  self_.leaving = true;
  due_ = true;
  changed_.notify_all();
}

status membership::claim(const std::string& zone, const view& known) {
  const auto before = known.claims.find(zone);
  const auto revision = before == known.claims.end() ? 0 : before->second.revision;
  const auto stored = bucket_.put(wire::claim_key(zone), ownership::to_json(self_.who), revision);
  return stored ? status{nothing{}} : status{stored.error()};
}

status membership::release(const std::string& zone, const view& known) {
  const auto own = known.claims.find(zone);
  if (own == known.claims.end() || own->second.by != self_.who) {
    return nothing{};
  }
  return bucket_.erase(wire::claim_key(zone), own->second.revision);
}

status membership::abandon(const std::string& zone, const view& known) {
  const auto own = known.claims.find(zone);
  if (own == known.claims.end() || own->second.by != self_.who) {
    return nothing{};
  }
  const auto claim = ownership::to_json(ownership::incarnation{self_.who.node, "given-up"});
  const auto stored = bucket_.put(wire::claim_key(zone), claim, own->second.revision);
  return stored ? status{nothing{}} : status{stored.error()};
}

result<std::optional<nats::bucket_entry>>
last_heartbeat(const std::shared_ptr<nats::connection>& on, const membership::settings& how) {
  return nats::bucket{on, wire::leases_bucket(how.root)}.get(wire::heartbeat_key(how.node));
}

std::optional<ownership::member> find_namesake(const std::shared_ptr<nats::connection>& on,
                                               const membership::settings& how,
                                               const nats::bucket_entry& last,
                                               const std::string& ended_run) {
  const auto said = ownership::member_from_json(last.value);
  if (!said || said->who.run == ended_run) {
    return std::nullopt;
  }
  std::mutex mutex;
  std::condition_variable changed;
  const nats::bucket_watch watch{on, wire::leases_bucket(how.root), [&] {
                                   const std::scoped_lock lock{mutex};
                                   changed.notify_all();
                                 }};
  std::optional<ownership::member> found;
  std::unique_lock lock{mutex};
  changed.wait_for(lock, how.lease, [&] {
    const auto entries = watch.now();
    const auto next = entries.find(wire::heartbeat_key(how.node));
    const auto came = next != entries.end() && next->second.revision > last.revision;
    found = came ? ownership::member_from_json(next->second.value) : std::nullopt;
    return found.has_value();
  });
  return found;
}

} // namespace dispatch::daemon
