#include "cmd/dispatchd/zones/unreadable_positions.hpp"

#include <doctest/doctest.h>

using namespace dispatch::daemon;
using namespace std::chrono_literals;

TEST_CASE("Positions that cannot be read are counted, and told of once a minute") {
  unreadable_positions noted;
  const auto begin = unreadable_positions::clock::now();
  CHECK(noted.newest(begin).empty());
  const auto first = noted.note("dispatch.pos.z.r1", "at: must be present", begin);
  REQUIRE(first);
  CHECK(first->find("dispatch.pos.z.r1: at: must be present") != std::string::npos);
  CHECK_FALSE(noted.note("dispatch.pos.z.r2", "is no JSON", begin + 59s));
  CHECK(noted.count() == 2);
  CHECK(noted.newest(begin + 60s) == "dispatch.pos.z.r2: is no JSON");
  const auto next = noted.note("dispatch.pos.z.r3", "is no JSON", begin + 60s);
  REQUIRE(next);
  CHECK(next->ends_with("So far there were 3"));
  CHECK_FALSE(noted.newest(begin + 119s).empty());
  CHECK(noted.newest(begin + 120s).empty());
}
