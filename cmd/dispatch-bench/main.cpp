#include "cmd/dispatch-bench/cold_start.hpp"
#include "cmd/dispatch-bench/drain.hpp"
#include "cmd/dispatch-bench/latency.hpp"
#include "cmd/dispatch-bench/publisher.hpp"
#include "cmd/dispatch-bench/relay.hpp"
#include "cmd/dispatch-bench/report.hpp"
#include "cmd/dispatch-bench/site.hpp"
#include "cmd/dispatch-bench/workload.hpp"
#include "cmd/shared/command_line.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/nats/api.hpp"
#include "messages/wire/subjects.hpp"

#include <chrono>
#include <csignal>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

namespace {

using namespace dispatch;
using namespace dispatch::bench;
using cli::exit_code;

constexpr double live_per_second = 10'000.0;
constexpr double p99_max_ms = 25.0;

const char* const about =
    R"(Measures a zone of a dispatchd of its own, on a nats-server of its own.)";

const char* const pipeline_about =
    R"(Commands through the whole pipeline: pulled, decided, committed, remembered, announced.)";

const char* const examples = R"(Examples:
  dispatch-bench pipeline
  dispatch-bench pipeline --commands 100000 --repeat 3 -o json

Exit codes: 0 done, 1 failed, 2 wrong arguments, 130 interrupted.)";

struct options {
  std::size_t commands = 300'000;
  std::chrono::seconds live{10};
  std::size_t entities = 100'000;
  std::size_t repeat = 1;
  std::uint64_t seed = 1;
  bool json = false;
};

