#include "actors/errands/waybill_desk.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace dispatch;
using namespace std::chrono_literals;

namespace {

constexpr timestamp midday{std::chrono::hours{12}};
const signature good{"SM2-SM3", "key", "bytes"};

using phase = circuit_breaker::phase;

std::string to_line(const std::vector<waybill_desk::wanted>& asked) {
  std::string line;
  for (const auto& one : asked) {
    line += (line.empty() ? "" : " ") + one.number;
  }
  return line;
}

std::string to_line(const std::vector<waybill_desk::ready>& ready) {
  std::string line;
  for (const auto& one : ready) {
    line += (line.empty() ? "" : " ") + one.waybill.number;
    line += one.waybill.is_signed() ? " signed" : " unsigned";
  }
  return line;
}

std::string handed_out(waybill_desk& desk) { return to_line(desk.take(100, 1'000'000)); }

void want(waybill_desk& desk, const std::string& order, int assignment = 1, bool issued = false) {
  const auto number = order + "-" + std::to_string(assignment);
  desk.want({order, number, "paper of " + number, "trace", issued});
}

/// A desk that has given its signer up at midday, over orders x, y and w, which has no paper yet.
waybill_desk desk_given_up() {
  waybill_desk desk;
  want(desk, "x");
  want(desk, "y");
  want(desk, "w");
  REQUIRE(to_line(desk.ask(midday)) == "x-1 y-1 w-1");
  for (const auto* order : {"x", "y", "w"}) {
    desk.answer(order, std::string{order} + "-1", std::nullopt, midday);
  }
  REQUIRE(handed_out(desk) == "x-1 unsigned y-1 unsigned w-1 unsigned");
  REQUIRE(desk.is_out());
  return desk;
}

} // namespace

TEST_CASE("breaker: it opens at the third failure in a row, not at others") {
  circuit_breaker b{3, 2s};
  b.failed(midday);
  b.failed(midday);
  b.succeeded();
  b.failed(midday);
  b.failed(midday);
  CHECK(b.now_in() == phase::closed);
  CHECK(b.admit(midday));
  b.failed(midday + 1s);
  CHECK(b.now_in() == phase::open);
  CHECK(b.opens_until() == midday + 3s);
  CHECK_FALSE(b.admit(midday + 3s - 1us));
}

TEST_CASE("breaker: after the pause one may ask, and its outcome decides") {
  circuit_breaker b{1, 2s};
  b.failed(midday);
  b.failed(midday + 1s); // Asked before it opened: no longer pause.
  CHECK(b.admit(midday + 2s));
  CHECK(b.now_in() == phase::half_open);
  CHECK_FALSE(b.admit(midday + 2s));
  CHECK_FALSE(b.opens_until());
  SUBCASE("it fails: another pause") {
    b.failed(midday + 3s);
    CHECK(b.opens_until() == midday + 5s);
    CHECK_FALSE(b.admit(midday + 4s));
    CHECK(b.admit(midday + 5s));
  }
  SUBCASE("it succeeds: all may ask") {
    b.succeeded();
    CHECK(b.now_in() == phase::closed);
    CHECK(b.admit(midday + 2s));
    CHECK(b.admit(midday + 2s));
  }
}

TEST_CASE("desk: what is asked for comes back signed, once") {
  waybill_desk desk;
  want(desk, "x");
  CHECK(to_line(desk.ask(midday)) == "x-1");
  CHECK(desk.ask(midday).empty());
  CHECK(desk.next_look() == midday + limits::waybill_time_limit);
  desk.answer("x", "x-1", good, midday + 1ms);
  const auto ready = desk.take(100, 1'000'000);
  REQUIRE(ready.size() == 1);
  CHECK(ready[0].order == "x");
  CHECK(ready[0].trace == "trace");
  CHECK(ready[0].waybill == signed_waybill{"x-1", "paper of x-1", "SM2-SM3", "key", "bytes"});
  desk.answer("x", "x-1", good, midday + 2ms);
  CHECK_FALSE(desk.has_ready());
}

