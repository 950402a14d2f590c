#include "cmd/dispatchd/question_desk.hpp"

#include <utility>

namespace dispatch::daemon {

question_desk::question_desk(std::chrono::milliseconds patience) : patience_(patience) {
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
    waiting_.push_back({std::chrono::steady_clock::now(), std::move(answer)});
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
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    if (std::chrono::steady_clock::now() - next.taken_at < patience_) {
      next.answer();
    }
    next.answer = nullptr;
    lock.lock();
  }
}

} // namespace dispatch::daemon
