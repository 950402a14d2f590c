#include "actors/zone/zone_phase.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <utility>

using namespace dispatch;

namespace {

using phase_step = std::pair<std::string, std::string>;

constexpr auto phases = {zone_phase::closed,    zone_phase::idle,      zone_phase::deciding,
                         zone_phase::planning,  zone_phase::proposing, zone_phase::settling,
                         zone_phase::appending, zone_phase::halted,    zone_phase::drained};

/// The steps that the comment in the header draws.
std::set<phase_step> drawn() {
  std::set<phase_step> steps;
  std::ifstream header{ZONE_PHASE_HEADER};
  const std::regex arrow{R"(^///\s+(\w+)\s+-> (\w+)\s)"};
  std::smatch found;
  for (std::string line; std::getline(header, line);) {
    if (std::regex_search(line, found, arrow)) {
      steps.emplace(found[1], found[2]);
    }
  }
  return steps;
}

} // namespace

TEST_CASE("the chart of a zone's phases has every step that there is") {
  std::set<phase_step> taken;
  for (const auto from : phases) {
    for (const auto to : phases) {
      if (to != zone_phase::halted && may_follow(from, to)) {
        taken.emplace(to_string(from), to_string(to));
      }
    }
  }
  CHECK(taken == drawn());
}

TEST_CASE("a zone can be halted in every phase but the last two") {
  for (const auto from : phases) {
    CAPTURE(to_string(from));
    const auto is_last = from == zone_phase::halted || from == zone_phase::drained;
    CHECK(may_follow(from, zone_phase::halted) == !is_last);
  }
}
