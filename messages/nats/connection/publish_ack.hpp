#pragma once

#include "messages/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace dispatch::nats {

/// A stream's answer to a publish.
struct publish_ack {
  std::uint64_t sequence = 0; ///< of the stored message
  bool duplicate = false;     ///< its Nats-Msg-Id was stored before, at `sequence`
  int error_code = 0;         ///< of JetStream; 0: stored
  std::string error;          ///< its description
};

/// Fails on anything that is not an acknowledgement.
result<publish_ack> parse_publish_ack(std::string_view body);

enum class ack_verdict : std::uint8_t {
  stored,
  conflict, ///< an expectation about the stream's end was wrong
  full,     ///< a limit of the stream, the account or the server
  refused,  ///< anything else; nothing was stored
};

ack_verdict verdict_of(const publish_ack& ack);

/// N of "wrong last sequence: N"; 0 when the text is another one.
std::uint64_t last_sequence_of_conflict(std::string_view error);

} // namespace dispatch::nats
