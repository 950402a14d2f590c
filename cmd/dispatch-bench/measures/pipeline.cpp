#include "cmd/dispatch-bench/measures/pipeline.hpp"

#include "cmd/dispatch-bench/fill.hpp"
#include "cmd/dispatch-bench/measures/drain.hpp"
#include "cmd/dispatch-bench/measures/latency.hpp"
#include "cmd/dispatch-bench/measures/relay.hpp"
#include "cmd/dispatch-bench/site.hpp"
#include "cmd/dispatch-bench/workload.hpp"

#include <optional>
#include <string>

namespace dispatch::bench {

namespace {

constexpr double live_per_second = 10'000.0;
constexpr double p99_max_ms = 25.0;

void add_drain(figures& to, const drained& result, double commands) {
  const auto& sizes = result.sizes;
  const auto events = static_cast<double>(sizes.events);
  const auto records = static_cast<double>(sizes.records);
  to.insert(
      to.end(),
      {{"drained_per_s", "decided and announced per s", commands / result.seconds, 0},
       {"events_per_command", "events per command", events / commands, 3},
       {"refused_share", "refused share", static_cast<double>(sizes.refused) / commands, 5},
       {"records", "records", records, 0},
       {"record_bytes", "bytes per record", static_cast<double>(sizes.record_bytes) / records, 0},
       {"event_bytes", "bytes per event", static_cast<double>(sizes.event_bytes) / events, 0}});
}

} // namespace

figures measure_pipeline(const pipeline_options& wanted) {
  const std::string zone = "bench";
  const std::string relayed = "relay";
  const auto commands = static_cast<double>(wanted.commands);
  const auto ready_at = soon();

  tell("publishing " + std::to_string(wanted.commands) + " commands for a zone and for a relay");
  site at;
  at.create_zone(zone);
  at.create_streams(relayed);
  auto from = fill(at, zone, wanted.seed, wanted.commands, ready_at);
  fill(at, relayed, wanted.seed, wanted.commands, ready_at);

  tell("pulling them");
  const auto pull_per_s = commands / pull_only(at, relayed, wanted.commands);
  tell("  " + text_of(pull_per_s, 0) + " commands/s; deciding them");
  std::optional<node_process> process;
  const auto result = drain(at, process, zone, wanted.commands);
  const auto drained_per_s = commands / result.seconds;
  tell("  " + text_of(drained_per_s, 0) + " commands/s; relaying them");
  const auto relay_per_s = commands / relay(at, relayed, wanted.commands, result.sizes);

  tell("  " + text_of(relay_per_s, 0) + " commands/s; publishing " + text_of(live_per_second, 0) +
       " commands/s for the relay");
  const auto relayed_at_rate = relay_at_rate(at, {"paced", wanted.seed, ready_at, wanted.live},
                                             live_per_second, result.sizes);
  tell("  p50 " + text_of(relayed_at_rate.p50_ms, 2) + " ms, p99 " +
       text_of(relayed_at_rate.p99_ms, 2) + " ms; publishing as many for the zone");
  live_zone live{at, *process, zone, from, wanted.commands};
  const auto at_rate = live.measure(live_per_second, wanted.live);
  tell("  p50 " + text_of(at_rate.p50_ms, 2) + " ms, p99 " + text_of(at_rate.p99_ms, 2) +
       " ms; publishing more and more");
  const auto rate_at_25ms = live.highest_rate(p99_max_ms);

  figures found{{"commands", "commands", commands, 0},
                {"pull_per_s", "pulled per s", pull_per_s, 0},
                {"relay_per_s", "relayed per s", relay_per_s, 0},
                {"ratio", "ratio to relay", drained_per_s / relay_per_s, 3},
                {"ratio_to_pull", "ratio to pull", drained_per_s / pull_per_s, 3}};
  add_drain(found, result, commands);
  found.insert(found.end(), {{"p50_ms", "ms to announcement, p50, 10,000/s", at_rate.p50_ms, 2},
                             {"p99_ms", "ms to announcement, p99, 10,000/s", at_rate.p99_ms, 2},
                             {"relay_p50_ms", "  of the relay, p50", relayed_at_rate.p50_ms, 2},
                             {"relay_p99_ms", "  of the relay, p99", relayed_at_rate.p99_ms, 2},
                             {"rate_at_25ms", "commands per s with p99 < 25 ms", rate_at_25ms, 0}});
  return found;
}

} // namespace dispatch::bench
