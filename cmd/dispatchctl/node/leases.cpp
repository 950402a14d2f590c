#include "cmd/dispatchctl/node/leases.hpp"

#include "actors/host/ownership.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/nats/connection/api.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::value_or_stop;

std::optional<std::string> behind(const std::string& prefix, const std::string& key) {
  return key.starts_with(prefix) ? std::optional{key.substr(prefix.size())} : std::nullopt;
}

} // namespace

std::string known_node::state() const {
  if (silent()) {
    return "silent";
  }
  if (leaving) {
    return "leaving";
  }
  return drained ? "drained" : "live";
}

namespace {

/// Why a live node does not run the zone.
std::string hindrance_of(const known_node& node, const std::string& zone) {
  if (node.drained || node.leaving) {
    return "node " + node.name + " is " + node.state();
  }
  if (!node.only.empty() && !node.only.contains(zone)) {
    return "node " + node.name + " runs only the zones that it was told";
  }
  if (node.unable.contains(zone)) {
    return "node " + node.name + " cannot, as its log says";
  }
  return "node " + node.name + " is to take it";
}

} // namespace

placement placement_of(const std::string& zone, const leases& known) {
  if (known.nodes.empty()) {
    return {.node = {}, .why_not = "there never was a node; start dispatchd"};
  }
  std::vector<std::string> reasons;
  if (const auto claim = known.claims.find(zone); claim != known.claims.end()) {
    const auto* node = known.find(claim->second);
    if (node != nullptr && !node->silent()) {
      return {.node = node->name, .why_not = {}};
    }
    reasons.push_back("node " + claim->second + ", which ran it, is " +
                      (node == nullptr ? "gone" : "silent"));
  }
  const auto before = reasons.size();
  for (const auto& node : known.nodes) {
    if (!node.silent()) {
      reasons.push_back(hindrance_of(node, zone));
    }
  }
  if (reasons.size() == before) {
    reasons.emplace_back("no node is live; start dispatchd");
  }
  std::string text;
  for (const auto& reason : reasons) {
    text += (text.empty() ? "" : "; ") + reason;
  }
  return {.node = {}, .why_not = std::move(text)};
}

const known_node* leases::find(const std::string& node) const {
  const auto found = std::ranges::find(nodes, node, &known_node::name);
  return found == nodes.end() ? nullptr : &*found;
}

nats::bucket leases_bucket(session& session) {
  return {session.connection(), wire::leases_bucket(session.root())};
}

leases read_leases(session& session) {
  leases found;
  const auto stream = "KV_" + wire::leases_bucket(session.root());
  if (!value_or_stop(nats::api::find_stream(*session.connection(), stream),
                     exit_code::unavailable)) {
    return found;
  }
  std::set<std::string> drained;
  const auto entries = value_or_stop(leases_bucket(session).list(), exit_code::unavailable);
  const auto now = std::chrono::floor<duration>(std::chrono::system_clock::now());
  for (const auto& entry : entries) {
    if (behind(wire::heartbeat_key(""), entry.key)) {
      if (const auto member = ownership::member_from_json(entry.value)) {
        found.nodes.push_back({.name = member->who.node,
                               .capacity = member->capacity,
                               .leaving = member->leaving,
                               .drained = false,
                               .only = member->zones,
                               .unable = member->unable,
                               .zones = 0,
                               .heard_of = entry.stored_at,
                               .age = std::max(duration{0}, now - entry.stored_at)});
      }
    } else if (const auto node = behind(wire::drain_key(""), entry.key)) {
      drained.insert(*node);
    } else if (const auto zone = behind(wire::claim_key(""), entry.key)) {
      if (const auto by = ownership::claim_from_json(entry.value)) {
        found.claims[*zone] = by->node;
      }
    }
  }
  std::ranges::sort(found.nodes, {}, &known_node::name);
  for (auto& node : found.nodes) {
    node.drained = drained.contains(node.name);
    node.zones = static_cast<std::size_t>(std::ranges::count_if(
        found.claims, [&](const auto& claim) { return claim.second == node.name; }));
  }
  return found;
}

} // namespace dispatch::ctl
