#pragma once

#include "messages/result.hpp"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

namespace dispatch::nats {

/// Requests whose answers are awaited, each for a limited time. Every `done` is called exactly
/// once, outside the lock.
class pending_replies {
public:
  using continuation = std::function<void(result<std::string>)>;

  pending_replies();
  pending_replies(const pending_replies&) = delete;
  pending_replies& operator=(const pending_replies&) = delete;

  /// Fails what is left.
  ~pending_replies();

  /// Returns the number by which to complete it.
  std::uint64_t add(std::chrono::milliseconds timeout, continuation done);

  /// Nothing happens when the number was completed before.
  void complete(std::uint64_t number, result<std::string> reply);

  void fail_all(const std::string& what);

private:
  using clock = std::chrono::steady_clock;
  struct entry {
    clock::time_point deadline;
    continuation done;
  };

  void watch_deadlines();
  void fail_overdue(std::unique_lock<std::mutex>& lock);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::unordered_map<std::uint64_t, entry> entries_;
  std::uint64_t last_number_ = 0;
  clock::time_point wake_at_ = clock::time_point::max();
  bool stopping_ = false;
  std::thread watcher_;
};

} // namespace dispatch::nats
