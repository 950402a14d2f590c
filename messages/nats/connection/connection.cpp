#include "messages/nats/connection/connection.hpp"

#include "messages/nats/connection/access.hpp"
#include "messages/nats/connection/message_bin.hpp"
#include "messages/nats/connection/pending_replies.hpp"
#include "messages/nats/connection/server_info.hpp"

#include <nats/nats.h>

#include <atomic>
#include <charconv>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

namespace dispatch::nats {

namespace {

/// Of all connections whose deliveries are shared. More would only wait for the same processors.
constexpr int shared_threads = 2;

/// Whether this thread delivers for all of them right now.
thread_local bool on_shared_thread = false;

constexpr std::string_view unserved = "nobody serves ";

std::int64_t milliseconds(std::chrono::milliseconds span) { return span.count(); }

std::string text_of(natsStatus status) { return natsStatus_GetText(status); }

using message_pointer = std::unique_ptr<natsMsg, decltype(&natsMsg_Destroy)>;

/// A message to publish; null and a status when it cannot be made.
message_pointer make_message(const char* subject, const char* reply,
                             std::span<const header> headers, std::string_view body,
                             natsStatus& status) {
  natsMsg* made = nullptr;
  status = natsMsg_Create(&made, subject, reply, body.data(), static_cast<int>(body.size()));
  message_pointer message(made, &natsMsg_Destroy);
  for (const auto& each : headers) {
    if (status == NATS_OK) {
      status = natsMsgHeader_Set(made, each.name, each.value);
    }
  }
  return message;
}

} // namespace

struct connection::implementation {
  connection_settings settings;
  std::string version;
  natsConnection* raw = nullptr;
  pending_replies replies;
  message_bin sent;
  std::atomic<bool> closing = false; ///< by this side
  std::string reply_inbox;           ///< with a dot at the end
  std::optional<subscription> reply_subscription;

  std::mutex mutex; ///< guards `closed` and `refused`
  std::condition_variable changed;
  bool closed = false;
  std::string refused; ///< for want of a permission
  std::mutex watchers_mutex;
  std::map<std::uint64_t, std::function<void(bool)>> watchers;
  std::uint64_t last_watcher = 0;
  std::atomic<bool> told_of_strange_reply = false;

  ~implementation() {
    if (raw == nullptr) {
      return;
    }
    if (natsConnection_Status(raw) == NATS_CONN_STATUS_CONNECTED) {
      natsConnection_FlushTimeout(raw, milliseconds(write_deadline));
    }
    reply_subscription.reset();
    closing = true;
    natsConnection_Close(raw);
    // The closed handler is the last to use this object.
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return closed; });
    lock.unlock();
    natsConnection_Destroy(raw);
  }

  natsStatus listen(natsOptions* options);
  void notice(std::string_view what) const {
    if (settings.notice) {
      settings.notice(what);
    }
  }
  failure refuse_to_wait(const std::string& what) const;
  void tell_watchers(bool connected);
  void on_reply(const incoming& message);
  bool may_answer(const incoming& question);

  static implementation& of(void* closure) { return *static_cast<implementation*>(closure); }
  static void on_disconnected(natsConnection*, void* closure);
  static void on_reconnected(natsConnection*, void* closure);
  static void on_closed(natsConnection*, void* closure);
  static void on_error(natsConnection*, natsSubscription*, natsStatus error, void* closure);
};

natsStatus connection::implementation::listen(natsOptions* options) {
  for (const auto status : {
           natsOptions_SetDisconnectedCB(options, &on_disconnected, this),
           natsOptions_SetReconnectedCB(options, &on_reconnected, this),
           natsOptions_SetClosedCB(options, &on_closed, this),
           natsOptions_SetErrorHandler(options, &on_error, this),
       }) {
    if (status != NATS_OK) {
      return status;
    }
  }
  return NATS_OK;
}

bool connection::implementation::may_answer(const incoming& question) {
  const auto to = question.reply();
  if (to.starts_with(common_inboxes) && to.substr(common_inboxes.size()).starts_with('.')) {
    return true;
  }
  if (!to.empty() && !told_of_strange_reply.exchange(true)) {
    notice("a question to " + std::string(question.subject()) + " is not answered: the answer " +
           "would go to " + std::string(to) + ", which is no inbox. Ask from a subject below " +
           std::string(common_inboxes) + ". Further ones are dropped without a word");
  }
  return false;
}

failure connection::implementation::refuse_to_wait(const std::string& what) const {
  const auto why = what + ": a handler on a shared thread must not wait";
  notice(why);
  return {why};
}

void connection::implementation::tell_watchers(bool connected) {
  const std::lock_guard lock(watchers_mutex);
  for (const auto& [number, on_change] : watchers) {
    on_change(connected);
  }
}

