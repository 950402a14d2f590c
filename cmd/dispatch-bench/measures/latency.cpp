#include "cmd/dispatch-bench/measures/latency.hpp"

#include "cmd/dispatch-bench/publisher.hpp"
#include "cmd/dispatch-bench/report.hpp"
#include "cmd/dispatch-bench/stream_reader.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/limits.hpp"
#include "messages/nats/connection/api.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"

#include <algorithm>
#include <array>
#include <future>
#include <utility>
#include <vector>

namespace dispatch::bench {

namespace {

using namespace std::chrono_literals;
using cli::exit_code;
using cli::value_or_stop;

constexpr auto search_span = 4s;
constexpr auto look_up_interval = 20ms;
constexpr std::array rates{2'500.0,  5'000.0,  7'500.0,  10'000.0, 15'000.0, 20'000.0, 25'000.0,
                           30'000.0, 35'000.0, 40'000.0, 50'000.0, 60'000.0, 80'000.0, 100'000.0};

struct arrival {
  steady::time_point at;
  std::string body; ///< looked into later, so that it does not disturb the measurement
};

double percentile_ms(std::vector<double>& sorted, double share) {
  const auto index = static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1));
  return sorted.at(index);
}

/// Of the first event of each command from `first` on.
std::vector<double> sorted_latencies_ms(const std::vector<arrival>& arrivals,
                                        const observed_zone& zone, const paced& sent,
                                        std::uint64_t first, std::size_t count) {
  std::vector<bool> seen(count, false);
  std::vector<double> found;
  for (const auto& each : arrivals) {
    const auto number = zone.command_of(each.body);
    if (number < first || number - first >= count || seen[number - first]) {
      continue;
    }
    seen[number - first] = true;
    found.push_back(1000.0 * seconds_between(sent.due(number - first), each.at));
  }
  if (found.size() != count) {
    throw cli::stop(exit_code::failed, "only " + std::to_string(found.size()) + " of " +
                                           std::to_string(count) + " commands have an event");
  }
  std::ranges::sort(found);
  return found;
}

} // namespace

latencies measure_paced(site& at, const observed_zone& zone,
                        std::span<const bench_command> commands, std::uint64_t first,
                        double per_second) {
  const auto reading = at.connect("events");
  const auto asking = at.connect("status");
  const auto publishing = at.connect("paced");
  const auto out = wire::output_stream("dispatch", zone.name);
  const auto before = value_or_stop(nats::api::state_of(*asking, out), exit_code::failed);
  std::vector<arrival> arrivals;
  arrivals.reserve(commands.size() * 2);
  stream_reader reader{reading, out, before.last_sequence};
  const auto read = [&] {
    for (auto& message : reader.next_within(limits::feed_messages_max, look_up_interval)) {
      arrivals.push_back({steady::now(), std::move(message.body)});
    }
  };

  auto sending = std::async(std::launch::async, [&] {
    const auto sent = publish_paced(publishing, commands, per_second);
    zone.wait_until_announced(first + commands.size() - 1);
    return sent;
  });
  while (sending.wait_for(0s) != std::future_status::ready) {
    read();
  }
  const auto sent = sending.get();
  const auto after = value_or_stop(nats::api::state_of(*asking, out), exit_code::failed);
  while (before.last_sequence + arrivals.size() < after.last_sequence) {
    stop_if_interrupted();
    read();
  }
  auto found = sorted_latencies_ms(arrivals, zone, sent, first, commands.size());
  return {.per_second = per_second,
          .rate_reached = sent.rate_reached,
          .p50_ms = percentile_ms(found, 0.5),
          .p99_ms = percentile_ms(found, 0.99)};
}

live_zone::live_zone(site& at, const node_process& process, const std::string& zone, workload& from,
                     std::uint64_t consumed)
    : site_(at), status_(at.connect("live")), workload_(from),
      published_(consumed), zone_{.name = zone,
                                  .wait_until_announced =
                                      [this, &process, zone](std::uint64_t last) {
                                        wait_until_announced(*status_, process, zone, last);
                                      },
                                  .command_of =
                                      [](const std::string& body) {
                                        const auto event = wire::decode_event(body);
                                        return event ? number_of(event->command_id) : 0;
                                      }} {}

latencies live_zone::measure(double per_second, std::chrono::seconds span) {
  const auto commands =
      workload_.next(static_cast<std::size_t>(per_second * static_cast<double>(span.count())));
  const auto first = published_ + 1;
  published_ += commands.size();
  return measure_paced(site_, zone_, commands, first, per_second);
}

double live_zone::highest_rate(double p99_max_ms) {
  auto highest = 0.0;
  for (const auto rate : rates) {
    const auto at_rate = measure(rate, search_span);
    tell("  " + text_of(rate, 0) + " commands/s: p50 " + text_of(at_rate.p50_ms, 2) + " ms, p99 " +
         text_of(at_rate.p99_ms, 2) + " ms" +
         (at_rate.rate_reached ? "" : "; the publisher did not keep up"));
    if (!at_rate.rate_reached || at_rate.p99_ms >= p99_max_ms) {
      return highest;
    }
    highest = rate;
  }
  return highest;
}

} // namespace dispatch::bench
