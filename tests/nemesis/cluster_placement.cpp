#include "messages/wire/subjects.hpp"
#include "tests/nemesis/cluster.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

/// Where the zones are.
namespace dispatch::nemesis {

namespace {

using namespace std::chrono_literals;

/// A zone that has not moved for so long stays.
constexpr auto stays_for = 2s;
constexpr auto rest_within = 30s;
/// With so many zones per node each node is to have some.
constexpr std::size_t zones_per_node_min = 4;
/// A lease ends without a message.
constexpr auto look_again_after = 20ms;
} // namespace

std::vector<ownership::member> cluster::members() const {
  const auto entries = watch_->now();
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
  const auto entries = watch_->now();
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

void cluster::await(const std::string& what, const std::function<bool()>& so,
                    std::chrono::milliseconds longest) {
  const auto deadline = std::chrono::steady_clock::now() + longest;
  std::unique_lock lock{mutex_};
  while (!so()) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("did not come in time: " + what);
    }
    changed_.wait_for(lock, look_again_after);
  }
}

/// Of the product only what it stores is read here, never what it would do with it.
std::string cluster::unrest(const std::map<std::string, std::string>& owned_by) const {
  const auto live = members();
  const auto up = static_cast<std::size_t>(
      std::ranges::count_if(nodes_, [&](const std::string& node) { return runs(node); }));
  std::string text;
  if (live.size() != up) {
    text = std::to_string(live.size()) + " of " + std::to_string(up) + " nodes are heard of; ";
  }
  for (const auto& zone : zones_) {
    if (!owned_by.contains(zone)) {
      text += "nobody runs zone " + zone + "; ";
    }
  }
  const auto enough_for_all = zones_.size() >= zones_per_node_min * live.size();
  for (const auto& member : live) {
    const auto& node = member.who.node;
    const auto owned =
        std::ranges::count_if(owned_by, [&](const auto& zone) { return zone.second == node; });
    if (member.drained ? owned > 0 : owned == 0 && enough_for_all) {
      text += node + (member.drained ? " is drained, " : " is not drained, ") +
              std::to_string(owned) + " zones; ";
    }
  }
  return text;
}

void cluster::await_balance() {
  std::string text;
  std::map<std::string, std::string> before;
  auto since = std::chrono::steady_clock::now();
  try {
    await(
        "balance",
        [&] {
          const auto now = owners();
          text = unrest(now);
          if (!text.empty() || now != before) {
            since = std::chrono::steady_clock::now();
            before = now;
          }
          return since + stays_for < std::chrono::steady_clock::now();
        },
        rest_within);
  } catch (const std::runtime_error&) {
    throw std::runtime_error("zones do not come to rest: " + text);
  }
}

} // namespace dispatch::nemesis
