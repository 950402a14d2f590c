#pragma once

#include "cmd/dispatch-bench/site.hpp"
#include "cmd/dispatch-bench/workload.hpp"
#include "messages/nats/connection/connection.hpp"

#include <cstddef>
#include <memory>
#include <span>

namespace dispatch::bench {

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
