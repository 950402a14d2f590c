#include "actors/support/logging.hpp"
#include "tests/simulation/zone_simulation.hpp"
#include "tests/support/known_faults.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>

/// Whole lives of a zone under faults, from seeds. DISPATCH_SEED=N repeats one life of each kind,
/// DISPATCH_SEEDS=N lives seeds 1 to N.
namespace {

using namespace dispatch::testing;

using namespace std::chrono_literals;

constexpr int steps = 200;

std::optional<std::uint64_t> number_in(const char* variable) {
  const char* text = std::getenv(variable);
  return text == nullptr ? std::nullopt : std::optional{std::strtoull(text, nullptr, 10)};
}

/// What is violated in the lives of nodes that contend, which are many.
std::set<std::string> known_where_nodes_contend() {
  return known_violations("simulation:nodes that contend for a zone do not harm it");
}

/// Lives of one kind and what they come to together.
class lives {
public:
  using kind = std::function<simulated_life(std::uint64_t seed)>;

  /// `test_case` is whose they are. `elsewhere`: checks whose violations another test case counts.
  lives(std::string test_case, kind of_seed, std::set<std::string> elsewhere = {})
      : test_case_(std::move(test_case)), known_(known_violations("simulation:" + test_case_)),
        elsewhere_(std::move(elsewhere)), of_seed_(std::move(of_seed)) {
    dispatch::log::start(dispatch::log::format::text, dispatch::log::level::off);
  }

  /// Seeds 1 to `usually`, or what the environment asks for, and a fresh one. False when it asks
  /// for fewer, which need not meet with everything.
  bool live(std::uint64_t usually) {
    if (const auto one = number_in("DISPATCH_SEED")) {
      live_one(*one);
      return false;
    }
    const auto last = number_in("DISPATCH_SEEDS").value_or(usually);
    for (std::uint64_t seed = 1; seed <= last; ++seed) {
      live_one(seed);
    }
    const std::uint64_t fresh = std::random_device{}();
    std::cout << "fresh seed " << fresh << '\n';
    live_one(fresh);
    print();
    if (last < usually) {
      return false;
    }
    for (const auto& check : known_) {
      expect_faults({("known violation of " + check).c_str()});
    }
    return true;
  }

  const simulation_result& sum() const { return sum_; }

  void expect_faults(std::initializer_list<const char*> names) const {
    for (const auto* name : names) {
      const auto found = sum_.faults.find(name);
      CHECK_MESSAGE((found != sum_.faults.end() && found->second > 0), "never: " << name);
    }
  }

  /// Faults that concern the writes of one kind.
  void expect_write_faults(const std::string& what, bool blocking) const {
    for (const auto* name :
         {"request lost", "answer lost", "late", "repeated", "refused as full"}) {
      expect_faults({(what + ": " + name).c_str()});
    }
    if (!blocking) {
      expect_faults(
          {(what + ": request under way").c_str(), (what + ": answer under way").c_str()});
    }
  }

private:
  void live_one(std::uint64_t seed) {
    const auto life = simulate_zone(of_seed_(seed));
    const auto repeat = "repeat with DISPATCH_SEED=" + std::to_string(seed) +
                        " test_simulation -tc='" + test_case_ + "': ";
    CHECK_MESSAGE(life.violation.empty(), repeat << life.violation);
    for (const auto& [check, sentence] : life.found) {
      const auto is_known = known_.contains(check);
      const auto may_be = is_known || elsewhere_.contains(check);
      CHECK_MESSAGE(may_be, repeat << check << ": " << sentence);
      if (is_known) {
        ++sum_.faults["known violation of " + check];
      }
    }
    ++count_;
    sum_.records += life.records;
    sum_.events += life.events;
    sum_.orders_ended += life.orders_ended;
    for (const auto& [name, times] : life.faults) {
      sum_.faults[name] += times;
    }
  }

  void print() const {
    std::cout << count_ << " lives: " << sum_.records << " records, " << sum_.events
              << " announcements, " << sum_.orders_ended << " orders ended\n";
    for (const auto& [name, times] : sum_.faults) {
      std::cout << "  " << times << " x " << name << '\n';
    }
  }

