#pragma once

#include <nats/nats.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace example {

/// One event as the server delivered it, perhaps not for the first time.
struct delivered_event {
  std::string id;             ///< zone/epoch/record/index: the same event has the same id for ever
  std::string subject;        ///< dispatch.out.zone.kind.id.event
  std::string body;           ///< dispatch.v1.Event in protobuf
  std::uint64_t sequence = 0; ///< in the zone's output stream
  std::uint64_t attempt = 1;  ///< how often it has been delivered, this time included
  std::string reply;          ///< where the answer goes
};

/// Which events, and how they are asked for.
struct source_settings {
  std::string server;
  std::string credentials;   ///< file with the user's JWT and seed; empty: none
  std::string user;          ///< empty: none
  std::string password_file; ///< with the user's password in its first line
  std::string zone;
  std::string consumer; ///< name of the durable consumer
  std::string filter;   ///< subject, wildcards allowed
};

/// The events of a zone for one durable consumer, each until it is confirmed. Several processes may
/// share a consumer. Members throw std::runtime_error when the server refuses.
///
/// The server delivers at least once and, after a failure, out of order; a confirmation may get
/// lost. So effects must not depend on the order, and must be made once per id.
class event_source {
public:
  /// Connects, and makes the durable consumer unless there is one.
  explicit event_source(source_settings settings);

  /// The next event; nullopt when none came within the time.
  std::optional<delivered_event> next(std::chrono::milliseconds within);

  /// It is done with.
  void confirm(const delivered_event& event);

  /// Not now: it is to come again after that time.
  void postpone(const delivered_event& event, std::chrono::milliseconds by);

  /// Puts it into the stream DEAD, which `dispatchctl dead list --consumer` shows, and confirms it
  /// when it is there.
  void give_up(const delivered_event& event, const std::string& error,
               const std::string& event_json);

private:
  struct destroy {
    void operator()(natsConnection* it) const { natsConnection_Destroy(it); }
    void operator()(natsSubscription* it) const { natsSubscription_Destroy(it); }
  };

  std::string ask(const std::string& subject, const std::string& body, const char* id = nullptr);
  void request_more();
  void answer(const delivered_event& event, const std::string& word);

  const source_settings settings_;
  const std::string stream_;
  std::unique_ptr<natsConnection, destroy> connection_;
  std::string inbox_;
  std::unique_ptr<natsSubscription, destroy> subscription_;
  int expected_ = 0; ///< messages that the last request may still bring
};

} // namespace example