std::optional<exit_code> parse_options(int argc, char** argv, options& into) {
  CLI::App app{about, "dispatch-bench"};
  app.footer(examples);
  app.require_subcommand(1);
  auto& pipeline = *app.add_subcommand("pipeline", pipeline_about);
  pipeline.add_option("--commands", into.commands, "commands that wait for the zone")
      ->check(CLI::Range(1'000, 3'000'000))
      ->capture_default_str();
  pipeline
      .add_option_function<unsigned>(
          "--seconds", [&into](unsigned s) { into.live = std::chrono::seconds{s}; },
          "how long 10,000 commands/s are published for the latency")
      ->check(CLI::Range(1, 3600))
      ->default_str("10");
  pipeline.add_option("--entities", into.entities, "riders and orders that wait asleep")
      ->check(CLI::Range(100, 150'000))
      ->capture_default_str();
  pipeline.add_option("--repeat", into.repeat, "take the medians of so many repetitions")
      ->check(CLI::Range(1, 99))
      ->capture_default_str();
  pipeline.add_option("--seed", into.seed, "of the commands")->capture_default_str();
  pipeline
      .add_option_function<std::string>(
          "-o,--output", [&into](const std::string& form) { into.json = form == "json"; },
          "table or json")
      ->check(CLI::IsMember({"table", "json"}))
      ->default_str("table");
  return cli::parse(app, argc, argv, std::cout, std::cerr);
}

/// Fills a zone's input and returns the workload, which may go on.
workload fill(site& at, const std::string& zone, const options& wanted, timestamp ready_at) {
  workload from{wanted.seed, zone, ready_at};
  const auto on = at.connect("fill");
  publish_all(on, from.next(wanted.commands));
  const auto stored = cli::value_or_stop(
      nats::api::state_of(*on, wire::input_stream("dispatch", zone)), exit_code::failed);
  if (stored.last_sequence != wanted.commands || stored.messages != wanted.commands) {
    throw cli::stop(exit_code::failed, "stream of zone " + zone + " stored " +
                                           std::to_string(stored.messages) + " of " +
                                           std::to_string(wanted.commands) + " commands");
  }
  return from;
}

latencies relay_at_rate(site& at, const options& wanted, timestamp ready_at,
                        const output_sizes& like) {
  const std::string zone = "paced";
  at.create_streams(zone);
  const auto commands = workload{wanted.seed, zone, ready_at}.next(
      static_cast<std::size_t>(live_per_second * static_cast<double>(wanted.live.count())));
  return relay_paced(at, zone, commands, live_per_second, like);
}

void add_drain(figures& to, const drained& result, double commands) {
  const auto& sizes = result.sizes;
  const auto events = static_cast<double>(sizes.events);
  to.drained_per_s = commands / result.seconds;
  to.events_per_command = events / commands;
  to.refused_share = static_cast<double>(sizes.refused) / commands;
  to.records = static_cast<double>(sizes.records);
  to.record_bytes = static_cast<double>(sizes.record_bytes) / to.records;
  to.event_bytes = static_cast<double>(sizes.event_bytes) / events;
}

figures measure(const options& wanted) {
  const std::string zone = "bench";
  const std::string relayed = "relay";
  const auto commands = static_cast<double>(wanted.commands);
  const auto ready_at =
      std::chrono::floor<duration>(std::chrono::system_clock::now()) + std::chrono::minutes{5};
  figures found;
  found.commands = commands;

  tell("publishing " + std::to_string(wanted.commands) + " commands for a zone and for a relay");
  site at;
  at.create_zone(zone);
  at.create_streams(relayed);
  auto from = fill(at, zone, wanted, ready_at);
  fill(at, relayed, wanted, ready_at);

  tell("pulling them");
  found.pull_per_s = commands / pull_only(at, relayed, wanted.commands);
  tell("  " + text_of(found.pull_per_s, 0) + " commands/s; deciding them");
  std::optional<zone_process> process;
  const auto result = drain(at, process, zone, wanted.commands);
  add_drain(found, result, commands);
  tell("  " + text_of(found.drained_per_s, 0) + " commands/s; relaying them");
  found.relay_per_s = commands / relay(at, relayed, wanted.commands, result.sizes);
  found.ratio = found.drained_per_s / found.relay_per_s;
  found.ratio_to_pull = found.drained_per_s / found.pull_per_s;

  tell("  " + text_of(found.relay_per_s, 0) + " commands/s; publishing " +
       text_of(live_per_second, 0) + " commands/s for the relay");
  const auto relayed_at_rate = relay_at_rate(at, wanted, ready_at, result.sizes);
  found.relay_p50_ms = relayed_at_rate.p50_ms;
  found.relay_p99_ms = relayed_at_rate.p99_ms;
  tell("  p50 " + text_of(found.relay_p50_ms, 2) + " ms, p99 " + text_of(found.relay_p99_ms, 2) +
       " ms; publishing as many for the zone");
  live_zone live{at, *process, zone, from, wanted.commands};
  const auto at_rate = live.measure(live_per_second, wanted.live);
  found.p50_ms = at_rate.p50_ms;
  found.p99_ms = at_rate.p99_ms;
  tell("  p50 " + text_of(found.p50_ms, 2) + " ms, p99 " + text_of(found.p99_ms, 2) +
       " ms; publishing more and more");
  found.rate_at_25ms = live.highest_rate(p99_max_ms);

  tell("filling a zone with " + std::to_string(wanted.entities) + " riders and orders");
  process.reset();
  const auto cold = measure_cold_start(at, wanted.entities);
  found.bytes_per_idle_actor = cold.bytes_per_idle_actor;
  found.first_decision_ms = cold.first_decision_ms;
  return found;
}

extern "C" void on_signal(int) { interrupt(); }

} // namespace

int main(int argc, char** argv) {
  options wanted;
  if (const auto code = parse_options(argc, argv, wanted)) {
    return static_cast<int>(*code);
  }
  std::signal(SIGINT, on_signal);
  std::signal(SIGTERM, on_signal);
  try {
    std::vector<figures> repetitions;
    while (repetitions.size() < wanted.repeat) {
      repetitions.push_back(measure(wanted));
    }
    const auto found = medians(repetitions);
    if (wanted.json) {
      print_json(std::cout, found);
    } else {
      print_table(std::cout, found);
    }
    return static_cast<int>(exit_code::done);
  } catch (const cli::stop& why) {
    std::cerr << "dispatch-bench: " << why.what() << '\n';
    return static_cast<int>(why.code());
  }
}
