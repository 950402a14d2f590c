#include "messages/nats/bucket_watch.hpp"

#include <utility>

namespace dispatch::nats {

bucket_watch::bucket_watch(std::shared_ptr<connection> on, const std::string& name,
                           std::function<void()> on_change)
    : prefix_("$KV." + name + "."), on_change_(std::move(on_change)) {
  consumer_ = std::make_shared<pull_consumer>(
      std::move(on), "KV_" + name, prefix_ + ">",
      pull_consumer::owner{
          .begin = [] { return std::optional<std::uint64_t>(0); },
          .accept = [this](const incoming& m, const delivery& d) { return accept(m, d); },
          .arrived = [this] { arrived(); }});
  consumer_->start();
}

bucket_watch::~bucket_watch() { consumer_->stop(); }

bucket_watch::entries bucket_watch::now() const {
  const std::lock_guard lock(mutex_);
  return entries_;
}

std::uint64_t bucket_watch::version() const {
  const std::lock_guard lock(mutex_);
  return version_;
}

bool bucket_watch::reads() const {
  std::unique_lock lock(mutex_);
  const auto consumer = consumer_;
  lock.unlock(); // The consumer has a lock of its own, which it holds while it calls accept.
  return consumer->exists();
}

bool bucket_watch::accept(const incoming& message, const delivery& from) {
  const auto subject = message.subject();
  const std::lock_guard lock(mutex_);
  const auto expected = from.consumer_sequence == 1 ? 1 : delivered_ + 1;
  if (from.consumer_sequence != expected) {
    return false;
  }
  delivered_ = expected;
  ++accepted_;
  accepted_bytes_ += message.body().size();
  if (!subject.starts_with(prefix_)) {
    return true;
  }
  const std::string key{subject.substr(prefix_.size())};
  const auto revision = from.stream_sequence;
  // A new consumer begins with what is known already.
  const auto known = entries_.find(key);
  const auto gone = erased_.find(key);
  if ((known != entries_.end() && known->second.revision >= revision) ||
      (gone != erased_.end() && gone->second >= revision)) {
    return true;
  }
  ++version_;
  if (message.header("KV-Operation").empty()) {
    erased_.erase(key);
    entries_[key] = {std::string{message.body()}, revision, std::chrono::steady_clock::now()};
  } else {
    entries_.erase(key);
    erased_[key] = revision;
  }
  return true;
}

void bucket_watch::arrived() {
  std::unique_lock lock(mutex_);
  const auto messages = std::exchange(accepted_, 0);
  const auto bytes = std::exchange(accepted_bytes_, 0);
  const auto consumer = consumer_;
  lock.unlock();
  if (consumer && messages > 0) {
    consumer->release(messages, bytes);
  }
  on_change_();
}

} // namespace dispatch::nats
