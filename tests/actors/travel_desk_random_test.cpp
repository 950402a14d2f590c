#include "tests/actors/travel_ways.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace dispatch;
using namespace dispatch::testing;
using namespace std::chrono_literals;

namespace {

/// Orders that want, an engine in all its moods, and time that mostly goes on.
class random_desk {
public:
  explicit random_desk(std::uint64_t seed) : random_(seed) {}

  void step() {
    switch (pick(8)) {
    case 0:
    case 1:
      want();
      break;
    case 2:
    case 3:
      ask();
      break;
    case 4:
    case 5:
    case 6:
      answer();
      break;
    default:
      now_ += pick(50) == 0 ? duration{-100ms} : duration{std::chrono::milliseconds{pick(200)}};
      take(static_cast<std::size_t>(pick(3)));
    }
  }

  /// Everything that is wanted ends when time passes, with no answer at all.
  void end() {
    for (ask(); desk_.next_look(); ask()) {
      now_ = std::max(now_ + 1ms, *desk_.next_look());
    }
    take(1'000'000);
    CHECK_FALSE(desk_.has_ready());
    CHECK(wanted_.empty());
  }

  std::size_t most_at_once = 0;
  std::size_t times = 0; ///< handed out
  bool was_out = false;

private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<std::uint64_t>(below)); }

  void want() {
    const auto order = "o" + std::to_string(pick(50));
    std::vector<travel_leg> legs;
    for (int i = pick(30); i > 0; --i) {
      legs.push_back(leg(pick(12), pick(12), static_cast<vehicle>(1 + pick(4))));
    }
    wanted_[order] = {legs.begin(), legs.end()};
    desk_.want({order, std::move(legs)});
  }

  void ask() {
    std::erase_if(since_, [&](const auto& one) {
      return now_ < one.second || now_ >= one.second + limits::travel_time_limit;
    });
    for (auto& one : desk_.ask(now_)) {
      CHECK(since_.emplace(one.number, now_).second);
      CHECK(one.number > last_number_);
      last_number_ = one.number;
      CHECK(one.question.from.size() + one.question.to.size() <=
            limits::travel_places_per_question);
      asked_.push_back(std::move(one));
    }
    CHECK(since_.size() <= limits::travel_questions_in_flight);
    most_at_once = std::max(most_at_once, since_.size());
    was_out = was_out || desk_.is_out();
  }

  /// Well, badly, late, twice, or never.
  void answer() {
    if (asked_.empty()) {
      return;
    }
    const auto which = asked_.begin() + pick(static_cast<int>(asked_.size()));
    auto table = std::optional{table_of(which->question)};
    switch (pick(12)) {
    case 0:
      table.reset();
      break;
    case 1:
      table->pop_back();
      break;
    case 2:
      table->front().reset();
      break;
    default:
      break;
    }
    desk_.answer(which->number, table, now_);
    since_.erase(which->number);
    if (pick(4) > 0) {
      asked_.erase(which);
    }
  }

  void take(std::size_t orders) {
    for (const auto& one : desk_.take(orders, orders * 30)) {
      CAPTURE(one.order);
      const auto wish = wanted_.find(one.order);
      REQUIRE(wish != wanted_.end());
      CHECK(std::is_sorted(one.times.begin(), one.times.end(),
                           [](const auto& a, const auto& b) { return a.leg < b.leg; }));
      std::set<travel_leg> legs;
      for (const auto& time : one.times) {
        CHECK(wish->second.contains(time.leg));
        CHECK(legs.insert(time.leg).second);
        CHECK(time == timed(time.leg));
      }
      times += one.times.size();
      wanted_.erase(wish);
    }
  }

  std::mt19937_64 random_;
  travel_desk desk_{true};
  timestamp now_ = noon;
  std::map<std::string, std::set<travel_leg>> wanted_; ///< by order; not handed out so far
  questions asked_;
  std::map<std::uint64_t, timestamp> since_; ///< by number: asked, and may be answered in time
  std::uint64_t last_number_ = 0;
};

} // namespace

TEST_CASE("travel: whatever happens, what is wanted ends once, with its own times") {
  std::size_t most_at_once = 0;
  std::size_t outages = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    random_desk desk{seed};
    for (int i = 0; i < 1'000; ++i) {
      desk.step();
    }
    desk.end();
    CHECK(desk.times > 0);
    most_at_once = std::max(most_at_once, desk.most_at_once);
    outages += desk.was_out ? 1 : 0;
  }
  CHECK(most_at_once == limits::travel_questions_in_flight);
  CHECK(outages > 0);
}