void connection::implementation::on_reply(const incoming& message) {
  const auto token = message.subject().substr(reply_inbox.size());
  std::uint64_t number = 0;
  std::from_chars(token.data(), token.data() + token.size(), number);
  if (message.body().empty() && message.header("Status") == "503") {
    replies.complete(number, failure{"nobody answers; is JetStream enabled and the stream there?"});
  } else {
    replies.complete(number, std::string(message.body()));
  }
}

void connection::implementation::on_disconnected(natsConnection*, void* closure) {
  auto& self = of(closure);
  if (!self.closing) {
    self.notice("NATS connection lost, reconnecting");
  }
  self.replies.fail_all("the connection was lost");
  self.tell_watchers(false);
}

void connection::implementation::on_reconnected(natsConnection*, void* closure) {
  of(closure).notice("NATS connection restored");
  of(closure).tell_watchers(true);
}

void connection::implementation::on_closed(natsConnection* raw, void* closure) {
  auto& self = of(closure);
  const char* cause = nullptr;
  if (natsConnection_GetLastError(raw, &cause) != NATS_OK && cause != nullptr) {
    self.notice(std::string("NATS connection closed: ") + cause);
  }
  self.replies.fail_all("the connection was closed");
  const std::lock_guard lock(self.mutex);
  self.closed = true;
  self.changed.notify_all();
}

// Must not touch the subscription, which may be freed (nats.c before 3.7.0).
void connection::implementation::on_error(natsConnection*, natsSubscription*, natsStatus error,
                                          void* closure) {
  auto& self = of(closure);
  const char* detail = error == NATS_NOT_PERMITTED ? nats_GetLastError(nullptr) : nullptr;
  if (detail != nullptr) {
    const std::lock_guard lock(self.mutex);
    self.refused = detail;
  }
  self.notice("NATS connection: " + (detail != nullptr ? detail : text_of(error)));
}

bool is_unserved(const failure& of) { return of.what.starts_with(unserved); }

connection::connection() : implementation_(std::make_unique<implementation>()) {}
connection::~connection() = default;

result<std::shared_ptr<connection>> connection::open(connection_settings settings) {
  const auto addresses = parse_urls(without_logins(settings.url));
  const own_certificate own{settings.tls_certificate_file, settings.tls_key_file};
  result<server_info> info = failure{"no NATS server address is configured"};
  for (const auto& address : addresses) {
    if (!info) {
      info = read_server_info(address, connect_timeout, own);
    }
  }
  if (!info) {
    return info.error();
  }
  if (auto refusal = refusal_of_version(info->version)) {
    return failure{*refusal};
  }

  const std::shared_ptr<connection> made(new connection);
  auto& self = *made->implementation_;
  self.settings = std::move(settings);
  self.version = info->version;
  natsOptions* raw_options = nullptr;
  auto status = nats_SetMessageDeliveryPoolSize(shared_threads);
  if (status == NATS_OK) {
    status = natsOptions_Create(&raw_options);
  }
  const std::unique_ptr<natsOptions, decltype(&natsOptions_Destroy)> options(raw_options,
                                                                             &natsOptions_Destroy);
  if (status == NATS_OK) {
    status = self.listen(raw_options);
  }
  if (status != NATS_OK) {
    return refused_access(status, self.settings);
  }
  if (const auto set = set_access(raw_options, self.settings); !set) {
    return set.error();
  }
  if (status = natsConnection_Connect(&self.raw, raw_options); status != NATS_OK) {
    return refused_access(status, self.settings);
  }
  self.reply_inbox = made->new_inbox() + ".";
  auto replies = made->subscribe(self.reply_inbox + "*",
                                 [&self](const incoming& message) { self.on_reply(message); });
  if (!replies) {
    return replies.error();
  }
  self.reply_subscription = std::move(*replies);
  return made;
}

bool connection::connected() const {
  return natsConnection_Status(implementation_->raw) == NATS_CONN_STATUS_CONNECTED;
}

std::string connection::refused_permission() const {
  const std::lock_guard lock(implementation_->mutex);
  return implementation_->refused;
}

const std::string& connection::server_version() const { return implementation_->version; }

std::string connection::new_inbox() {
  natsInbox* made = nullptr;
  if (natsInbox_Create(&made) != NATS_OK) {
    throw std::bad_alloc();
  }
  const std::string_view whole(made);
  auto inbox = implementation_->settings.inbox_prefix + std::string(whole.substr(whole.find('.')));
  natsInbox_Destroy(made);
  return inbox;
}

