#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace dispatch::daemon {

/// Answers the node's questions on threads of its own: an answer may wait for a store or for the
/// log, which threads that deliver messages must not. A question that has waited for longer than
/// those who ask do is dropped.
class question_desk {
public:
  question_desk();
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

  std::mutex mutex_; ///< guards `waiting_` and `closing_`
  std::condition_variable changed_;
  std::deque<entry> waiting_;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

} // namespace dispatch::daemon
