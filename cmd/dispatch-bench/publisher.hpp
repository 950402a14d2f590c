#pragma once

#include "cmd/dispatch-bench/site.hpp"
#include "cmd/dispatch-bench/workload.hpp"
#include "messages/nats/connection/connection.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

namespace dispatch::bench {

/// Publishes commands, pipelined: each 64th asks for the stream's answer, and at most 8,192 are
/// ahead of the answers. Used from one thread.
class publisher {
public:
  explicit publisher(std::shared_ptr<nats::connection> on);

  /// Waits while too many are ahead. The command must live until the next call.
  void send(const bench_command& command);

  /// Waits until the last one is stored. Since a connection keeps the order, so are the others,
  /// unless the stream refused them: compare the stream's count.
  void finish();

private:
  struct answers {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t due = 0;
    std::optional<std::string> failed;
  };

  void ask(const bench_command& command, std::span<const nats::header> headers);
  void wait_until_due(std::size_t at_most);

  const std::shared_ptr<nats::connection> connection_;
  const std::shared_ptr<answers> answers_ = std::make_shared<answers>();
  std::uint64_t sent_ = 0;
  const bench_command* last_ = nullptr;
};

/// Publishes all commands as fast as they are stored.
void publish_all(const std::shared_ptr<nats::connection>& on,
                 std::span<const bench_command> commands);

/// When commands were due that were published at a fixed rate, whatever came of them.
struct paced {
  steady::time_point began;
  double per_second = 0.0;
  bool rate_reached = false; ///< the last one left no more than 2 % of the time late

  /// When the command with this index was to leave. A millisecond's commands leave together.
  steady::time_point due(std::size_t index) const;
};

paced publish_paced(const std::shared_ptr<nats::connection>& on,
                    std::span<const bench_command> commands, double per_second);

} // namespace dispatch::bench
