#pragma once

#include "messages/nats/connection/publish_ack.hpp"
#include "messages/result.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace dispatch::sim {

/// The answer of the input stream to one command.
struct command_ack {
  std::string id;
  result<nats::publish_ack> answer;
};

/// What other threads have to say to the loop.
class mailbox {
public:
  using clock = std::chrono::steady_clock;

  void put(command_ack ack) {
    const std::lock_guard lock(mutex_);
    acks_.push_back(std::move(ack));
    changed_.notify_one();
  }

  /// Events have arrived.
  void ring() {
    const std::lock_guard lock(mutex_);
    rung_ = true;
    changed_.notify_one();
  }

  /// Waits until something was said, or until `deadline`; returns the acks.
  std::vector<command_ack> wait_until(clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    changed_.wait_until(lock, deadline, [this] { return rung_ || !acks_.empty(); });
    rung_ = false;
    return std::exchange(acks_, {});
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;
  std::vector<command_ack> acks_;
};

} // namespace dispatch::sim
