#include "tests/domain/rider_words.hpp"
#include "tests/simulation/dice.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <utility>

/// Transfers between two zones that are under way at once: nobody is ever on shift in both.
using namespace dispatch;
using namespace dispatch::domain;

namespace {

/// One rider in zones `z` and `y`, whose clocks need not agree, and what is under way between them.
struct two_zones {
  struct zone {
    std::string name;
    rider state;
    duration clock_is_fast{0};
  };
  struct letter {
    std::size_t to;
    rider_command what;
  };

  std::array<zone, 2> zones = {zone{"z", {}}, zone{"y", {}}};
  std::vector<letter> post; ///< in any order
  timestamp now = dawn;

  bool works_in(std::size_t at) const { return zones[at].state.on_shift; }
  bool is_leaving(std::size_t at) const { return zones[at].state.leaving.has_value(); }

  /// What the zone answers, and what follows from it is under way.
  std::string tell(std::size_t at, const rider_command& what, bool by_operator = true) {
    auto& here = zones[at];
    now += 1s;
    const auto result = perform(here.state, what, now + here.clock_is_fast, by_operator);
    check_consistent(here.state);
    CHECK_FALSE((works_in(0) && works_in(1)));
    for (const auto& e : result.events) {
      if (const auto* gone = std::get_if<transfer_started>(&e)) {
        post.push_back({1 - at, receive_rider{here.name, gone->rider}});
      } else if (const auto* said = std::get_if<transfer_answered>(&e)) {
        post.push_back(
            {1 - at, conclude_transfer{said->number, said->received, said->detail, said->at_work}});
      }
    }
    return to_line(result);
  }
  std::string begin(std::size_t at) { return tell(at, shift(), false); }
  std::string leave(std::size_t at) { return tell(at, transfer_rider{zones[1 - at].name}, false); }

  /// The oldest letter of this kind to that zone arrives.
  template <class Command> std::string arrives(std::size_t at) {
    const auto found = std::ranges::find_if(post, [&](const letter& one) {
      return one.to == at && std::holds_alternative<Command>(one.what);
    });
    REQUIRE(found != post.end());
    const auto what = found->what;
    post.erase(found);
    return tell(at, what);
  }
};

constexpr std::size_t z = 0;
constexpr std::size_t y = 1;

/// On the way from z to y, began to work in y before y heard of it, and is on the way back.
two_zones crossing() {
  two_zones between;
  between.begin(z);
  CHECK(between.leave(z) == "transfer_started");
  CHECK(between.begin(y) == "shift_started");
  CHECK(between.leave(y) == "transfer_started");
  return between;
}

} // namespace

TEST_CASE("transfer: of two that cross the later one counts") {
  auto between = crossing();
  const auto came_back = "transfer_ended received transfer_answered";
  SUBCASE("both zones answer before either has an answer") {
    CHECK(between.arrives<receive_rider>(y) == "transfer_answered");
    CHECK(between.arrives<receive_rider>(z) == came_back);
    CHECK(between.arrives<conclude_transfer>(z) == "!wrong_status");
    CHECK(between.arrives<conclude_transfer>(y) == "transfer_ended");
  }
  SUBCASE("the zone that was left first has its answer before it is asked") {
    CHECK(between.arrives<receive_rider>(y) == "transfer_answered");
    CHECK(between.arrives<conclude_transfer>(z) == "transfer_ended shift_ended");
    CHECK(between.arrives<receive_rider>(z) == "received transfer_answered");
    CHECK(between.arrives<conclude_transfer>(y) == "transfer_ended");
  }
  SUBCASE("the rider begins to work there in between") {
    CHECK(between.arrives<receive_rider>(y) == "transfer_answered");
    CHECK(between.arrives<conclude_transfer>(z) == "transfer_ended shift_ended");
    CHECK(between.begin(z) == "shift_started");
    CHECK(between.arrives<receive_rider>(z) == "transfer_answered");
    CHECK(between.arrives<conclude_transfer>(y) == "transfer_ended shift_ended");
  }
  SUBCASE("the zone that was left last is asked when the rider has gone") {
    CHECK(between.arrives<receive_rider>(z) == came_back);
    CHECK(between.arrives<conclude_transfer>(y) == "transfer_ended");
    CHECK(between.arrives<receive_rider>(y) == "transfer_answered");
    CHECK(between.arrives<conclude_transfer>(z) == "!wrong_status");
  }
  CHECK(between.works_in(z));
  CHECK_FALSE(between.works_in(y));
  CHECK_FALSE(between.is_leaving(z));
  CHECK_FALSE(between.is_leaving(y));
}

