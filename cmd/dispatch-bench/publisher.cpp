#include "cmd/dispatch-bench/publisher.hpp"

#include "cmd/client/bulk_publisher.hpp"
#include "cmd/shared/exit_code.hpp"

#include <chrono>
#include <cmath>
#include <thread>

namespace dispatch::bench {

namespace {

using cli::exit_code;
using cli::value_or_stop;

constexpr double lateness_max = 0.02;

} // namespace

void publish_all(const std::shared_ptr<nats::connection>& on,
                 std::span<const bench_command> commands) {
  client::bulk_publisher to{on, stop_if_interrupted};
  for (const auto& command : commands) {
    value_or_stop(to.send(command), exit_code::failed);
  }
  value_or_stop(to.finish(), exit_code::failed);
}

steady::time_point paced::due(std::size_t index) const {
  const auto after_ms = std::ceil(static_cast<double>(index + 1) * 1000.0 / per_second);
  return began + std::chrono::milliseconds{static_cast<std::int64_t>(after_ms)};
}

paced publish_paced(const std::shared_ptr<nats::connection>& on,
                    std::span<const bench_command> commands, double per_second) {
  client::bulk_publisher to{on, stop_if_interrupted};
  paced done{.began = steady::now(), .per_second = per_second, .rate_reached = false};
  auto reached = done.began;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (const auto due = done.due(i); due > reached) {
      stop_if_interrupted();
      std::this_thread::sleep_until(due);
      reached = due;
    }
    value_or_stop(to.send(commands[i]), exit_code::failed);
  }
  const auto planned = seconds_between(done.began, reached);
  done.rate_reached = seconds_between(done.began, steady::now()) <= planned * (1 + lateness_max);
  value_or_stop(to.finish(), exit_code::failed);
  return done;
}

} // namespace dispatch::bench
