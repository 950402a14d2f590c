#include "actors/domain/geohash.hpp"
#include "messages/limits.hpp"
#include "messages/osrm/table_api.hpp"
#include "tests/domain/scenario.hpp"
#include "tests/domain/world.hpp"

#include <array>

/// What the routing engine says, and what the product reads of it.
namespace dispatch::domain {

void world::ask(std::size_t zone, const std::vector<wanted_travel>& wanted, timestamp now) {
  for (const auto& one : wanted) {
    travel_answer said{one.order, {}};
    if (const auto table = osrm::parse_table(table_of(one.legs), 1, one.legs.size())) {
      for (std::size_t i = 0; i < one.legs.size(); ++i) {
        if (const auto& seconds = (*table)[i]) {
          said.times.push_back({one.legs[i], *seconds});
        }
      }
    }
    post_.emplace(now + (mishap(30) ? some(1, 3) : 1s), letter{zone, std::move(said)});
  }
}

/// As long as riders take in truth; or nonsense.
std::string world::said_of(const travel_leg& way) {
  if (mishap(3)) {
    return std::array{"1e300", "9.3e18", "1e17", "604801", "null"}[dice_.below(5)];
  }
  const auto centre = [](std::uint64_t bits) {
    return centre_of({bits, limits::travel_cell_precision});
  };
  const auto& p = plan_.policy;
  return std::to_string(distance_m(centre(way.from), centre(way.to)) * p.detour_factor /
                        p.speed_m_per_s[2]);
}

std::string world::table_of(const std::vector<travel_leg>& ways) {
  if (mishap(3)) {
    return dice_.chance(50) ? "<html>" : R"({"code":"NoSegment"})";
  }
  std::string row;
  for (const auto& way : ways) {
    row += (row.empty() ? "" : ",") + said_of(way);
  }
  return R"({"code":"Ok","durations":[[)" + row + "]]}";
}

} // namespace dispatch::domain
