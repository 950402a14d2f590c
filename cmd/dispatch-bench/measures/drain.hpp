#pragma once

#include "cmd/dispatch-bench/site.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace dispatch::bench {

/// What a zone made of its input, read from its streams.
struct output_sizes {
  std::uint64_t commands = 0; ///< consumed
  std::uint64_t records = 0;
  std::uint64_t record_bytes = 0; ///< of all bodies
  std::uint64_t events = 0;       ///< announced; zone_opened among them
  std::uint64_t event_bytes = 0;
  std::uint64_t refused = 0;
};

struct drained {
  double seconds = 0.0; ///< from the announcement of zone_opened to that of the last event
  output_sizes sizes;
};

/// Starts a dispatchd, which finds so many commands in the zone's input, and leaves it running.
drained drain(site& at, std::optional<node_process>& process, const std::string& zone,
              std::uint64_t commands);

/// Seconds that it takes to read so many commands from the zone's input, and nothing else.
double pull_only(site& at, const std::string& zone, std::uint64_t commands);

} // namespace dispatch::bench
