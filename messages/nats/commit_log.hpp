#pragma once

#include "messages/commit_log.hpp"
#include "messages/nats/connection.hpp"

#include <memory>
#include <string>

namespace dispatch::nats {

/// The commit log as a stream with one subject. Every append carries the expected last sequence of
/// the stream, which every server version checks when it stores. Its connection should send at
/// once. No answer within limits::port_timeout is `unknown`.
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
  const std::shared_ptr<connection> connection_;
  const std::shared_ptr<connection> administration_;
  const std::string stream_;
  const std::string subject_;
};

} // namespace dispatch::nats
