#include "cmd/dispatchd/question_desk.hpp"

#include <doctest/doctest.h>

#include <future>
#include <latch>
#include <memory>

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
      REQUIRE(desk.take([this, end] {
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
  REQUIRE(desk.take([&] { end.get_future().wait(); }));
  REQUIRE(desk.take([&] { answered.set_value(); }));
  answered.get_future().wait();
  end.set_value();
}

TEST_CASE("a question behind too many others is not taken") {
  question_desk desk{1h};
  occupation occupied{desk};
  for (std::size_t i = 0; i < question_desk::waiting_max; ++i) {
    REQUIRE(desk.take([] {}));
  }
  CHECK_FALSE(desk.take([] {}));
  occupied.ending.set_value();
}

TEST_CASE("a question that has waited too long is dropped") {
  question_desk desk{0ms};
  bool answered = false;
  std::promise<void> dropped;
  std::shared_ptr<void> kept{nullptr, [&](void*) { dropped.set_value(); }};
  REQUIRE(desk.take([&answered, kept] { answered = true; }));
  kept.reset();
  dropped.get_future().wait();
  CHECK_FALSE(answered);
}
