#include "cmd/dispatchd/answers/question_desk.hpp"

#include <doctest/doctest.h>

#include <future>
#include <latch>
#include <memory>
#include <string>
#include <vector>

using dispatch::daemon::question_desk;
using namespace std::chrono_literals;

namespace {

/// Keeps all threads of a desk until it is released.
struct occupation {
  std::latch begun{question_desk::threads};
  std::promise<void> ending;

  explicit occupation(question_desk& desk) {
    const auto end = ending.get_future().share();
    for (std::size_t i = 0; i < question_desk::threads; ++i) {
      REQUIRE(desk.take("z", [this, end] {
        begun.count_down();
        end.wait();
      }));
    }
    begun.wait();
  }
};

} // namespace

TEST_CASE("a question is answered while another one takes long") {
  question_desk desk{1h};
  std::promise<void> end;
  std::promise<void> answered;
  REQUIRE(desk.take("z", [&] { end.get_future().wait(); }));
  REQUIRE(desk.take("z", [&] { answered.set_value(); }));
  answered.get_future().wait();
  end.set_value();
}

TEST_CASE("a question behind too many others is not taken") {
  question_desk desk{1h};
  occupation occupied{desk};
  for (const auto* zone : {"a", "b", "c", "d"}) {
    for (std::size_t i = 0; i < question_desk::waiting_of_zone_max; ++i) {
      REQUIRE(desk.take(zone, [] {}));
    }
    CHECK_FALSE(desk.take(zone, [] {}));
  }
  CHECK_FALSE(desk.take("e", [] {}));
  occupied.ending.set_value();
}

TEST_CASE("a question that has waited too long is dropped") {
  question_desk desk{0ms};
  bool answered = false;
  std::promise<void> dropped;
  std::shared_ptr<void> kept{nullptr, [&](void*) { dropped.set_value(); }};
  REQUIRE(desk.take("z", [&answered, kept] { answered = true; }));
  kept.reset();
  dropped.get_future().wait();
  CHECK_FALSE(answered);
}

TEST_CASE("the questions of one zone do not keep those of others waiting") {
  question_desk desk{1h};
  std::vector<std::string> answered; // by one thread: the other one is busy
  std::latch begun{2};
  std::latch asked{1};
  std::latch all{102};
  REQUIRE(desk.take("long", [&] {
    begun.count_down();
    all.wait();
  }));
  REQUIRE(desk.take("short", [&] {
    begun.count_down();
    asked.wait();
  }));
  begun.wait();
  const auto ask = [&](const std::string& zone) {
    REQUIRE(desk.take(zone, [&, zone] {
      answered.push_back(zone);
      all.count_down();
    }));
  };
  for (int i = 0; i < 100; ++i) {
    ask("loud");
  }
  ask("second");
  ask("third");
  asked.count_down();
  all.wait();
  answered.resize(4);
  CHECK(answered == std::vector<std::string>{"loud", "second", "third", "loud"});
}