status connection::publish(const char* subject, const char* reply, std::span<const header> headers,
                           std::string_view body) {
  auto sent = NATS_OK;
  if (headers.empty()) {
    const auto size = static_cast<int>(body.size());
    sent = reply == nullptr
               ? natsConnection_Publish(implementation_->raw, subject, body.data(), size)
               : natsConnection_PublishRequest(implementation_->raw, subject, reply, body.data(),
                                               size);
  } else {
    auto message = make_message(subject, reply, headers, body, sent);
    if (sent == NATS_OK) {
      sent = natsConnection_PublishMsg(implementation_->raw, message.get());
    }
    implementation_->sent.discard(message.release());
  }
  if (sent != NATS_OK) {
    return failure{std::string("publish to ") + subject + ": " + text_of(sent)};
  }
  return nothing{};
}

void connection::flush(std::chrono::milliseconds timeout) {
  if (on_shared_thread) {
    (void)implementation_->refuse_to_wait("flush");
  } else if (connected()) {
    (void)natsConnection_FlushTimeout(implementation_->raw, milliseconds(timeout));
  }
}

result<std::string> connection::request(const std::string& subject, std::string_view body,
                                        std::chrono::milliseconds timeout) {
  if (on_shared_thread) {
    return implementation_->refuse_to_wait("request to " + subject);
  }
  natsMsg* raw_reply = nullptr;
  const auto sent =
      natsConnection_Request(&raw_reply, implementation_->raw, subject.c_str(), body.data(),
                             static_cast<int>(body.size()), milliseconds(timeout));
  const message_pointer reply(raw_reply, &natsMsg_Destroy);
  if (sent == NATS_NO_RESPONDERS) {
    return failure{std::string(unserved) + subject};
  }
  if (sent != NATS_OK) {
    return failure{"request to " + subject + ": " + text_of(sent)};
  }
  return std::string(incoming(raw_reply).body());
}

void connection::request_async(const char* subject, std::span<const header> headers,
                               std::string_view body, std::chrono::milliseconds timeout,
                               continuation done) {
  auto& self = *implementation_;
  const auto number = self.replies.add(timeout, std::move(done));
  const auto reply = self.reply_inbox + std::to_string(number);
  if (const auto sent = publish(subject, reply.c_str(), headers, body); !sent) {
    self.replies.complete(number, sent.error());
  }
}

result<publish_ack> connection::publish_stored(const std::string& subject,
                                               std::span<const header> headers,
                                               std::string_view body,
                                               std::chrono::milliseconds timeout) {
  if (on_shared_thread) {
    return implementation_->refuse_to_wait("publish to " + subject);
  }
  auto sent = NATS_OK;
  const auto message = make_message(subject.c_str(), nullptr, headers, body, sent);
  natsMsg* raw_reply = nullptr;
  if (sent == NATS_OK) {
    sent = natsConnection_RequestMsg(&raw_reply, implementation_->raw, message.get(),
                                     milliseconds(timeout));
  }
  const message_pointer reply(raw_reply, &natsMsg_Destroy);
  if (sent != NATS_OK) {
    return failure{"publish to " + subject + ": " + text_of(sent) +
                   (sent == NATS_NO_RESPONDERS ? "; is its stream created?" : "")};
  }
  return parse_publish_ack(incoming(raw_reply).body());
}

result<subscription> connection::subscribe(const std::string& subject, handler on_message) {
  if (on_shared_thread) {
    return implementation_->refuse_to_wait("subscribe to " + subject);
  }
  if (implementation_->settings.shared_delivery) {
    on_message = [on_message = std::move(on_message)](const incoming& message) {
      on_shared_thread = true;
      on_message(message);
      on_shared_thread = false;
    };
  }
  return subscription::open(implementation_->raw, subject, std::move(on_message));
}

result<subscription> connection::serve(const std::string& subject,
                                       std::function<void(question)> on_question) {
  return subscribe(subject, [this, on_question = std::move(on_question)](const incoming& message) {
    if (!implementation_->may_answer(message)) {
      return;
    }
    on_question({std::string(message.subject()), std::string(message.body()),
                 [on = weak_from_this(), to = std::string(message.reply())](std::string_view text) {
                   const auto still = on.lock();
                   const auto sent =
                       still ? still->publish(to.c_str(), nullptr, {}, text) : status(nothing{});
                   if (!sent) {
                     still->implementation_->notice("an answer of " + std::to_string(text.size()) +
                                                    " bytes was not sent: " + sent.error().what);
                   }
                 }});
  });
}

std::shared_ptr<void> connection::watch(std::function<void(bool connected)> on_change) {
  auto& self = *implementation_;
  const std::lock_guard lock(self.watchers_mutex);
  const auto number = ++self.last_watcher;
  self.watchers.emplace(number, std::move(on_change));
  return {static_cast<void*>(this), [owner = shared_from_this(), number](void*) {
            auto& watched = *owner->implementation_;
            const std::lock_guard erasing(watched.watchers_mutex);
            watched.watchers.erase(number);
          }};
}

} // namespace dispatch::nats
