#include "tests/domain/life.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

/// DISPATCH_LIVES=N lives so many; the test labelled nightly lives ten thousand.
std::uint64_t lives_wanted() {
  const char* text = std::getenv("DISPATCH_LIVES");
  return text == nullptr ? 500 : std::strtoull(text, nullptr, 10);
}

} // namespace

TEST_CASE("world: a city gets what it ordered, nearly as well when things go wrong") {
  life_result calm;
  life_result rough;
  const auto add = [](life_result& sum, const life_result& one) {
    sum.wanted += one.wanted;
    sum.delivered += one.delivered;
    sum.turns += one.turns;
    sum.asked += one.asked;
  };
  for (std::uint64_t seed = 1; seed <= lives_wanted(); ++seed) {
    CAPTURE(seed);
    const auto twin = live(seed, false);
    CHECK(twin.wrong == "");
    CHECK(twin.delivered == twin.wanted);
    const auto life = live(seed, true);
    CHECK(life.wrong == "");
    CHECK(life.wait_s(90) <= twin.wait_s(90) * 1.3 + life.outages_s);
    add(calm, twin);
    add(rough, life);
  }
  MESSAGE(calm.delivered << " of " << calm.wanted << ", " << rough.delivered << " of "
                         << rough.wanted << "; " << calm.turns << " and " << rough.turns
                         << "; the engine was asked " << rough.asked << " times");
  CHECK(rough.asked > 0);
  CHECK(rough.delivered * 100 >= rough.wanted * 98);
}
