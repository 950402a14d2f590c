#include "messages/ports/clock.hpp"

#include <doctest/doctest.h>

using namespace dispatch;
using namespace std::chrono_literals;

namespace {

constexpr timestamp noon = std::chrono::sys_days{std::chrono::year{2026} / 1 / 31} + 12h;
constexpr timestamp dawn = std::chrono::sys_days{std::chrono::year{2020} / 1 / 1} + 6h;

} // namespace

TEST_CASE("a clock is wall time, or goes on from its origin at its speed") {
  CHECK(zone_clock{}.to_zone(noon) == noon);
  CHECK(zone_clock{}.to_wall(noon) == noon);
  const zone_clock fast{noon, dawn, 60.0};
  CHECK(fast.to_zone(noon + 2s) == dawn + 2min);
  CHECK(fast.to_zone(noon - 1s) == dawn - 1min);
  CHECK(fast.to_wall(dawn + 2min) == noon + 2s);
  CHECK(fast.speed() == 60.0);
}

TEST_CASE("a clock that stood still says of the past what it said before, and never goes back") {
  const zone_clock before{noon, dawn, 60.0};
  auto after = before;
  after.changes = {{noon + 40h, dawn + 2h, 1.0}, {noon + 50h, dawn + 3h, 10.0}};
  for (const auto wall : {noon - 1s, noon, noon + 1min, noon + 2min}) {
    CHECK(after.to_zone(wall) == before.to_zone(wall));
    CHECK(after.to_wall(before.to_zone(wall)) == wall);
  }
  CHECK(after.to_zone(noon + 3min) == dawn + 2h); // Where it stood while it slept.
  CHECK(after.to_zone(noon + 40h) == dawn + 2h);
  CHECK(after.to_zone(noon + 40h + 5min) == dawn + 2h + 5min);
  CHECK(after.to_zone(noon + 45h) == dawn + 3h);
  CHECK(after.to_zone(noon + 50h + 1min) == dawn + 3h + 10min);
  CHECK(after.to_wall(dawn + 2h + 5min) == noon + 40h + 5min);
  CHECK(after.to_wall(dawn + 3h + 10min) == noon + 50h + 1min);
  CHECK(after.speed() == 10.0);
}
