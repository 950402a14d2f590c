#include "cmd/dispatchd/answers/question_desk.hpp"

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

bool question_desk::take(const std::string& zone, std::function<void()> answer) {
  {
    const std::scoped_lock lock{mutex_};
    const auto of_zone = waiting_.find(zone);
    if (waiting_count_ >= waiting_max ||
        (of_zone != waiting_.end() && of_zone->second.size() >= waiting_of_zone_max)) {
      return false;
    }
    if (of_zone == waiting_.end()) {
      turns_.push_back(zone);
    }
    waiting_[zone].push_back({std::chrono::steady_clock::now(), std::move(answer)});
    ++waiting_count_;
  }
  changed_.notify_one();
  return true;
}

/// Under the lock, when some wait. The zone whose turn it was goes to the end.
question_desk::entry question_desk::take_next() {
  const auto zone = std::move(turns_.front());
  turns_.pop_front();
  const auto of_zone = waiting_.find(zone);
  auto next = std::move(of_zone->second.front());
  of_zone->second.pop_front();
  --waiting_count_;
  if (of_zone->second.empty()) {
    waiting_.erase(of_zone);
  } else {
    turns_.push_back(zone);
  }
  return next;
}

void question_desk::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return closing_ || waiting_count_ > 0; });
    if (closing_) {
      return;
    }
    auto next = take_next();
    lock.unlock();
    if (std::chrono::steady_clock::now() - next.taken_at < patience_) {
      next.answer();
    }
    next.answer = nullptr;
    lock.lock();
  }
}

} // namespace dispatch::daemon
