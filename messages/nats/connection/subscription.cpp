#include "messages/nats/connection/subscription.hpp"

#include "messages/nats/connection/message_bin.hpp"

#include <nats/nats.h>

#include <condition_variable>
#include <mutex>
#include <utility>

namespace dispatch::nats {

namespace {

constexpr std::int64_t flush_timeout_ms = 1000;

} // namespace

std::string_view incoming::subject() const { return natsMsg_GetSubject(message_); }

std::string_view incoming::reply() const {
  const char* reply = natsMsg_GetReply(message_);
  return reply == nullptr ? std::string_view{} : std::string_view(reply);
}

std::string_view incoming::body() const {
  return {natsMsg_GetData(message_), static_cast<std::size_t>(natsMsg_GetDataLength(message_))};
}

std::string_view incoming::header(const char* name) const {
  const char* value = nullptr;
  if (natsMsgHeader_Get(message_, name, &value) != NATS_OK || value == nullptr) {
    return {};
  }
  return value;
}

struct subscription::implementation {
  /// Lives until the library has called on_complete, which is the last thing it does with it.
  struct shared_state {
    std::function<void(const incoming&)> on_message;
    message_bin used;
    std::mutex mutex;
    std::condition_variable changed;
    bool complete = false;
  };

  static void on_message(natsConnection*, natsSubscription*, natsMsg* message,
                         void* closure) noexcept {
    auto& state = **static_cast<std::shared_ptr<shared_state>*>(closure);
    state.on_message(incoming(message));
    state.used.discard(message);
  }

  static void on_complete(void* closure) {
    const std::unique_ptr<std::shared_ptr<shared_state>> owned(
        static_cast<std::shared_ptr<shared_state>*>(closure));
    const auto state = *owned;
    const std::lock_guard lock(state->mutex);
    state->complete = true;
    state->changed.notify_all();
  }

  ~implementation() {
    natsSubscription_Unsubscribe(raw);
    std::unique_lock lock(state->mutex);
    state->changed.wait(lock, [this] { return state->complete; });
    lock.unlock();
    // nats.c before 3.6.1 may still hold the bare pointer in its read loop (its issue 637). Once
    // a later answer was read, it does not.
    if (natsConnection_Status(connection) == NATS_CONN_STATUS_CONNECTED) {
      natsConnection_FlushTimeout(connection, flush_timeout_ms);
    }
    natsSubscription_Destroy(raw);
  }

  natsConnection* connection = nullptr;
  natsSubscription* raw = nullptr;
  std::shared_ptr<shared_state> state = std::make_shared<shared_state>();
};

subscription::subscription() = default;
subscription::subscription(std::unique_ptr<implementation> made)
    : implementation_(std::move(made)) {}
subscription::subscription(subscription&&) noexcept = default;
subscription& subscription::operator=(subscription&&) noexcept = default;
subscription::~subscription() = default;

result<subscription> subscription::open(natsConnection* on, const std::string& subject,
                                        std::function<void(const incoming&)> on_message) {
  auto made = std::make_unique<implementation>();
  made->connection = on;
  made->state->on_message = std::move(on_message);
  using state_pointer = std::shared_ptr<implementation::shared_state>;
  auto closure = std::make_unique<state_pointer>(made->state);
  auto subscribed = natsConnection_Subscribe(&made->raw, on, subject.c_str(),
                                             &implementation::on_message, closure.get());
  if (subscribed == NATS_OK) {
    subscribed =
        natsSubscription_SetOnCompleteCB(made->raw, &implementation::on_complete, closure.get());
  }
  if (subscribed != NATS_OK) {
    made->state->complete = true;
    return failure{"subscribe to " + subject + ": " + natsStatus_GetText(subscribed)};
  }
  (void)closure.release();
  // So that what is published from now on, by whomever, comes here.
  if (natsConnection_Status(on) == NATS_CONN_STATUS_CONNECTED) {
    natsConnection_FlushTimeout(on, flush_timeout_ms);
  }
  return subscription(std::move(made));
}

} // namespace dispatch::nats
