#pragma once

#include "cmd/dispatch-bench/measures/drain.hpp"
#include "cmd/dispatch-bench/measures/latency.hpp"
#include "cmd/dispatch-bench/site.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace dispatch::bench {

/// Seconds that it takes to relay so many commands of a zone that nobody runs: pull them, append a
/// record for every 256, publish events, fenced and pipelined like dispatchd's; but decide,
/// encode and remember nothing. Record and event sizes are the means of `like`.
double relay(site& at, const std::string& zone, std::uint64_t commands, const output_sizes& like);

/// What is published for a relay, on streams that are made for it.
struct relayed_load {
  std::string zone;
  std::uint64_t seed = 1;
  timestamp orders_ready_at;
  std::chrono::seconds span{10};
};

/// The same, while the commands are published at a fixed rate: a record for whatever has come.
latencies relay_at_rate(site& at, const relayed_load& load, double per_second,
                        const output_sizes& like);

} // namespace dispatch::bench
