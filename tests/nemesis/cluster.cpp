#include "tests/nemesis/cluster.hpp"

#include "messages/wire/subjects.hpp"
#include "messages/wire/zone_definition.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <sys/mount.h>
#include <unistd.h>

namespace dispatch::nemesis {

namespace {

using namespace std::chrono_literals;
using integration::value_of;

/// A lease ends without a message.
constexpr auto look_again_after = 20ms;
/// Small, so that a thousand zones fit on a server.
const nats::stream_sizes stream_sizes{.input_bytes_max = std::int64_t{16} << 20,
                                      .log_bytes_max = std::int64_t{30} << 20,
                                      .output_bytes_max = std::int64_t{16} << 20};

constexpr std::uint64_t disk_bytes = std::uint64_t{256} << 20;

std::filesystem::path created(const std::filesystem::path& directory) {
  std::filesystem::create_directories(directory);
  return std::filesystem::canonical(directory);
}

/// Servers that have just started elect who leads them, and learn of each other one by one.
std::shared_ptr<nats::connection> install(const std::string& urls, int replicas) {
  nats::connection_settings settings;
  settings.url = urls;
  settings.name = "nemesis";
  auto on = value_of(nats::connection::open(std::move(settings)));
  integration::await("buckets with " + std::to_string(replicas) + " replicas", [&] {
    return static_cast<bool>(nats::create_buckets(*on, wire::default_root, replicas));
  });
  return on;
}

void mount_small_disk(const std::filesystem::path& at) {
  created(at);
  const auto size = "size=" + std::to_string(disk_bytes);
  if (::mount("tmpfs", at.c_str(), "tmpfs", 0, size.c_str()) != 0) {
    throw std::runtime_error("a tmpfs cannot be mounted");
  }
}

} // namespace

cluster::cluster(const cluster_settings& how)
    : settings_(how), directory_(created(how.keep.empty() ? temporary_.path() : how.keep)),
      servers_(directory_, how.servers),
      on_(install(servers_.urls(), static_cast<int>(how.servers))),
      bucket_(on_, wire::leases_bucket(wire::default_root)),
      watch_(on_, wire::leases_bucket(wire::default_root), [this] {
        const std::scoped_lock lock{mutex_};
        changed_.notify_all();
      }) {
  create_zones();
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < how.nodes; ++i) {
    const auto& node = nodes_.emplace_back("n" + std::to_string(i));
    if (how.with.small_disks) {
      mount_small_disk(data(node));
    }
    if (how.with.own_clocks) {
      set_clock(node, 0s);
    }
    for (std::size_t server = 0; how.with.proxies && server < servers_.count(); ++server) {
      wires_[node].push_back(std::make_unique<proxy>(servers_.port(server)));
    }
    start(node);
  }
  await_balance();
  balance_s_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void cluster::create_zones() {
  auto sizes = stream_sizes;
  sizes.replicas = static_cast<int>(settings_.servers);
  nats::bucket zones{on_, wire::zones_bucket(wire::default_root)};
  for (std::size_t i = 0; i < settings_.zones; ++i) {
    zone_definition definition;
    definition.name = zones_.emplace_back("z" + std::to_string(i));
    definition.standbys = settings_.standbys;
    definition.policy.match_interval = 100ms;
    value_of(nats::create_zone_streams(*on_, wire::default_root, definition.name, sizes));
    value_of(zones.put(definition.name, wire::to_toml(definition), 0));
  }
}

std::vector<std::string> cluster::environment_of(const std::string& node) const {
  if (!settings_.with.own_clocks) {
    return {};
  }
  return {std::string{"LD_PRELOAD="} + OWN_CLOCK_LIBRARY, "NEMESIS_CLOCK=" + clock_file(node)};
}

std::string cluster::urls_of(const std::string& node) const {
  const auto wires = wires_.find(node);
  if (wires == wires_.end()) {
    return servers_.urls();
  }
  std::string text;
  for (const auto& wire : wires->second) {
    text +=
        (text.empty() ? "nats://127.0.0.1:" : ",nats://127.0.0.1:") + std::to_string(wire->port());
  }
  return text;
}

void cluster::start(const std::string& node) {
  auto& slot = running_[node];
  slot.reset();
  slot = std::make_unique<integration::dispatchd>(
      urls_of(node), data(node),
      integration::dispatchd::settings{
          .node = node,
          .arguments = {"--lease-ms", std::to_string(settings_.lease.count()), "--renewal-ms",
                        std::to_string(settings_.renewal.count())},
          .environment = environment_of(node)});
}

void cluster::each_wire(const std::string& node, const std::function<void(proxy&)>& act) {
  for (const auto& wire : wires_.at(node)) {
    act(*wire);
  }
}

/// In place: the node has the file mapped.
void cluster::set_clock(const std::string& node, std::chrono::seconds ahead) {
  const std::int64_t seconds = ahead.count();
  const nats::descriptor file(
      ::open(clock_file(node).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  if (::pwrite(file.number(), &seconds, sizeof seconds, 0) != sizeof seconds) {
    throw std::runtime_error("the clock of " + node + " cannot be set");
  }
}

bool cluster::suspends_deadlines(const std::string& node) const {
  std::istringstream metrics{running_.at(node)->page("/metrics")};
  for (std::string line; std::getline(metrics, line);) {
    if (line.starts_with("dispatch_timers_suspended{")) {
      return line.ends_with(" 1");
    }
  }
  return false;
}

void cluster::kill(const std::string& node) { running_.at(node)->kill(); }

void cluster::stop(const std::string& node) {
  if (const auto status = running_.at(node)->stop(); status != 0) {
    throw std::runtime_error(node + " ended with " + std::to_string(status) + ", asked to stop");
  }
}

void cluster::pause(const std::string& node) { ::kill(running_.at(node)->process().id(), SIGSTOP); }

void cluster::resume(const std::string& node) {
  ::kill(running_.at(node)->process().id(), SIGCONT);
}

void cluster::drain(const std::string& node) {
  value_of(bucket_.set(wire::drain_key(node), "drain"));
}

void cluster::undrain(const std::string& node) {
  const auto wish = value_of(bucket_.get(wire::drain_key(node)));
  if (wish) {
    value_of(bucket_.erase(wire::drain_key(node), wish->revision));
  }
}

std::vector<ownership::member> cluster::members() const {
  const auto entries = watch_.now();
  const auto oldest = std::chrono::steady_clock::now() - settings_.lease;
  std::vector<ownership::member> live;
  for (const auto& node : nodes_) {
    const auto heartbeat = entries.find(wire::heartbeat_key(node));
    if (heartbeat == entries.end() || heartbeat->second.arrived < oldest) {
      continue;
    }
    if (auto member = ownership::member_from_json(heartbeat->second.value)) {
      member->drained = entries.contains(wire::drain_key(node));
      live.push_back(std::move(*member));
    }
  }
  return live;
}

std::string cluster::owner_of(const std::string& zone) {
  await("an owner of zone " + zone, [&] { return owners().contains(zone); });
  return owners().at(zone);
}

std::map<std::string, std::string> cluster::owners() const {
  const auto entries = watch_.now();
  const auto live = members();
  std::map<std::string, std::string> found;
  for (const auto& zone : zones_) {
    const auto claim = entries.find(wire::claim_key(zone));
    const auto by =
        claim == entries.end() ? std::nullopt : ownership::claim_from_json(claim->second.value);
    const auto owner =
        std::ranges::find_if(live, [&](const ownership::member& m) { return by && m.who == *by; });
    if (owner != live.end()) {
      found[zone] = owner->who.node;
    }
  }
  return found;
}

std::vector<std::size_t> cluster::zones_of(const std::string& node) const {
  const auto owned_by = owners();
  std::vector<std::size_t> owned;
  for (std::size_t i = 0; i < zones_.size(); ++i) {
    const auto owner = owned_by.find(zones_[i]);
    if (owner != owned_by.end() && owner->second == node) {
      owned.push_back(i);
    }
  }
  return owned;
}

void cluster::await(const std::string& what, const std::function<bool()>& so) {
  const auto deadline = std::chrono::steady_clock::now() + integration::patience;
  std::unique_lock lock{mutex_};
  while (!so()) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("did not come in time: " + what);
    }
    changed_.wait_for(lock, look_again_after);
  }
}

std::string cluster::misplaced() const {
  const auto live = members();
  const auto up = static_cast<std::size_t>(std::ranges::count_if(
      running_, [](const auto& node) { return node.second->process().runs(); }));
  const auto owned_by = owners();
  std::string text;
  if (live.size() != up) {
    text = std::to_string(live.size()) + " of " + std::to_string(up) + " nodes are heard of; ";
  }
  for (const auto& zone : zones_) {
    const auto ranked = ownership::ranking(zone, live);
    const auto owner = owned_by.find(zone);
    const auto now = owner == owned_by.end() ? "nobody" : owner->second;
    const auto wanted = ranked.empty() ? "nobody" : ranked.front()->who.node;
    if (now != wanted || ranked.empty()) {
      text += zone + " belongs to " + wanted + " and is of " + now + "; ";
    }
  }
  return text;
}

void cluster::await_balance() {
  std::string text;
  try {
    await("balance", [&] {
      text = misplaced();
      return text.empty();
    });
  } catch (const std::runtime_error&) {
    throw std::runtime_error("zones are not where they belong: " + text);
  }
}

std::string cluster::logs() const {
  std::string text;
  for (const auto& [name, node] : running_) {
    text += "--- " + name + "\n" + node->log();
  }
  return text;
}

} // namespace dispatch::nemesis
