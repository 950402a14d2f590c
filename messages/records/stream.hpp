#pragma once

#include "messages/time.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace dispatch {

/// What a stream says about itself.
struct stream_state {
  std::uint64_t first_sequence = 0; ///< of the oldest message kept; last + 1 when it is empty
  std::uint64_t last_sequence = 0;  ///< of the newest message ever stored; 0: never any
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  timestamp created;                    ///< tells a recreated stream from the first one
  std::optional<timestamp> last_stored; ///< when the newest message was stored, by the server
};

/// One message as a stream keeps it. Header fields are empty when the sender gave none.
struct stored_message {
  std::uint64_t sequence = 0;
  timestamp stored_at; ///< the server's wall clock
  std::string subject;
  std::string id;           ///< the sender's: Dispatch-Command-Id, else Nats-Msg-Id
  std::string content_type; ///< Content-Type
  std::string trace;        ///< traceparent
  std::string body;
};

} // namespace dispatch
