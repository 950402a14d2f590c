#include "tests/actors/travel_ways.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <vector>

using namespace dispatch;
using namespace dispatch::testing;
using namespace std::chrono_literals;

namespace {

constexpr auto limit = limits::travel_time_limit;

void answer_all(travel_desk& desk, const questions& asked, timestamp now) {
  for (const auto& [number, question] : asked) {
    desk.answer(number, table_of(question), now);
  }
}

/// Such as `2x1 5x3`.
std::string to_line(const questions& asked) {
  std::string line;
  for (const auto& [number, question] : asked) {
    line += (line.empty() ? "" : " ") + std::to_string(question.from.size()) + "x" +
            std::to_string(question.to.size());
  }
  return line;
}

/// What is ready: orders, each with the number of its times.
std::string handed_out(travel_desk& desk) {
  std::string line;
  for (const auto& one : desk.take(1'000, 1'000'000)) {
    line += (line.empty() ? "" : " ") + one.order + ":" + std::to_string(one.times.size());
  }
  CHECK_FALSE(desk.has_ready());
  return line;
}

/// A desk that has given its engine up at noon.
travel_desk given_up() {
  travel_desk desk{true};
  for (std::size_t i = 0; i < limits::travel_failures_max; ++i) {
    CHECK_FALSE(desk.is_out());
    desk.want({"failed", {leg(1, 2)}});
    const auto asked = desk.ask(noon);
    REQUIRE(asked.size() == 1);
    desk.answer(asked[0].number, std::nullopt, noon);
  }
  REQUIRE(desk.is_out());
  REQUIRE(handed_out(desk) == "failed:0");
  return desk;
}

} // namespace

TEST_CASE("travel: what an order wants is asked by the centres of cells, and comes back once") {
  travel_desk desk{true};
  desk.want({"x", {leg(3, 2), leg(1, 2), leg(1, 9), leg(3, 2)}});
  CHECK_FALSE(desk.has_ready());
  const auto asked = desk.ask(noon);
  REQUIRE(to_line(asked) == "2x2");
  CHECK(asked[0].question.by == vehicle::motorcycle);
  for (const auto& places : {asked[0].question.from, asked[0].question.to}) {
    for (const auto& one : places) {
      const auto cell = domain::cell_of(one, limits::travel_cell_precision);
      CHECK(domain::centre_of(cell) == one);
    }
  }
  CHECK(desk.ask(noon).empty());
  CHECK(desk.next_look() == noon + limit);
  answer_all(desk, asked, noon + 1ms);
  CHECK_FALSE(desk.next_look());
  REQUIRE(desk.has_ready());
  const auto ready = desk.take(10, 1'000);
  REQUIRE(ready.size() == 1);
  CHECK(ready[0].order == "x");
  // The way from 3 to 9 is in the table, but nobody wants it.
  auto times = std::vector{timed(leg(1, 2)), timed(leg(1, 9)), timed(leg(3, 2))};
  std::sort(times.begin(), times.end(), [](const auto& a, const auto& b) { return a.leg < b.leg; });
  CHECK(ready[0].times == times);
  answer_all(desk, asked, noon + 2ms);
  CHECK_FALSE(desk.has_ready());
}

TEST_CASE("travel: each vehicle has its question, and the last one that ends makes it ready") {
  travel_desk desk{true};
  desk.want({"x", {leg(1, 2, vehicle::bicycle), leg(1, 2, vehicle::car), leg(3, 2)}});
  const auto asked = desk.ask(noon);
  REQUIRE(to_line(asked) == "1x1 1x1 1x1");
  desk.answer(asked[2].number, table_of(asked[2].question), noon);
  desk.answer(asked[0].number, table_of(asked[0].question), noon);
  CHECK_FALSE(desk.has_ready());
  SUBCASE("when it is answered") {
    desk.answer(asked[1].number, table_of(asked[1].question), noon);
    CHECK(handed_out(desk) == "x:3");
  }
  SUBCASE("when it fails") {
    desk.answer(asked[1].number, std::nullopt, noon);
    CHECK(handed_out(desk) == "x:2");
  }
  SUBCASE("when it knows no road") {
    desk.answer(asked[1].number, travel_table{std::nullopt}, noon);
    CHECK(handed_out(desk) == "x:2");
    CHECK_FALSE(desk.is_out());
  }
  SUBCASE("when its table is of another size") {
    desk.answer(asked[1].number, travel_table{1.0, 2.0}, noon);
    CHECK(handed_out(desk) == "x:2");
  }
  SUBCASE("when its time limit passes") {
    CHECK(desk.ask(noon + limit - 1us).empty());
    CHECK_FALSE(desk.has_ready());
    CHECK(desk.ask(noon + limit).empty());
    CHECK(handed_out(desk) == "x:2");
    desk.answer(asked[1].number, table_of(asked[1].question), noon + limit);
  }
  SUBCASE("when the clock is set back") {
    CHECK(desk.ask(noon - 1us).empty());
    CHECK(handed_out(desk) == "x:2");
  }
  CHECK_FALSE(desk.has_ready());
  CHECK_FALSE(desk.next_look());
}

TEST_CASE("travel: a usual search is one question for each vehicle") {
  std::vector<travel_leg> legs;
  constexpr int pick_up = 1;
  constexpr int drop_off = 2;
  for (const auto by : {vehicle::motorcycle, vehicle::walking}) {
    legs.push_back(leg(pick_up, drop_off, by));
    for (int rider = 1; rider <= 20; ++rider) {
      legs.push_back(leg(100 * rider, pick_up, by));
      for (int stop = 100 * rider + 1; stop <= 100 * rider + 3; ++stop) {
        legs.push_back(leg(stop, pick_up, by));
        legs.push_back(leg(stop, drop_off, by));
      }
    }
  }
  travel_desk desk{true};
  SUBCASE("what is on the way to the order's places") {
    desk.want({"x", legs});
    CHECK(to_line(desk.ask(noon)) == "81x2 81x2");
  }
  SUBCASE("and back to the riders' stops, when each has one") {
    std::erase_if(legs, [](const travel_leg& one) {
      return one.by == vehicle::walking || (one.from != at(pick_up) && one.to == at(drop_off));
    });
    std::set<std::uint64_t> later;
    for (int rider = 1; rider <= 20; ++rider) {
      const auto stop = 100 * rider + 1;
      later.insert({at(stop + 1), at(stop + 2)});
      legs.insert(legs.end(), {leg(100 * rider, stop), leg(stop, drop_off), leg(pick_up, stop),
                               leg(drop_off, stop)});
    }
    std::erase_if(legs, [&](const travel_leg& one) { return later.contains(one.from); });
    desk.want({"x", legs});
    CHECK(to_line(desk.ask(noon)) == "42x22");
  }
}

TEST_CASE("travel: no question is too large or mostly of no use, and each leg is in one") {
  constexpr int all = static_cast<int>(limits::travel_legs_per_order);
  std::vector<travel_leg> legs;
  std::string sizes;
  SUBCASE("legs to one place") {
    for (int i = 1; i <= all; ++i) {
      legs.push_back(leg(i, 0));
    }
    sizes = "99x1 99x1 99x1 99x1 99x1 99x1 6x1";
  }
  SUBCASE("legs from one place") {
    for (int i = 1; i <= all; ++i) {
      legs.push_back(leg(0, i));
    }
    sizes = "1x99 1x99 1x99 1x99 1x99 1x99 1x6";
  }
  SUBCASE("legs that have nothing in common") {
    for (int i = 1; i <= 25; ++i) {
      legs.push_back(leg(i, 1000 + i));
    }
    sizes = "10x10 10x10 5x5";
  }
  SUBCASE("all legs among some places") {
    for (int i = 0; i < 600; ++i) {
      legs.push_back(leg(i % 24, 1000 + i / 24));
    }
    sizes = "24x25";
  }
  travel_desk desk{true};
  desk.want({"x", legs});
  const auto asked = desk.ask(noon);
  CHECK(to_line(asked) == sizes);
  for (const auto& [number, question] : asked) {
    CHECK(question.from.size() + question.to.size() <= limits::travel_places_per_question);
  }
  answer_all(desk, asked, noon);
  const auto ready = desk.take(1, 1);
  REQUIRE(ready.size() == 1);
  CHECK(ready[0].times.size() == legs.size());
}

TEST_CASE("travel: what is wanted again replaces what was wanted before") {
  travel_desk desk{true};
  desk.want({"x", {leg(1, 2)}});
  SUBCASE("before it is asked") {
    desk.want({"x", {leg(1, 2), leg(3, 2)}});
    const auto asked = desk.ask(noon);
    CHECK(to_line(asked) == "2x1");
    answer_all(desk, asked, noon);
    CHECK(handed_out(desk) == "x:2");
  }
  SUBCASE("while it is asked") {
    const auto former = desk.ask(noon);
    desk.want({"x", {leg(1, 2), leg(3, 2)}});
    const auto asked = desk.ask(noon);
    CHECK(to_line(asked) == "2x1");
    answer_all(desk, former, noon);
    CHECK_FALSE(desk.has_ready());
    answer_all(desk, asked, noon);
    CHECK(handed_out(desk) == "x:2");
  }
  SUBCASE("before it is taken") {
    answer_all(desk, desk.ask(noon), noon);
    CHECK(desk.has_ready());
    desk.want({"x", {leg(1, 2), leg(3, 2)}});
    CHECK_FALSE(desk.has_ready());
    answer_all(desk, desk.ask(noon), noon);
    CHECK(handed_out(desk) == "x:2");
  }
  SUBCASE("after it was taken") {
    answer_all(desk, desk.ask(noon), noon);
    CHECK(handed_out(desk) == "x:1");
    desk.want({"x", {leg(4, 2)}});
    answer_all(desk, desk.ask(noon), noon);
    CHECK(handed_out(desk) == "x:1");
  }
}

TEST_CASE("travel: so many are under way at once, and the time of others begins later") {
  travel_desk desk{true};
  constexpr int all = static_cast<int>(limits::travel_questions_in_flight) + 2;
  for (int i = 0; i < all; ++i) {
    desk.want({"o" + std::to_string(i), {leg(i, i + 1)}});
  }
  const auto asked = desk.ask(noon);
  REQUIRE(asked.size() == limits::travel_questions_in_flight);
  CHECK(desk.ask(noon + 100ms).empty());
  desk.answer(asked[1].number, table_of(asked[1].question), noon + 300ms);
  const auto more = desk.ask(noon + 300ms);
  REQUIRE(more.size() == 1);
  CHECK(desk.next_look() == noon + limit);
  for (const auto& [number, question] : asked) {
    desk.answer(number, table_of(question), noon + 400ms);
  }
  CHECK(desk.next_look() == noon + 300ms + limit);
  CHECK(desk.ask(noon + limit).size() == 1);
  answer_all(desk, more, noon + limit);
  CHECK(desk.take(1'000, 1'000'000).size() == limits::travel_questions_in_flight + 1);
  CHECK(desk.next_look() == noon + limit + limit);
}

TEST_CASE("travel: while the engine is given up, orders are ready at once, without times") {
  auto desk = given_up();
  CHECK_FALSE(desk.next_look());
  desk.want({"x", {leg(1, 2), leg(3, 2, vehicle::car)}});
  CHECK(desk.ask(noon + 1s).empty());
  CHECK(handed_out(desk) == "x:0");
  const auto again = noon + limits::travel_pause;
  desk.want({"x", {leg(1, 2)}});
  desk.want({"y", {leg(1, 2)}});
  const auto asked = desk.ask(again);
  CHECK(asked.size() == 1);
  CHECK(handed_out(desk) == "y:0");
  CHECK(desk.is_out());
  SUBCASE("the one that is asked after the pause fails: another pause") {
    CHECK(desk.ask(again + limit).empty());
    CHECK(handed_out(desk) == "x:0");
    desk.want({"x", {leg(1, 2)}});
    CHECK(desk.ask(again + limits::travel_pause).empty());
    CHECK(handed_out(desk) == "x:0");
  }
  SUBCASE("it succeeds: all are asked") {
    answer_all(desk, asked, again);
    CHECK_FALSE(desk.is_out());
    CHECK(handed_out(desk) == "x:1");
    desk.want({"x", {leg(1, 2)}});
    desk.want({"y", {leg(1, 2)}});
    CHECK(desk.ask(again).size() == 2);
  }
  SUBCASE("it is not wanted any more, and decides all the same") {
    desk.want({"x", {}});
    CHECK(handed_out(desk) == "x:0");
    answer_all(desk, asked, again);
    CHECK_FALSE(desk.has_ready());
    CHECK_FALSE(desk.is_out());
  }
}

TEST_CASE("travel: what waits when the engine is given up keeps the times that it has") {
  travel_desk desk{true};
  std::vector<travel_leg> legs;
  for (int i = 0; i < 10 * static_cast<int>(limits::travel_questions_in_flight) + 15; ++i) {
    legs.push_back(leg(i, 1000 + i));
  }
  desk.want({"x", legs});
  const auto asked = desk.ask(noon);
  REQUIRE(asked.size() == limits::travel_questions_in_flight);
  desk.answer(asked[0].number, table_of(asked[0].question), noon);
  CHECK(desk.ask(noon).size() == 1);
  CHECK(desk.ask(noon + limit).empty());
  CHECK(desk.is_out());
  CHECK(handed_out(desk) == "x:10");
}

TEST_CASE("travel: without an engine, or without legs, an order is ready at once") {
  travel_desk desk{false};
  desk.want({"x", {leg(1, 2)}});
  CHECK(handed_out(desk) == "x:0");
  CHECK(desk.ask(noon).empty());
  CHECK_FALSE(desk.is_out());
  travel_desk other{true};
  other.want({"x", {}});
  CHECK(handed_out(other) == "x:0");
  CHECK(other.ask(noon).empty());
}

TEST_CASE("travel: so much is handed out at once, of who has wanted longest first") {
  travel_desk desk{true};
  for (const auto* order : {"a", "b", "c", "d"}) {
    desk.want({order, {leg(1, 0), leg(2, 0), leg(3, 0)}});
  }
  auto asked = desk.ask(noon);
  std::reverse(asked.begin(), asked.end());
  answer_all(desk, asked, noon);
  const auto orders = [](const std::vector<travel_answer>& taken) {
    std::string line;
    for (const auto& one : taken) {
      line += one.order;
    }
    return line;
  };
  CHECK(orders(desk.take(0, 100)).empty());
  CHECK(orders(desk.take(100, 1)) == "a");
  CHECK(orders(desk.take(100, 6)) == "bc");
  CHECK(orders(desk.take(1, 100)) == "d");
  CHECK_FALSE(desk.has_ready());
}
