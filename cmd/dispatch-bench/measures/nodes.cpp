#include "cmd/dispatch-bench/measures/nodes.hpp"

#include "cmd/dispatch-bench/fill.hpp"
#include "cmd/dispatch-bench/site.hpp"
#include "cmd/dispatch-bench/usage.hpp"
#include "cmd/shared/exit_code.hpp"

#include <list>
#include <string>
#include <thread>
#include <vector>

namespace dispatch::bench {

namespace {

using namespace std::chrono_literals;

/// Small, so that a thousand zones fit on a server; and large enough for a zone's commands.
constexpr std::int64_t stream_bytes_max = std::int64_t{20} << 20;
constexpr std::int64_t filled_stream_bytes_max = std::int64_t{512} << 20;
constexpr auto opening_patience = 120s;
constexpr auto look_again_after = 20ms;
/// What opening has stirred up comes to rest: purges, checkpoints, the server's housekeeping.
constexpr auto settle_span = 10s;

std::vector<std::string> zone_names(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i <= count; ++i) {
    names.push_back("zone" + std::to_string(i));
  }
  return names;
}

std::list<node_process> start_nodes(site& at, std::size_t count) {
  std::list<node_process> nodes;
  for (std::size_t i = 1; i <= count; ++i) {
    nodes.emplace_back(at, node_name(i));
  }
  at.wait_for_nodes(count);
  return nodes;
}

/// Commands per second of all zones together, from when they are defined until all is announced.
double drained_per_s(const nodes_options& wanted, std::size_t nodes) {
  tell(std::to_string(wanted.zones) + " zones with " + std::to_string(wanted.commands) +
       " commands each, " + std::to_string(nodes) + (nodes == 1 ? " node" : " nodes"));
  site at;
  const auto zones = zone_names(wanted.zones);
  const auto ready_at = soon();
  for (const auto& zone : zones) {
    at.create_streams(zone, filled_stream_bytes_max);
    fill(at, zone, wanted.seed, wanted.commands, ready_at);
  }
  const auto processes = start_nodes(at, nodes);
  const auto on = at.connect("status");
  const auto began = steady::now();
  for (const auto& zone : zones) {
    at.define_zone(zone, wanted.standbys);
  }
  for (const auto& zone : zones) {
    wait_until_announced(*on, processes.front(), zone, wanted.commands);
  }
  const auto rate =
      static_cast<double>(wanted.commands * wanted.zones) / seconds_between(began, steady::now());
  tell("  " + text_of(rate, 0) + " commands/s");
  return rate;
}

void wait_until_running(nats::connection& on, const std::vector<std::string>& zones) {
  const auto until = steady::now() + opening_patience;
  for (const auto& zone : zones) {
    for (auto running = false; !running;) {
      stop_if_interrupted();
      if (steady::now() > until) {
        throw cli::stop(cli::exit_code::failed, "zone " + zone + " is not opened");
      }
      const auto status = ask_status(on, zone);
      running = status && status->running;
      if (!running) {
        std::this_thread::sleep_for(look_again_after);
      }
    }
  }
}

usage sum_of(const std::list<node_process>& nodes) {
  usage sum;
  for (const auto& node : nodes) {
    const auto one = usage_of(node.id());
    sum.resident_bytes += one.resident_bytes;
    sum.threads += one.threads;
    sum.processor_s += one.processor_s;
  }
  return sum;
}

void wait(std::chrono::seconds span) {
  for (const auto until = steady::now() + span; steady::now() < until;) {
    stop_if_interrupted();
    std::this_thread::sleep_for(look_again_after);
  }
}

} // namespace

figures measure_nodes(const nodes_options& wanted) {
  const auto one = drained_per_s(wanted, 1);
  const auto several = drained_per_s(wanted, wanted.nodes);
  return {{"zones", "zones", static_cast<double>(wanted.zones), 0},
          {"nodes", "nodes", static_cast<double>(wanted.nodes), 0},
          {"processors", "processors", static_cast<double>(std::thread::hardware_concurrency()), 0},
          {"one_node_per_s", "commands per s with one node", one, 0},
          {"nodes_per_s", "commands per s with all nodes", several, 0},
          {"ratio", "ratio", several / one, 3}};
}

figures measure_idle(const idle_options& wanted) {
  const auto count = static_cast<double>(wanted.zones);
  tell("creating the streams of " + std::to_string(wanted.zones) + " zones");
  site at;
  const auto zones = zone_names(wanted.zones);
  for (const auto& zone : zones) {
    at.create_streams(zone, stream_bytes_max);
  }
  const auto nodes = start_nodes(at, wanted.nodes);
  const auto empty = sum_of(nodes);
  const auto on = at.connect("status");
  tell("opening them on " + std::to_string(wanted.nodes) + " nodes");
  const auto began = steady::now();
  for (const auto& zone : zones) {
    at.define_zone(zone, wanted.standbys);
  }
  wait_until_running(*on, zones);
  const auto opened_s = seconds_between(began, steady::now());
  tell("  " + text_of(opened_s, 1) + " s; now nothing happens for " +
       std::to_string((settle_span + wanted.span).count()) + " s");
  wait(settle_span);
  const auto before = sum_of(nodes);
  const auto server_before = usage_of(at.server_process());
  const auto from = steady::now();
  wait(wanted.span);
  const auto after = sum_of(nodes);
  const auto server = usage_of(at.server_process());
  const auto span = seconds_between(from, steady::now());
  const auto percent = [&](const usage& end, const usage& begin) {
    return 100.0 * (end.processor_s - begin.processor_s) / span;
  };
  return {{"zones", "zones", count, 0},
          {"nodes", "nodes", static_cast<double>(wanted.nodes), 0},
          {"standbys", "standbys of each zone", static_cast<double>(wanted.standbys), 0},
          {"opened_s", "s until all are open", opened_s, 1},
          {"bytes_per_zone", "bytes per zone, standbys included",
           (after.resident_bytes - empty.resident_bytes) / count, 0},
          {"threads_per_zone", "threads per zone, standbys included",
           (after.threads - empty.threads) / count, 2},
          {"processor_percent", "% of a processor, all nodes", percent(after, before), 1},
          {"processor_percent_per_zone", "  per zone", percent(after, before) / count, 4},
          {"server_bytes", "bytes of nats-server", server.resident_bytes, 0},
          {"server_processor_percent", "% of a processor, nats-server",
           percent(server, server_before), 1}};
}

} // namespace dispatch::bench
