#include "cmd/dispatch-sim/mdrp/check.hpp"
#include "cmd/dispatch-sim/mdrp/day.hpp"
#include "cmd/dispatch-sim/mdrp/instance.hpp"
#include "cmd/dispatch-sim/mdrp/solution.hpp"
#include "cmd/dispatch-sim/mdrp/summary.hpp"
#include "tests/simulation/dice.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <string>

/// The public benchmark: instances through the real turn, and the checker of solutions.
using namespace dispatch;
using namespace dispatch::sim::mdrp;

namespace {

/// A morning in a small town.
instance small_town(std::uint64_t seed) {
  testing::dice dice{seed};
  const auto somewhere = [&] {
    return spot{static_cast<double>(dice.pick(0, 4000)), static_cast<double>(dice.pick(0, 4000))};
  };
  instance made;
  made.name = "town";
  made.metres_per_minute = 320.0;
  made.pick_up_service = 4;
  made.drop_off_service = 4;
  made.target = 40;
  made.pay_per_order = 10.0;
  made.pay_per_hour = 15.0;
  for (int i = 0; i < 4; ++i) {
    made.restaurants.push_back({"r" + std::to_string(i), somewhere()});
  }
  for (int i = 0; i < 6; ++i) {
    made.couriers.push_back({"c" + std::to_string(i), somewhere(), dice.pick(0, 20), 240});
  }
  for (int i = 0; i < 40; ++i) {
    const auto placed = i * 3;
    made.meals.push_back(
        {"o" + std::to_string(i), somewhere(), placed, dice.below(4), placed + dice.pick(5, 25)});
  }
  return made;
}

served_day served(const instance& of, const std::string& planner = "horizon") {
  policy base;
  base.planner = planner;
  return serve(of, policy_for(of, base), [](int) {});
}

} // namespace

// Not by `greedy`, which collects at a second restaurant with meals on board.
TEST_CASE("mdrp: a town is served by the rules") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    for (const std::string planner : {"horizon", "nearest"}) {
      CAPTURE(seed);
      CAPTURE(planner);
      const auto town = small_town(seed);
      const auto day = served(town, planner);
      CHECK(violations_of(town, solution_of(town, day)) == std::vector<std::string>{});
      CHECK(summarise(town, day).undelivered_percent == 0.0);
    }
  }
}

TEST_CASE("mdrp: the same instance gives the same day") {
  const auto town = small_town(1);
  const auto first = summarise(town, served(town));
  const auto second = summarise(town, served(town));
  CHECK(first.click_to_door == second.click_to_door);
  CHECK(first.records == second.records);
}

TEST_CASE("mdrp: a plan that is revised serves better than one that is not") {
  auto revised = 0.0;
  auto greedy = 0.0;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto town = small_town(seed);
    revised += summarise(town, served(town, "horizon")).click_to_door;
    greedy += summarise(town, served(town, "greedy")).click_to_door;
  }
  CHECK(revised < greedy);
}

TEST_CASE("mdrp: files of a solution are read as they were written") {
  const testing::temporary_directory directory;
  const auto town = small_town(2);
  const auto day = served(town);
  REQUIRE(write_solution(directory.path(), solution_of(town, day)));
  const auto read = read_solution(directory.path());
  REQUIRE(read);
  CHECK(violations_of(town, *read).empty());
  CHECK(summarise(town, served_by(town, *read)).click_to_door ==
        summarise(town, day).click_to_door);
}

TEST_CASE("mdrp: forged solutions are refused") {
  const auto town = small_town(3);
  const auto honest = solution_of(town, served(town));
  REQUIRE(violations_of(town, honest).empty());
  auto forged = honest;
  SUBCASE("collected when ready") {
    for (auto& each : forged.meals) {
      each.collected = each.ready;
    }
  }
  SUBCASE("half of the service at the restaurant left out") {
    for (auto& move : forged.moves) {
      move.left -= move.to.starts_with('o') ? 2 : 0;
    }
    for (auto& each : forged.meals) {
      each.delivered -= 2;
    }
  }
  SUBCASE("half of the service at the customer left out") {
    for (auto& each : forged.meals) {
      each.delivered -= 1;
    }
  }
  SUBCASE("on the way before the order is placed") {
    const auto& first = forged.assignments.back();
    const auto of_first = [&](const auto& move) {
      return move.courier == first.courier && move.left < first.collected;
    };
    const auto move = std::find_if(forged.moves.rbegin(), forged.moves.rend(), of_first);
    REQUIRE(move != forged.moves.rend());
    const auto is_first = [&](const meal& meal) { return meal.id == first.meals.front(); };
    move->left = std::ranges::find_if(town.meals, is_first)->placed - 1;
    const auto found = violations_of(town, forged);
    CHECK(std::ranges::any_of(found, [](const std::string& each) {
      return each.ends_with("before any order of the assignment is placed");
    }));
  }
  SUBCASE("a way in seconds") {
    // What a way of 1,000 m takes is rounded up to whole minutes.
    for (auto& each : forged.meals) {
      each.delivered -= 1;
    }
    for (auto& move : forged.moves) {
      move.left -= move.to.starts_with('r') ? 1 : 0;
    }
  }
  SUBCASE("meals of two restaurants at once") {
    REQUIRE(forged.assignments.size() > 1);
    auto& first = forged.assignments.front();
    first.meals.push_back(forged.assignments.back().meals.front());
    forged.assignments.pop_back();
  }
  SUBCASE("an order twice") { forged.assignments.push_back(forged.assignments.front()); }
  CHECK_FALSE(violations_of(town, forged).empty());
}

TEST_CASE("mdrp: a file that is wrong is named, with its line") {
  const testing::temporary_directory directory;
  const auto write = [&](const char* name, const char* text) {
    std::ofstream{directory.path() / name} << text;
  };
  CHECK(read_instance(directory.path()).error().what.find("restaurants.txt") != std::string::npos);
  write("restaurants.txt", "restaurant\tx\ty\nr1\t10\t20\n");
  write("orders.txt", "order\tx\ty\tplacement_time\trestaurant\tready_time\no1\t1\t2\t3\tr9\t5\n");
  CHECK(read_instance(directory.path())
            .error()
            .what.ends_with("orders.txt, line 2: there is no restaurant r9"));
  write("orders.txt",
        "order\tx\ty\tplacement_time\trestaurant\tready_time\no1\tfar\t2\t3\tr1\t5\n");
  CHECK(read_instance(directory.path())
            .error()
            .what.ends_with("orders.txt, line 2: 'far' is not a number"));
}

TEST_CASE("mdrp: an instance of the public set is served better than published") {
  const std::filesystem::path data{DATA_FOLDER};
  if (!std::filesystem::exists(data / "mdrp")) {
    MESSAGE("skipped: there are no instances");
    return;
  }
  const auto of = read_instance(data / "mdrp" / "0o50t100s1p100");
  REQUIRE(of);
  const auto day = served(*of);
  CHECK(violations_of(*of, solution_of(*of, day)).empty());
  const auto figures = summarise(*of, day);
  CHECK(figures.undelivered_percent == 0.0);
  CHECK(figures.click_to_door < 31.19); // Reyes et al. 2018, read off their figure 2
}
