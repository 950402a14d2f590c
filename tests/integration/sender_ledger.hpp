#pragma once

#include "messages/nats/connection/connection.hpp"
#include "messages/nats/connection/publish_ack.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dispatch::integration {

/// What a sender published to an input stream, and where each of it lies by the stream's answers.
class sender_ledger {
public:
  /// Notes what was published and what the stream answered. A refusal names nothing.
  void note(std::string subject, std::string id, std::string_view body,
            const nats::publish_ack& answer);

  /// The entries whose sequence holds another sender's message, a line each: that sender was told
  /// of a command that nobody will decide. Messages that are not kept any more are passed over.
  std::vector<std::string> suppressed(nats::connection& on, const std::string& stream) const;

private:
  struct entry {
    std::uint64_t sequence = 0;
    std::string subject;
    std::string id;
    std::size_t body_hash = 0;
  };
  std::vector<entry> entries_;
};

} // namespace dispatch::integration
