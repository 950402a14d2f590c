#pragma once

#include "messages/nats/connection/connection.hpp"
#include "messages/result.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace dispatch::client {

/// A command in protobuf that is published once.
struct bulk_command {
  std::string subject;
  std::string id; ///< as Nats-Msg-Id, by which the stream takes it once
  std::string body;
};

/// Publishes commands whose outcomes nobody awaits, pipelined: each 64th asks for the stream's
/// answer, and at most 8,192 are ahead of the answers. Used from one thread.
class bulk_publisher {
public:
  /// `meanwhile` is called several times a second while it waits, and may throw.
  bulk_publisher(std::shared_ptr<nats::connection> on, std::function<void()> meanwhile);

  /// Waits while too many are ahead. Fails when one was not stored. The command must live until the
  /// next call.
  status send(const bulk_command& command);

  /// Waits until the last one is stored. Since a connection keeps the order, so are the others,
  /// unless the stream refused them: compare the stream's count.
  status finish();

private:
  struct answers {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t due = 0;
    std::optional<failure> failed;
  };

  void ask(const bulk_command& command);
  status wait_until_due(std::size_t at_most);

  const std::shared_ptr<nats::connection> connection_;
  const std::function<void()> meanwhile_;
  const std::shared_ptr<answers> answers_ = std::make_shared<answers>();
  std::uint64_t sent_ = 0;
  const bulk_command* last_ = nullptr;
};

} // namespace dispatch::client
