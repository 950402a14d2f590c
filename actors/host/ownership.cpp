#include "actors/host/ownership.hpp"

#include "messages/wire/codec.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace dispatch::ownership {

namespace {

using nlohmann::json;

constexpr double share_exceeded_by = 1.25;

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

bool stays(const member& node) { return !node.drained && !node.leaving; }

/// Whether the node may have the zone, whether or not it can run it at present.
bool takes(const member& node, const std::string& zone) {
  return stays(node) && (node.zones.empty() || node.zones.contains(zone));
}

/// How many zones of `count` each node may have.
std::vector<std::size_t> rooms(std::size_t count, const std::vector<member>& members) {
  double sum = 0.0;
  for (const auto& node : members) {
    sum += stays(node) ? node.capacity : 0.0;
  }
  std::vector<std::size_t> found;
  for (const auto& node : members) {
    const auto share = stays(node) ? static_cast<double>(count) * node.capacity / sum : 0.0;
    // A share that is a whole number must not become one more by rounding.
    found.push_back(static_cast<std::size_t>(std::ceil(share_exceeded_by * share - 1e-9)));
  }
  return found;
}

/// The nodes that fit, by descending score.
template <class Fits>
std::vector<const member*> ranked_if(const std::string& zone, const std::vector<member>& members,
                                     const Fits& fits) {
  std::vector<std::pair<double, const member*>> scored;
  for (const auto& node : members) {
    if (fits(node)) {
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

} // namespace

std::vector<const member*> ranking(std::string_view zone, const std::vector<member>& members) {
  const std::string name{zone};
  return ranked_if(name, members, [&](const member& node) {
    return takes(node, name) && !node.unable.contains(name);
  });
}

std::map<std::string, std::string> placement(const std::vector<std::string>& zones,
                                             const std::vector<member>& members) {
  std::map<std::string, std::string> placed;
  if (!std::ranges::all_of(members, &member::bounded)) {
    return placed;
  }
  struct pair {
    double score;
    const std::string* zone;
    std::size_t node;
  };
  std::vector<pair> pairs;
  for (const auto& zone : zones) {
    for (std::size_t node = 0; node < members.size(); ++node) {
      if (takes(members[node], zone)) {
        pairs.push_back({score(zone, members[node]), &zone, node});
      }
    }
  }
  std::ranges::sort(pairs, [&](const pair& a, const pair& b) {
    return std::tie(b.score, *a.zone, members[a.node].who.node) <
           std::tie(a.score, *b.zone, members[b.node].who.node);
  });
  auto room = rooms(zones.size(), members);
  for (const auto bounded : {true, false}) {
    for (const auto& [unused, zone, node] : pairs) {
      if ((!bounded || room[node] > 0) && placed.emplace(*zone, members[node].who.node).second) {
        room[node] -= bounded ? 1 : 0;
      }
    }
  }
  return placed;
}

bool is_held_by_another(const incarnation& self, const std::optional<incarnation>& claim,
                        const std::vector<member>& members) {
  return claim && *claim != self && find(members, claim) != nullptr;
}

duty duty_of(const incarnation& self, const zone_view& zone, const std::vector<member>& members) {
  const std::string name{zone.name};
  auto ranked = ranking(name, members);
  if (ranked.empty() && zone.claim != self) {
    // Nobody can run the zone at present. Who tries is not ready until it can.
    ranked = ranked_if(name, members, [&](const member& node) { return takes(node, name); });
  }
  const auto home =
      std::ranges::find_if(ranked, [&](const member* m) { return m->who.node == zone.home; });
  if (home != ranked.end()) {
    std::rotate(ranked.begin(), home, home + 1);
  }
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
    const auto reached = followed.find(name);
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

std::string to_json(const member& member) {
  return json{
      {"node", member.who.node},     {"run", member.who.run},       {"process", member.process},
      {"capacity", member.capacity}, {"leaving", member.leaving},   {"bounded", member.bounded},
      {"zones", member.zones},       {"followed", member.followed}, {"unable", member.unable}}
      .dump();
}

std::optional<member> member_from_json(std::string_view text) {
  try {
    const auto parsed = json::parse(text);
    member m;
    m.who = {parsed.at("node").get<std::string>(), parsed.at("run").get<std::string>()};
    m.process = parsed.value("process", "");
    m.bounded = parsed.value("bounded", false);
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
