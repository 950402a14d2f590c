#pragma once

#include "messages/nats/connection/connection.hpp"
#include "messages/nats/connection/publish_ack.hpp"
#include "messages/result.hpp"

#include <chrono>
#include <functional>
#include <string>

namespace dispatch::client {

inline constexpr auto json_type = "application/json";
inline constexpr auto protobuf_type = "application/protobuf";

/// A command as it is published. Sent again, it is the same to the letter. Header fields that are
/// empty are left out.
struct command {
  std::string subject = {};
  std::string id = {}; ///< SENDER.ID, by which events name it
  std::string body = {};
  std::string content_type = json_type;
  std::string trace = {};      ///< W3C traceparent
  std::string message_id = {}; ///< Nats-Msg-Id, which is the id where that is empty

  /// By which events name it.
  const std::string& name() const { return id.empty() ? message_id : id; }
};

/// Publishes it to the input stream and waits for the stream's answer, whatever that is. After a
/// failure it may or may not be stored.
result<nats::publish_ack> store(nats::connection& on, const command& command,
                                std::chrono::milliseconds within);

/// The same without waiting. `done` is called once, from any thread, possibly before this returns.
void store_async(nats::connection& on, const command& command, std::chrono::milliseconds within,
                 std::function<void(result<nats::publish_ack>)> done);

} // namespace dispatch::client
