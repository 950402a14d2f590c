#include "actors/ownership.hpp"

#include "messages/wire/codec.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace dispatch::ownership {

namespace {

using nlohmann::json;

/// The higher, the more the zone belongs to the node.
double score(std::string_view zone, const member& node) {
  constexpr double two_to_53 = 9007199254740992.0;
  const auto hash = wire::fast_hash(std::string{zone} + "/" + node.who.node);
  const auto unit = (static_cast<double>(hash >> 11U) + 0.5) / two_to_53;
  return -node.capacity / std::log(unit);
}

const member* find(const std::vector<member>& members, const std::optional<incarnation>& who) {
  const auto found =
      std::ranges::find_if(members, [&](const member& m) { return who && m.who == *who; });
  return found == members.end() ? nullptr : &*found;
}

} // namespace

std::vector<const member*> ranking(std::string_view zone, const std::vector<member>& members) {
  std::vector<std::pair<double, const member*>> scored;
  for (const auto& node : members) {
    const std::string name{zone};
    const auto takes =
        (node.zones.empty() || node.zones.contains(name)) && !node.unable.contains(name);
    if (takes && !node.drained && !node.leaving) {
      scored.emplace_back(score(zone, node), &node);
    }
  }
  std::ranges::sort(scored, [](const auto& a, const auto& b) {
    return std::tie(b.first, a.second->who.node) < std::tie(a.first, b.second->who.node);
  });
  std::vector<const member*> ranked;
  ranked.reserve(scored.size());
  for (const auto& [unused, node] : scored) {
    ranked.push_back(node);
  }
  return ranked;
}

bool is_held_by_another(const incarnation& self, const std::optional<incarnation>& claim,
                        const std::vector<member>& members) {
  return claim && *claim != self && find(members, claim) != nullptr;
}

duty duty_of(const incarnation& self, const zone_view& zone, const std::vector<member>& members) {
  const auto ranked = ranking(zone.name, members);
  const auto place = std::ranges::find_if(ranked, [&](const member* m) { return m->who == self; });
  const auto is_first = place == ranked.begin() && !ranked.empty();
  if (zone.claim == self) {
    if (is_first) {
      return duty::run;
    }
    if (ranked.empty()) {
      const auto* own = find(members, self);
      return own != nullptr && own->leaving ? duty::hand_over : duty::run;
    }
    const auto& followed = ranked.front()->followed;
    const auto reached = followed.find(std::string{zone.name});
    const auto caught_up =
        reached != followed.end() && reached->second + hand_over_records_max >= zone.committed;
    return caught_up ? duty::hand_over : duty::run;
  }
  if (is_first) {
    return is_held_by_another(self, zone.claim, members) ? duty::follow : duty::run;
  }
  const auto keeps_copy = std::distance(ranked.begin(), place) <
                          static_cast<std::ptrdiff_t>(std::min(zone.copies, ranked.size()));
  return keeps_copy ? duty::follow : duty::none;
}

std::string to_json(const member& what) {
  return json{{"node", what.who.node},   {"run", what.who.run}, {"capacity", what.capacity},
              {"leaving", what.leaving}, {"zones", what.zones}, {"followed", what.followed},
              {"unable", what.unable}}
      .dump();
}

std::optional<member> member_from_json(std::string_view text) {
  try {
    const auto parsed = json::parse(text);
    member m;
    m.who = {parsed.at("node").get<std::string>(), parsed.at("run").get<std::string>()};
    m.capacity = parsed.at("capacity").get<double>();
    m.leaving = parsed.at("leaving").get<bool>();
    m.zones = parsed.at("zones").get<std::set<std::string>>();
    m.unable = parsed.value("unable", std::set<std::string>{});
    m.followed = parsed.at("followed").get<std::map<std::string, std::uint64_t>>();
    return m.capacity > 0.0 ? std::optional{std::move(m)} : std::nullopt;
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

std::string to_json(const incarnation& claim) {
  return json{{"node", claim.node}, {"run", claim.run}}.dump();
}

std::optional<incarnation> claim_from_json(std::string_view text) {
  try {
    const auto parsed = json::parse(text);
    return incarnation{parsed.at("node").get<std::string>(), parsed.at("run").get<std::string>()};
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

} // namespace dispatch::ownership
