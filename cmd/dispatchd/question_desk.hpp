#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace dispatch::daemon {

/// Answers the node's questions on threads of its own: an answer may wait for a store or for the
/// log, which threads that deliver messages must not.
class question_desk {
public:
  static constexpr std::size_t threads =
      2; ///< one may read a long history while others are answered
  static constexpr std::size_t waiting_max = 1024;

  /// A question that has waited for `patience` is dropped: who asked does not wait any more.
  explicit question_desk(std::chrono::milliseconds patience);
  /// What has not begun is not answered any more.
  ~question_desk();
  question_desk(const question_desk&) = delete;
  question_desk& operator=(const question_desk&) = delete;

  /// Has it answered when its turn comes. False: too many wait.
  bool take(std::function<void()> answer);

private:
  void run();

  struct entry {
    std::chrono::steady_clock::time_point taken_at;
    std::function<void()> answer;
  };

  const std::chrono::milliseconds patience_;
  std::mutex mutex_; ///< guards `waiting_` and `closing_`
  std::condition_variable changed_;
  std::deque<entry> waiting_;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

} // namespace dispatch::daemon
