#include "actors/logging.hpp"
#include "tests/simulation/zone_simulation.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

/// Whole lives of a zone under faults, from seeds. DISPATCH_SEED=N repeats one.
namespace {

using dispatch::testing::simulate_zone;
using dispatch::testing::simulation_result;

constexpr int steps = 250;

void expect_sound(std::uint64_t seed, simulation_result& sum) {
  const auto life = simulate_zone(seed, steps);
  INFO("repeat with DISPATCH_SEED=" << seed << " test_simulation");
  CHECK_MESSAGE(life.violation.empty(), life.violation);
  sum.records += life.records;
  sum.crashes += life.crashes;
  sum.faults += life.faults;
  sum.orders_ended += life.orders_ended;
}

TEST_CASE("a zone keeps its promises through crashes and faults") {
  dispatch::log::start(dispatch::log::format::text, dispatch::log::level::off);
  simulation_result sum;
  if (const char* seed = std::getenv("DISPATCH_SEED")) {
    expect_sound(std::strtoull(seed, nullptr, 10), sum);
    return;
  }
  SUBCASE("fixed seeds") {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
      expect_sound(seed, sum);
    }
    CHECK(sum.crashes > 100);
    CHECK(sum.faults > 100);
    CHECK(sum.orders_ended > 1000);
  }
  SUBCASE("a fresh seed") {
    const std::uint64_t seed = std::random_device{}();
    std::cout << "fresh seed " << seed << '\n';
    expect_sound(seed, sum);
  }
}

TEST_CASE("a life is a function of its seed") {
  dispatch::log::start(dispatch::log::format::text, dispatch::log::level::off);
  const auto one = simulate_zone(7, steps);
  const auto other = simulate_zone(7, steps);
  CHECK(one.records == other.records);
  CHECK(one.events == other.events);
}

} // namespace
