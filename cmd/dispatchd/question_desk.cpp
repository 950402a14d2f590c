#include "cmd/dispatchd/question_desk.hpp"

#include <cstddef>
#include <utility>

namespace dispatch::daemon {

namespace {

/// One may read a long history while others are answered.
constexpr std::size_t threads = 2;

/// Who asks gives up after seconds.
constexpr std::size_t waiting_max = 1024;

} // namespace

question_desk::question_desk() {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { run(); });
  }
}

question_desk::~question_desk() {
  {
    const std::scoped_lock lock{mutex_};
    closing_ = true;
  }
  changed_.notify_all();
  for (auto& each : threads_) {
    each.join();
  }
}

bool question_desk::take(std::function<void()> answer) {
  {
    const std::scoped_lock lock{mutex_};
    if (waiting_.size() >= waiting_max) {
      return false;
    }
    waiting_.push_back(std::move(answer));
  }
  changed_.notify_one();
  return true;
}

void question_desk::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
    if (closing_) {
      return;
    }
    const auto answer = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    answer();
    lock.lock();
  }
}

} // namespace dispatch::daemon
