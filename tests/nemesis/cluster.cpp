#include "tests/nemesis/cluster.hpp"

#include "cmd/shared/exit_code.hpp"
#include "messages/wire/subjects.hpp"
#include "messages/wire/zone/zone_definition.hpp"

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

constexpr std::uint64_t disk_bytes = std::uint64_t{1} << 30;

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
      servers_(directory_, how.servers, how.with.users),
      on_(install(servers_.urls(), static_cast<int>(how.servers))),
      bucket_(on_, wire::leases_bucket(wire::default_root)) {
  watch_leases();
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
    if (how.with.thread_limits) {
      limit_threads(node, 0);
    }
    for (std::size_t server = 0; how.with.proxies && server < servers_.count(); ++server) {
      wires_[node].push_back(std::make_unique<proxy>(servers_.port(server)));
    }
    start(node);
  }
  await_balance();
  balance_s_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void cluster::watch_leases() {
  watch_ =
      std::make_unique<nats::bucket_watch>(on_, wire::leases_bucket(wire::default_root), [this] {
        const std::scoped_lock lock{mutex_};
        changed_.notify_all();
      });
}

void cluster::recreate_leases() {
  value_of(nats::delete_stream(*on_, "KV_" + wire::leases_bucket(wire::default_root)));
  value_of(nats::create_buckets(*on_, wire::default_root, static_cast<int>(settings_.servers)));
  watch_leases();
}

void cluster::create_zones() {
  auto wanted = settings_.zones;
  wanted.replicas = static_cast<int>(settings_.servers);
  plans_ = plan_zones(wanted);
  nats::bucket zones{on_, wire::zones_bucket(wire::default_root)};
  for (const auto& each : plans_) {
    const auto& name = zones_.emplace_back(each.definition.name);
    value_of(nats::create_zone_streams(*on_, wire::default_root, name, each.sizes));
    value_of(zones.put(name, wire::to_toml(each.definition), 0));
  }
}

std::vector<std::string> cluster::environment_of(const std::string& node) const {
  std::vector<std::string> environment;
  std::string libraries;
  if (settings_.with.own_clocks) {
    libraries = OWN_CLOCK_LIBRARY;
    environment.push_back("NEMESIS_CLOCK=" + told_file(node, "clock"));
  }
  if (settings_.with.thread_limits) {
    libraries += (libraries.empty() ? "" : ":") + std::string{OWN_THREADS_LIBRARY};
    environment.push_back("NEMESIS_THREADS=" + told_file(node, "threads"));
  }
  if (!libraries.empty()) {
    environment.push_back("LD_PRELOAD=" + libraries);
  }
  return environment;
}

std::string cluster::urls_of(const std::string& node) const {
  const auto wires = wires_.find(node);
  std::string text;
  for (std::size_t i = 0; i < servers_.count(); ++i) {
    const auto port = wires == wires_.end() ? servers_.port(i) : wires->second.at(i)->port();
    text += (text.empty() ? "" : ",") + servers_.url_of_nodes(port);
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
void cluster::tell(const std::string& node, const std::string& about, std::int64_t value) const {
  const nats::descriptor file(
      ::open(told_file(node, about).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  if (::pwrite(file.number(), &value, sizeof value, 0) != sizeof value) {
    throw std::runtime_error("the " + about + " of " + node + " cannot be set");
  }
}

void cluster::set_clock(const std::string& node, std::chrono::seconds ahead) {
  tell(node, "clock", ahead.count());
}

void cluster::limit_threads(const std::string& node, std::size_t most) {
  tell(node, "threads", static_cast<std::int64_t>(most));
}

double cluster::metric(const std::string& node, const std::string& name,
                       const std::string& zone) const {
  std::istringstream metrics{running_.at(node)->page("/metrics")};
  const auto wanted = name + "{zone=\"" + zone + "\"} ";
  for (std::string line; std::getline(metrics, line);) {
    if (line.starts_with(wanted)) {
      return std::stod(line.substr(wanted.size()));
    }
  }
  return 0.0;
}

void cluster::kill(const std::string& node) { running_.at(node)->kill(); }

void cluster::stop(const std::string& node) {
  if (const auto status = running_.at(node)->stop(); status != 0) {
    throw std::runtime_error(node + " ended with " + std::to_string(status) + ", asked to stop");
  }
}

void cluster::supervise() {
  for (const auto& node : nodes_) {
    auto& slot = *running_.at(node);
    if (!slot.process().runs() || !slot.has_ended()) {
      continue;
    }
    const auto status = slot.wait_for_end();
    if (status != static_cast<int>(cli::exit_code::unavailable)) {
      throw std::runtime_error(node + " ended by itself with " + std::to_string(status));
    }
    start(node);
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

std::string cluster::logs() const {
  std::string text;
  for (const auto& [name, node] : running_) {
    text += "--- " + name + "\n" + node->log();
  }
  return text;
}

} // namespace dispatch::nemesis
