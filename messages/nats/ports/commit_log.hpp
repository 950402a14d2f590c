#pragma once

#include "messages/nats/connection/connection.hpp"
#include "messages/ports/commit_log.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>

namespace dispatch::nats {

/// The commit log as a stream with one subject. Every append carries the expected last sequence of
/// the stream, which every server version checks when it stores. Its connection should send at
/// once. No answer within limits::port_timeout is `unknown`. What may not fit is not sent: up to
/// nats-server 2.9 a nearly full stream takes it, and deletes its oldest record for it.
class nats_commit_log final : public commit_log {
public:
  /// Trimming is asked for on `administration` (null: `on`), which waits for it.
  nats_commit_log(std::shared_ptr<connection> on, std::string stream, std::string subject,
                  const std::shared_ptr<connection>& administration = nullptr);

  void append(std::string bytes, std::uint64_t expected_last, std::string id,
              std::function<void(append_result)> done) override;
  result<stream_state> state() override;
  result<std::optional<std::string>> read(std::uint64_t sequence) override;
  status scan(std::uint64_t first, std::uint64_t last,
              const std::function<bool(std::uint64_t, std::string_view)>& visit) override;
  status trim(std::uint64_t first_kept) override;

private:
  /// In bytes, counted since this object began.
  struct room {
    std::atomic<std::int64_t> appended{0};
    std::atomic<std::int64_t> appended_max{std::numeric_limits<std::int64_t>::max()};
    std::atomic<std::int64_t> ask_at{0};                            ///< when so much is appended,
    std::atomic<std::chrono::steady_clock::time_point> ask_after{}; ///< or at the next append then

    /// What STREAM.INFO said, asked for when so much had been appended.
    void note(std::string_view info, std::int64_t appended_then);
  };

  void ask_room();

  const std::shared_ptr<room> room_ = std::make_shared<room>();
  const std::shared_ptr<connection> connection_;
  const std::shared_ptr<connection> administration_;
  const std::string stream_;
  const std::string subject_;
};

} // namespace dispatch::nats
