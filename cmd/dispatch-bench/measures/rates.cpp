#include "cmd/dispatch-bench/measures/rates.hpp"

#include "cmd/dispatch-bench/fill.hpp"
#include "cmd/dispatch-bench/measures/drain.hpp"
#include "cmd/dispatch-bench/measures/latency.hpp"
#include "cmd/dispatch-bench/measures/relay.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace dispatch::bench {

namespace {

/// By which the relay knows the sizes of records and events, and after which the zone is warm.
constexpr std::size_t first_commands = 20'000;

void add(figures& to, const std::string& who, const latencies& found) {
  const auto rate = text_of(found.per_second, 0);
  const auto at = " at " + rate + "/s" + (found.rate_reached ? "" : " (not reached)");
  tell("  " + who + at + ": p50 " + text_of(found.p50_ms, 2) + " ms, p99 " +
       text_of(found.p99_ms, 2) + " ms");
  to.push_back({who + "_p50_ms_" + rate, who + ", ms" + at + ", p50", found.p50_ms, 2});
  to.push_back({who + "_p99_ms_" + rate, who + ", ms" + at + ", p99", found.p99_ms, 2});
}

} // namespace

figures measure_rates(const rates_options& wanted) {
  const std::string zone = "bench";
  const auto ready_at = soon();
  tell("deciding " + std::to_string(first_commands) + " commands first");
  site at;
  at.create_zone(zone);
  auto from = fill(at, zone, wanted.seed, first_commands, ready_at);
  std::optional<node_process> process;
  const auto like = drain(at, process, zone, first_commands).sizes;
  live_zone live{at, *process, zone, from, first_commands};
  figures found;
  for (std::size_t i = 0; i < wanted.per_second.size(); ++i) {
    const auto rate = wanted.per_second[i];
    add(found, "relay",
        relay_at_rate(at, {"relay" + std::to_string(i), wanted.seed, ready_at, wanted.span}, rate,
                      like));
    add(found, "zone", live.measure(rate, wanted.span));
  }
  return found;
}

} // namespace dispatch::bench
