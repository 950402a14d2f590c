#include "tests/nemesis/cluster.hpp"

#include "messages/wire/subjects.hpp"
#include "messages/wire/zone_definition.hpp"

#include <algorithm>
#include <csignal>
#include <stdexcept>

namespace dispatch::nemesis {

namespace {

using namespace std::chrono_literals;
using integration::value_of;

constexpr auto root = "dispatch";
/// A lease ends without a message.
constexpr auto look_again_after = 20ms;
/// Small, so that a thousand zones fit on a server.
const nats::stream_sizes sizes{.input_bytes_max = std::int64_t{16} << 20,
                               .log_bytes_max = std::int64_t{30} << 20,
                               .output_bytes_max = std::int64_t{16} << 20};

} // namespace

cluster::cluster(const cluster_settings& how)
    : settings_(how), bucket_(site_.on(), wire::leases_bucket(root)),
      watch_(site_.on(), wire::leases_bucket(root), [this] {
        const std::scoped_lock lock{mutex_};
        changed_.notify_all();
      }) {
  nats::bucket zones{site_.on(), wire::zones_bucket(root)};
  for (std::size_t i = 0; i < how.zones; ++i) {
    zone_definition definition;
    definition.name = zones_.emplace_back("z" + std::to_string(i));
    definition.standbys = how.standbys;
    definition.policy.match_interval = 100ms;
    value_of(nats::create_zone_streams(*site_.on(), root, definition.name, sizes));
    value_of(zones.put(definition.name, wire::to_toml(definition), 0));
  }
  const auto begin = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < how.nodes; ++i) {
    start(nodes_.emplace_back("n" + std::to_string(i)));
  }
  await_balance();
  balance_s_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void cluster::start(const std::string& node) {
  auto& slot = running_[node];
  slot.reset();
  slot = std::make_unique<integration::dispatchd>(
      site_, integration::dispatchd::settings{
                 .node = node,
                 .arguments = {"--lease-ms", std::to_string(settings_.lease.count()),
                               "--renewal-ms", std::to_string(settings_.renewal.count())}});
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

void cluster::await_balance() {
  await("every zone on the node to which it belongs", [this] {
    const auto live = members();
    const auto up = static_cast<std::size_t>(std::ranges::count_if(
        running_, [](const auto& node) { return node.second->process().runs(); }));
    const auto owned_by = owners();
    return live.size() == up && std::ranges::all_of(zones_, [&](const std::string& zone) {
             const auto ranked = ownership::ranking(zone, live);
             const auto owner = owned_by.find(zone);
             return !ranked.empty() && owner != owned_by.end() &&
                    ranked.front()->who.node == owner->second;
           });
  });
}

std::string cluster::logs() const {
  std::string text;
  for (const auto& [name, node] : running_) {
    text += "--- " + name + "\n" + node->log();
  }
  return text;
}

} // namespace dispatch::nemesis