  std::string test_case_;
  std::set<std::string> known_; ///< checks that are violated because of known faults
  std::set<std::string> elsewhere_;
  kind of_seed_;
  std::uint64_t count_ = 0;
  simulation_result sum_;
};

TEST_CASE("a zone keeps its promises through crashes and faults") {
  lives all{
      "a zone keeps its promises through crashes and faults",
      [](std::uint64_t seed) { return simulated_life{.seed = seed, .nodes = 1, .steps = steps}; },
      known_where_nodes_contend()};
  if (all.live(40)) {
    all.expect_faults(
        {"crash at rest", "crash between two messages", "crash in a call", "crash while opening",
         "disk lost", "store torn", "write to the store failed", "clock jumped", "paused",
         "killed by a command", "quarantined", "snapshots shipped", "log trimmed",
         "snapshot damaged", "crash while shipping or trimming",
         "started without a disk, the log trimmed", "started behind the log's beginning",
         "another rider was faster", "a better rider got it"});
    CHECK(all.sum().orders_ended > 1000);
  }
}

TEST_CASE("nodes that contend for a zone do not harm it") {
  lives all{"nodes that contend for a zone do not harm it", [](std::uint64_t seed) {
              const auto nodes = 2 + static_cast<int>(seed % 2);
              return simulated_life{.seed = seed, .nodes = nodes, .steps = steps};
            }};
  if (all.live(300)) {
    all.expect_write_faults("OPEN", true);
    all.expect_write_faults("append", false);
    all.expect_write_faults("announcement", false);
    all.expect_faults({"crash at rest",
                       "crash between two messages",
                       "crash in a call",
                       "crash while opening",
                       "disk lost",
                       "store torn",
                       "write to the store failed",
                       "clock jumped",
                       "paused",
                       "opened beside an owner",
                       "opened while the owner is paused",
                       "woken after another opened",
                       "owner fenced",
                       "announced by a former owner",
                       "others act during a call",
                       "others act while one is opening",
                       "killed by a command",
                       "quarantined",
                       "snapshots shipped",
                       "log trimmed",
                       "snapshot damaged",
                       "crash while shipping or trimming",
                       "started without a disk, the log trimmed",
                       "started behind the log's beginning"});
    CHECK(all.sum().orders_ended > 5000);
  }
}

TEST_CASE("streams that lost their ends are repaired, or not continued") {
  lives all{"streams that lost their ends are repaired, or not continued",
            [](std::uint64_t seed) {
              const auto nodes = 1 + static_cast<int>(seed % 3);
              return simulated_life{.seed = seed, .nodes = nodes, .steps = 60, .damaged = true};
            },
            known_where_nodes_contend()};
  if (all.live(60)) {
    all.expect_faults({"LOG lost its end", "OUT lost its end", "IN lost its end",
                       "streams damaged under an owner", "LOG lost its end, the disk is lost"});
    CHECK(all.sum().orders_ended > 100);
  }
}

/// Lives on two nodes in a world that is harder than usual in one respect, which `check` sees.
void live_with(const std::string& test_case, const std::string& check, const simulated_life& how) {
  auto elsewhere = known_where_nodes_contend();
  elsewhere.erase(check);
  const auto of_seed = [how](std::uint64_t seed) {
    auto life = how;
    life.seed = seed;
    life.nodes = 2;
    life.steps = steps;
    return life;
  };
  lives{test_case, of_seed, std::move(elsewhere)}.live(20);
}

TEST_CASE("no clock that is an hour off decides anything") {
  live_with("no clock that is an hour off decides anything", "record_clock", {.clock_jump = 1h});
}

TEST_CASE("what is ordered for later is looked for as long as other orders") {
  live_with("what is ordered for later is looked for as long as other orders", "search_end",
            {.ready_ahead = 10min, .dispatch_ahead = 60s});
}

TEST_CASE("no rider is late at a kitchen that is later") {
  live_with("no rider is late at a kitchen that is later", "rider_late",
            {.ready_ahead = 15min, .late_after = 5s});
}

TEST_CASE("commands that senders number, or send without an id, are each decided") {
  live_with("commands that senders number, or send without an id, are each decided",
            "command_outcome", {.numbered_commands = true});
}

TEST_CASE("a life is a function of its seed") {
  dispatch::log::start(dispatch::log::format::text, dispatch::log::level::off);
  for (const auto nodes : {1, 3}) {
    const auto one = simulate_zone({.seed = 7, .nodes = nodes, .steps = steps});
    const auto other = simulate_zone({.seed = 7, .nodes = nodes, .steps = steps});
    CHECK(one.records == other.records);
    CHECK(one.events == other.events);
    CHECK(one.faults == other.faults);
  }
}

} // namespace
