#include "messages/signing/local_signer.hpp"

#include <utility>

namespace dispatch::signing {

local_signer::local_signer(private_key key) : key_(std::move(key)), thread_([this] { work(); }) {}

local_signer::~local_signer() { stop(); }

void local_signer::sign(std::string document, std::function<void(std::optional<signature>)> done) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push_back({std::move(document), std::move(done)});
  }
  changed_.notify_one();
}

void local_signer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) {
    thread_.join();
  }
  jobs_.clear();
}

void local_signer::work() {
  const auto id = key_.id();
  for (;;) {
    job next;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (stopping_) {
        return;
      }
      next = std::move(jobs_.front());
      jobs_.pop_front();
    }
    auto bytes = key_.sign(next.document);
    next.done(
        bytes ? std::optional<signature>{{std::string{to_string(key_.of())}, id, std::move(*bytes)}}
              : std::nullopt);
  }
}

} // namespace dispatch::signing
