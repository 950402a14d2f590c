#include "cmd/dispatchctl/leases.hpp"

#include "actors/ownership.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/nats/api.hpp"

#include <algorithm>
#include <optional>
#include <set>

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

const known_node* leases::find(const std::string& node) const {
  const auto found = std::ranges::find(nodes, node, &known_node::name);
  return found == nodes.end() ? nullptr : &*found;
}

nats::bucket leases_bucket(session& with) {
  return {with.connection(), wire::leases_bucket(with.root())};
}

leases read_leases(session& with) {
  leases found;
  const auto stream = "KV_" + wire::leases_bucket(with.root());
  if (!value_or_stop(nats::api::find_stream(*with.connection(), stream), exit_code::unavailable)) {
    return found;
  }
  std::set<std::string> drained;
  const auto entries = value_or_stop(leases_bucket(with).list(), exit_code::unavailable);
  const auto now = std::chrono::floor<duration>(std::chrono::system_clock::now());
  for (const auto& entry : entries) {
    if (behind(wire::heartbeat_key(""), entry.key)) {
      if (const auto member = ownership::member_from_json(entry.value)) {
        found.nodes.push_back({.name = member->who.node,
                               .capacity = member->capacity,
                               .leaving = member->leaving,
                               .drained = false,
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
