#include "messages/nats/connection/message_bin.hpp"

#include <nats/nats.h>

#include <utility>

namespace dispatch::nats {

namespace {

constexpr std::size_t held_max = 128;
constexpr std::size_t held_bytes_max = std::size_t{256} * 1024;

void destroy(const std::vector<natsMsg*>& messages) {
  for (auto* const message : messages) {
    natsMsg_Destroy(message);
  }
}

} // namespace

message_bin::~message_bin() { destroy(held_); }

void message_bin::discard(natsMsg* message) {
  if (message == nullptr) {
    return;
  }
  std::unique_lock lock(mutex_);
  held_.push_back(message);
  held_bytes_ += static_cast<std::size_t>(natsMsg_GetDataLength(message));
  if (held_.size() < held_max && held_bytes_ < held_bytes_max) {
    return;
  }
  const auto full = std::exchange(held_, {});
  held_.reserve(held_max);
  held_bytes_ = 0;
  lock.unlock();
  destroy(full);
}

} // namespace dispatch::nats