TEST_CASE("desk: when the time limit passes, the paper goes out unsigned and is signed later") {
  waybill_desk desk;
  want(desk, "x");
  desk.ask(midday);
  CHECK(desk.ask(midday + limits::waybill_time_limit - 1us).empty());
  CHECK_FALSE(desk.has_ready());
  CHECK(desk.ask(midday + limits::waybill_time_limit).empty());
  CHECK(handed_out(desk) == "x-1 unsigned");
  SUBCASE("by the late answer, which does not count as one in time") {
    desk.answer("x", "x-1", good, midday + 1s);
    CHECK(handed_out(desk) == "x-1 signed");
  }
  SUBCASE("by another one, asked for after the pause") {
    const auto again = midday + limits::waybill_time_limit + limits::signer_pause;
    CHECK(desk.ask(again - 1us).empty());
    CHECK(to_line(desk.ask(again)) == "x-1");
    desk.answer("x", "x-1", good, again);
    CHECK(handed_out(desk) == "x-1 signed");
  }
  SUBCASE("and a clock that is set back does not lengthen the wait") {
    want(desk, "y");
    desk.ask(midday + 1h);
    desk.ask(midday);
    CHECK(handed_out(desk) == "y-1 unsigned");
  }
}

TEST_CASE("desk: while the signer is given up, papers go out unsigned at once, each one time") {
  auto desk = desk_given_up();
  want(desk, "v");
  CHECK(desk.ask(midday + 1s).empty());
  CHECK(handed_out(desk) == "v-1 unsigned");
  CHECK(desk.next_look() == midday + limits::signer_pause);
  SUBCASE("one is asked after the pause, and when it fails nothing goes out again") {
    CHECK(to_line(desk.ask(midday + 2s)) == "x-1");
    CHECK(desk.next_look() == midday + 2s + limits::waybill_time_limit);
    desk.answer("x", "x-1", std::nullopt, midday + 2s);
    CHECK(desk.ask(midday + 2s).empty());
    CHECK_FALSE(desk.has_ready());
    CHECK(to_line(desk.ask(midday + 4s)) == "y-1");
  }
  SUBCASE("when it succeeds, all the others are asked for") {
    CHECK(to_line(desk.ask(midday + 3s)) == "x-1");
    desk.answer("x", "x-1", good, midday + 3s);
    CHECK(to_line(desk.ask(midday + 3s)) == "y-1 w-1 v-1");
    desk.answer("y", "y-1", good, midday + 3s);
    CHECK(handed_out(desk) == "x-1 signed y-1 signed");
  }
}

TEST_CASE("desk: what nobody wants any more is neither asked for nor handed out") {
  auto desk = desk_given_up();
  desk.forget("x");
  want(desk, "y", 2);
  CHECK(desk.ask(midday + 1s).empty());
  CHECK(handed_out(desk) == "y-2 unsigned");
  CHECK(to_line(desk.ask(midday + 2s)) == "w-1");
  desk.forget("w");
  desk.answer("w", "w-1", good, midday + 2s);
  CHECK_FALSE(desk.has_ready());
  CHECK(to_line(desk.ask(midday + 3s)) == "y-2");
  desk.answer("y", "y-1", good, midday + 3s); // Of the former assignment.
  CHECK_FALSE(desk.has_ready());
}

TEST_CASE("desk: so many are under way at once, and so much is handed out at once") {
  waybill_desk desk;
  const auto all = limits::waybills_in_flight + 10;
  for (std::size_t i = 0; i < all; ++i) {
    want(desk, "o" + std::to_string(i));
  }
  CHECK(desk.ask(midday).size() == limits::waybills_in_flight);
  for (std::size_t i = 0; i < limits::waybills_in_flight; ++i) {
    desk.answer("o" + std::to_string(i), "o" + std::to_string(i) + "-1", good, midday);
  }
  CHECK(desk.ask(midday).size() == 10);
  CHECK(desk.take(7, 1'000'000).size() == 7);
  CHECK(desk.take(100, 20).size() == 2); // Papers of 13 bytes and more.
  CHECK(desk.take(100, 1).size() == 1);
}

TEST_CASE("desk: what was handed out before the zone opened is not handed out unsigned again") {
  waybill_desk desk;
  want(desk, "x", 1, true);
  desk.ask(midday);
  desk.ask(midday + 1s);
  CHECK_FALSE(desk.has_ready());
  desk.answer("x", "x-1", good, midday + 2s);
  CHECK(handed_out(desk) == "x-1 signed");
}
