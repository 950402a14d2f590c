#pragma once

#include "messages/records/event.hpp"
#include "messages/records/record.hpp"
#include "messages/records/stream.hpp"
#include "messages/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace dispatch::client {

/// One message of a zone's output stream.
struct announced {
  std::uint64_t sequence = 0;
  timestamp stored_at = {}; ///< the server's wall clock
  std::string subject = {};
  std::string body = {}; ///< as it is encoded
  std::variant<event, dead_letter> what = {};
};

/// What an announcement says. Fails when it is none.
result<announced> as_announced(stored_message message);

/// Whether it names a command: an event by the id, a dead letter by the sequence in the input
/// stream. An event that does may be of another entity, and then is no outcome.
bool names(const announced& message, std::string_view id, std::uint64_t input);

} // namespace dispatch::client
