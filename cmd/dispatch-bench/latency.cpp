#include "cmd/dispatch-bench/latency.hpp"

#include "cmd/dispatch-bench/publisher.hpp"
#include "cmd/dispatch-bench/report.hpp"
#include "cmd/dispatch-bench/stream_reader.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/limits.hpp"
#include "messages/nats/api.hpp"
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
std::vector<double> sorted_latencies_ms(const std::vector<arrival>& arrivals, const paced& sent,
                                        std::uint64_t first, std::size_t count) {
  std::vector<bool> seen(count, false);
  std::vector<double> found;
  for (const auto& each : arrivals) {
    const auto event = wire::decode_event(each.body);
    const auto number = event ? number_of(event->command_id) : 0;
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

live_zone::live_zone(site& at, const zone_process& process, std::string zone, workload& from,
                     std::uint64_t consumed)
    : site_(at), process_(process), zone_(std::move(zone)), workload_(from), published_(consumed) {}

latencies live_zone::measure(double per_second, std::chrono::seconds span) {
  const auto reading = site_.connect("events");
  const auto asking = site_.connect("status");
  const auto out = wire::output_stream("dispatch", zone_);
  const auto before = value_or_stop(nats::api::state_of(*asking, out), exit_code::failed);
  const auto count = static_cast<std::size_t>(per_second * static_cast<double>(span.count()));
  const auto first = published_ + 1;
  published_ += count;
  const auto commands = workload_.next(count);
  const auto publishing = site_.connect("paced");
  std::vector<arrival> arrivals;
  stream_reader reader{reading, out, before.last_sequence};
  const auto read = [&] {
    for (auto& message : reader.next_within(limits::feed_messages_max, look_up_interval)) {
      arrivals.push_back({steady::now(), std::move(message.body)});
    }
  };

  auto sending = std::async(std::launch::async, [&] {
    const auto sent = publish_paced(publishing, commands, per_second);
    wait_until_announced(*asking, process_, zone_, published_);
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
  auto found = sorted_latencies_ms(arrivals, sent, first, count);
  return {.per_second = per_second,
          .rate_reached = sent.rate_reached,
          .p50_ms = percentile_ms(found, 0.5),
          .p99_ms = percentile_ms(found, 0.99)};
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
