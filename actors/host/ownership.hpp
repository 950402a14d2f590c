#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// Which node should run which zone. Decides who tries, never who may: that is the log's fence.
///
/// Every node tells that it lives by a heartbeat, and claims each zone that it runs. A zone belongs
/// to the node where placement puts it. While another one runs it, that node follows its log until
/// it has caught up; then the zone is handed over. A zone whose node is silent for a lease is
/// taken.
namespace dispatch::ownership {

/// One run of a node's process: a restarted node is another one.
struct incarnation {
  std::string node;
  std::string run;

  bool operator==(const incarnation&) const = default;
};

/// A live node, as its heartbeat tells it.
struct member {
  incarnation who;
  std::string process;          ///< where it runs, for people
  double capacity = 1.0;        ///< share of the zones, relative to the others
  bool drained = false;         ///< an operator wants its zones elsewhere
  bool leaving = false;         ///< the process ends as soon as its zones are elsewhere
  bool bounded = false;         ///< it knows placement(); older versions go by ranking() alone
  std::set<std::string> zones;  ///< the only ones that it runs; empty: any
  std::set<std::string> unable; ///< zones that it cannot run at present
  /// Number of the last record that it holds, of zones whose log it follows.
  std::map<std::string, std::uint64_t> followed;
};

/// The nodes that may get the zone, the one to which it belongs first: by rendezvous hashing,
/// weighted by capacity (score -capacity / ln of a hash in (0, 1), after Schindelhauer and
/// Schomaker, "Weighted Distributed Hash Tables", 2005). When a node goes, only its zones move.
std::vector<const member*> ranking(std::string_view zone, const std::vector<member>& members);

/// The node to which each zone belongs, by zone: the first of its ranking that has room. No node
/// gets more than a quarter above its share, unless only it may run a zone (Mirrokni, Thorup and
/// Zadimoghaddam, "Consistent Hashing with Bounded Loads", 2018). Pairs of zone and node are taken
/// by descending score, so that little moves when one comes or goes. What a node cannot run at
/// present keeps its place there, and goes to the next of its ranking meanwhile. Empty while a node
/// lives that does not know placements: then a zone belongs to the first of its ranking.
std::map<std::string, std::string> placement(const std::vector<std::string>& zones,
                                             const std::vector<member>& members);

/// What a node should do about a zone.
enum class duty : std::uint8_t {
  none,      ///< nothing; let go of what it has
  follow,    ///< keep a copy of the log
  run,       ///< own it; claim it first if it is not claimed yet
  hand_over, ///< finish it and let go of the claim
};

/// The zone as this node sees it.
struct zone_view {
  std::string_view name;
  std::size_t copies = 1;           ///< nodes that hold the log's effect, the owner included
  std::optional<incarnation> claim; ///< of whomever; may be dead
  std::uint64_t committed = 0;      ///< number of the last record, if this node runs the zone
  std::string_view home = {};       ///< by placement(); empty: the first of the ranking
};

/// A hand-over begins when the next owner is at most so many records behind.
inline constexpr std::uint64_t hand_over_records_max = 64;

/// A zone that no live node can run at present belongs to the first of all that may have it, which
/// keeps trying, so that some node says that the zone is missing.
duty duty_of(const incarnation& self, const zone_view& zone, const std::vector<member>& members);

/// Whether the claim is of a live node other than `self`.
bool is_held_by_another(const incarnation& self, const std::optional<incarnation>& claim,
                        const std::vector<member>& members);

/// A node's heartbeat and a claim, as they are stored: JSON.
std::string to_json(const member& member);
std::optional<member> member_from_json(std::string_view text);
std::string to_json(const incarnation& claim);
std::optional<incarnation> claim_from_json(std::string_view text);

} // namespace dispatch::ownership