TEST_CASE("transfer: who begins to work in a zone and is soon back, before the first answer is") {
  two_zones between;
  between.begin(z);
  between.leave(z);
  SUBCASE("and was declined there") {
    between.begin(y);
    CHECK(between.arrives<receive_rider>(y) == "transfer_answered");
  }
  SUBCASE("and was received there") {
    CHECK(between.arrives<receive_rider>(y) == "received transfer_answered");
  }
  SUBCASE("by a clock that is slow") {
    between.zones[y].clock_is_fast = -1h;
    CHECK(between.arrives<receive_rider>(y) == "received transfer_answered");
  }
  CHECK(between.leave(y) == "transfer_started");
  CHECK(between.arrives<receive_rider>(z) == "transfer_ended received transfer_answered");
  CHECK(between.arrives<conclude_transfer>(z) == "!wrong_status");
  CHECK(between.arrives<conclude_transfer>(y) == "transfer_ended");
  CHECK(between.works_in(z));
}

TEST_CASE("transfer: of two in the same instant neither counts") {
  two_zones between;
  between.zones[z].clock_is_fast = 2s; // As long as the two commands in between take.
  between.begin(z);
  between.leave(z);
  between.begin(y);
  between.leave(y);
  REQUIRE(between.zones[z].state.transfers == between.zones[y].state.transfers);
  for (const auto at : {z, y}) {
    CHECK(between.arrives<receive_rider>(at) == "transfer_answered");
  }
  for (const auto at : {z, y}) {
    CHECK(between.arrives<conclude_transfer>(at) == "transfer_ended shift_ended");
  }
}

TEST_CASE("transfer: the zone that was left later takes nobody on the way from it back") {
  auto between = crossing();
  policy policy;
  policy.capacity_max = {1, 1, 1, 1};
  const auto& to_z = std::get<receive_rider>(between.post.back().what);
  const auto declined = apply(between.zones[z].state, to_z, {"x", dawn + 1h, true, policy});
  CHECK(to_line(declined) == "transfer_answered"); // Too much for z, and so y has the rider.
  CHECK(between.arrives<receive_rider>(y) == "transfer_answered");
  CHECK(between.arrives<conclude_transfer>(z) == "transfer_ended shift_ended");
}

TEST_CASE("transfer: who is on the way to a third zone goes nowhere else") {
  auto here = given({start, leave});
  const handover from_x{leaving_number + 1, shift(), dawn, dawn, {}, {}};
  const auto answer = perform(here, receive_rider{"x", from_x}, dawn + 1h, true);
  REQUIRE(answer.events.size() == 1);
  const auto& said = std::get<transfer_answered>(answer.events.front());
  CHECK_FALSE(said.received);
  CHECK(said.at_work); // x ends the shift: y may have the rider already.
}

TEST_CASE("transfer: whatever arrives when, and twice, nobody works in two zones") {
  int came_back = 0;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    CAPTURE(seed);
    testing::dice dice{seed};
    two_zones between;
    between.zones[y].clock_is_fast = dice.pick(-10, 10) * 1s;
    for (int step = 0; step < 40; ++step) {
      const auto at = dice.below(2);
      switch (dice.pick(1, 10)) {
      case 1:
      case 2: // A rider knows where he is on shift.
        if (!between.works_in(1 - at)) {
          between.begin(at);
        }
        break;
      case 3:
        between.tell(at, end_shift{}, false);
        break;
      case 4:
      case 5:
        between.leave(at);
        break;
      default:
        if (!between.post.empty()) {
          const auto which =
              between.post.begin() + static_cast<std::ptrdiff_t>(dice.below(between.post.size()));
          const auto one = *which;
          if (dice.chance(70)) {
            between.post.erase(which);
          }
          came_back +=
              between.tell(one.to, one.what) == "transfer_ended received transfer_answered";
        }
      }
    }
  }
  CHECK(came_back > 100);
}
