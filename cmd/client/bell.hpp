#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace dispatch::client {

using steady = std::chrono::steady_clock;

/// Wakes one thread that waits for news from several places.
class bell {
public:
  /// There is news. May be called from any thread.
  void ring() {
    const std::scoped_lock lock{mutex_};
    rung_ = true;
    changed_.notify_all();
  }

  /// Waits until the bell was rung since the last wait, or until then. Tells whether it was rung.
  bool wait_until(steady::time_point until) {
    std::unique_lock lock{mutex_};
    changed_.wait_until(lock, until, [this] { return rung_; });
    return std::exchange(rung_, false);
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;
};

} // namespace dispatch::client
