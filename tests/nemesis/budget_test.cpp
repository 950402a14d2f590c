#include "tests/nemesis/budget.hpp"

#include <doctest/doctest.h>

namespace dispatch::nemesis {

namespace {

using namespace std::chrono_literals;

/// A run of ten seconds in which one fault struck zone 1.
run_result short_run() {
  run_result run;
  run.began = steady::now();
  run.ended = run.began + 10s;
  fault struck{"kill -9 node", "n0", run.began + 2s, {1}, 1500.0};
  struck.moved = {2};
  run.faults.push_back(struck);
  run.samples.push_back({1, "c1", run.began + 2s, run.began + 3s});
  run.samples.push_back({0, "c2", run.began + 2s, run.began + 9s}); // was not struck
  run.openings = {
      {1, run.began + 1s}, {1, run.began + 3s}, {1, run.began + 5s}, {2, run.began + 3s}};
  return run;
}

usage_span modest() {
  const node_usage used{.process = 7,
                        .rss_bytes = std::uint64_t{50} << 20U,
                        .descriptors = 100,
                        .wal_bytes = 1 << 20,
                        .log_lines = 100};
  return {used, used};
}

std::vector<std::string> excesses_of(const run_result& run, const usage_span& node,
                                     const budget& allowed = {}) {
  return excesses(allowed, run, {{"n0", node}});
}

} // namespace

TEST_CASE("a run within its budget is not complained of") {
  CHECK(excesses_of(short_run(), modest()).empty());
}

TEST_CASE("what took too long is told") {
  CHECK(excesses_of(short_run(), modest(), {.gap_max = 900ms}) ==
        std::vector<std::string>{"a command had its outcome after 1000 ms, not 900"});
  CHECK(excesses_of(short_run(), modest(), {.recovery_max = 1400ms}) ==
        std::vector<std::string>{
            "the zones struck by kill -9 node answered after 1500 ms, not 1400"});
}

TEST_CASE("openings that no fault explains are told, but for a few") {
  auto run = short_run();
  const auto open = [&](std::size_t zone, int times) {
    for (int i = 0; i < times; ++i) {
      run.openings.push_back({zone, run.began + 4s});
    }
  };
  SUBCASE("of a zone that was not struck") { open(5, 25); }
  SUBCASE("of the struck one") { open(1, 25); }
  SUBCASE("of one that moved") { open(2, 26); }
  CHECK(excesses_of(run, modest()) ==
        std::vector<std::string>{"25 openings of zones without a reason"});
  CHECK(excesses_of(run, modest(), {.epochs_per_fault = 0}).empty());
  run.openings.pop_back();
  CHECK(excesses_of(run, modest()).empty());
}

TEST_CASE("what a node takes of the machine is told") {
  auto used = modest();
  SUBCASE("descriptors") { used.after.descriptors = 401; }
  SUBCASE("the write-ahead log") { used.after.wal_bytes = std::uint64_t{97} << 20U; }
  SUBCASE("log lines") { used.after.log_lines = 1400; }
  SUBCASE("memory") { used.after.rss_bytes = std::uint64_t{120} << 20U; }
  const auto found = excesses_of(short_run(), used);
  REQUIRE(found.size() == 1);
  CHECK(found.front().starts_with("n0 "));
}

TEST_CASE("the memory of another process than before is its own") {
  auto used = modest();
  used.after.rss_bytes = std::uint64_t{120} << 20U;
  used.after.process = 8;
  CHECK(excesses_of(short_run(), used).empty());
}

} // namespace dispatch::nemesis
