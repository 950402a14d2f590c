#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace dispatch::daemon {

/// Answers the node's questions on threads of its own: an answer may wait for a store or for the
/// log, which threads that deliver messages must not.
class question_desk {
public:
  /// One may read a long history while others are answered.
  static constexpr std::size_t threads = 2;
  static constexpr std::size_t waiting_max = 1024;
  static constexpr std::size_t waiting_of_zone_max = waiting_max / 4;

  /// A question that has waited for `patience` is dropped: who asked does not wait any more.
  explicit question_desk(std::chrono::milliseconds patience);
  /// What has not begun is not answered any more.
  ~question_desk();
  question_desk(const question_desk&) = delete;
  question_desk& operator=(const question_desk&) = delete;

  /// Has a question to a zone answered when its turn comes; zones take turns. False: too many wait,
  /// or too many of the zone's.
  bool take(const std::string& zone, std::function<void()> answer);

private:
  struct entry {
    std::chrono::steady_clock::time_point taken_at;
    std::function<void()> answer;
  };

  void run();
  entry take_next();

  const std::chrono::milliseconds patience_;
  std::mutex mutex_; ///< guards all but the threads
  std::condition_variable changed_;
  std::map<std::string, std::deque<entry>> waiting_; ///< by zone, none of them empty
  std::deque<std::string> turns_;                    ///< the zones, next one first
  std::size_t waiting_count_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;
};

} // namespace dispatch::daemon
