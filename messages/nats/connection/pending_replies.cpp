#include "messages/nats/connection/pending_replies.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace dispatch::nats {

pending_replies::pending_replies() : watcher_([this] { watch_deadlines(); }) {}

pending_replies::~pending_replies() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  watcher_.join();
  fail_all("the connection was closed");
}

std::uint64_t pending_replies::add(std::chrono::milliseconds timeout, continuation done) {
  const auto deadline = clock::now() + timeout;
  std::unique_lock lock(mutex_);
  const auto number = ++last_number_;
  entries_.emplace(number, entry{deadline, std::move(done)});
  // wake_at_ is not moved back when entries leave, so that a steady flow of requests wakes the
  // watcher once per timeout and not once per request.
  if (deadline < wake_at_) {
    wake_at_ = deadline;
    lock.unlock();
    changed_.notify_all();
  }
  return number;
}

void pending_replies::complete(std::uint64_t number, result<std::string> reply) {
  std::unique_lock lock(mutex_);
  auto found = entries_.extract(number);
  lock.unlock();
  if (!found.empty()) {
    found.mapped().done(std::move(reply));
  }
}

void pending_replies::fail_all(const std::string& what) {
  std::unique_lock lock(mutex_);
  auto failed = std::exchange(entries_, {});
  lock.unlock();
  std::vector<std::uint64_t> numbers;
  numbers.reserve(failed.size());
  for (const auto& [number, unused] : failed) {
    numbers.push_back(number);
  }
  std::ranges::sort(numbers);
  for (const auto number : numbers) {
    failed.at(number).done(failure{what});
  }
}

void pending_replies::watch_deadlines() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (wake_at_ == clock::time_point::max()) {
      changed_.wait(lock);
    } else if (changed_.wait_until(lock, wake_at_) == std::cv_status::timeout) {
      fail_overdue(lock);
    }
  }
}

void pending_replies::fail_overdue(std::unique_lock<std::mutex>& lock) {
  const auto now = clock::now();
  std::vector<continuation> overdue;
  wake_at_ = clock::time_point::max();
  for (auto at = entries_.begin(); at != entries_.end();) {
    if (at->second.deadline <= now) {
      overdue.push_back(std::move(at->second.done));
      at = entries_.erase(at);
    } else {
      wake_at_ = std::min(wake_at_, at->second.deadline);
      ++at;
    }
  }
  lock.unlock();
  for (auto& done : overdue) {
    done(failure{"no answer came in time"});
  }
  lock.lock();
}

} // namespace dispatch::nats
