#include "cmd/dispatch-bench/cold_start.hpp"

#include "cmd/dispatch-bench/publisher.hpp"
#include "cmd/dispatch-bench/report.hpp"
#include "cmd/dispatch-bench/workload.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/wire/subjects.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <mutex>
#include <optional>
#include <string>

namespace dispatch::bench {

namespace {

using namespace std::chrono_literals;
using cli::exit_code;
using cli::value_or_stop;

const std::string zone = "city";

/// Slow enough that the memory for what is under way does not count.
constexpr double filling_per_second = 10'000.0;
constexpr auto decision_patience = 60s;
constexpr auto look_up_interval = 200ms;

/// VmRSS of proc(5).
double resident_bytes(pid_t id) {
  std::ifstream file{"/proc/" + std::to_string(id) + "/status"};
  for (std::string word; file >> word;) {
    if (word == "VmRSS:") {
      double kibibytes = 0.0;
      file >> kibibytes;
      return kibibytes * 1024.0;
    }
  }
  throw cli::stop(exit_code::failed, "cannot read the memory of dispatchd");
}

/// Remembers when a message first came.
class first_message {
public:
  first_message(nats::connection& on, const std::string& subject)
      : watch_(value_or_stop(on.subscribe(subject,
                                          [this](const nats::incoming&) {
                                            const std::lock_guard lock(mutex_);
                                            at_ = at_.value_or(steady::now());
                                            changed_.notify_one();
                                          }),
                             exit_code::unavailable)) {}

  steady::time_point wait(const zone_process& process) {
    const auto until = steady::now() + decision_patience;
    std::unique_lock lock(mutex_);
    while (!changed_.wait_for(lock, look_up_interval, [this] { return at_.has_value(); })) {
      stop_if_interrupted();
      process.expect_running();
      if (steady::now() > until) {
        throw cli::stop(exit_code::failed, "the order placed last is not offered to anybody");
      }
    }
    return *at_;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<steady::time_point> at_;
  nats::subscription watch_;
};

} // namespace

cold_start measure_cold_start(site& at, std::size_t entities) {
  const auto on = at.connect("cold-start");
  const auto ready_at = std::chrono::floor<duration>(std::chrono::system_clock::now()) + 5min;
  at.create_zone(zone);
  const auto commands = population(zone, entities, ready_at);
  auto awake_bytes = 0.0;
  {
    zone_process process{at, zone};
    publish_paced(on, commands, filling_per_second);
    const auto status = wait_until_announced(*on, process, zone, commands.size());
    if (status.actors < entities) {
      throw cli::stop(exit_code::failed, "only " + std::to_string(status.actors) + " of " +
                                             std::to_string(entities) + " actors are awake");
    }
    awake_bytes = resident_bytes(process.id());
  }
  const std::array order{order_nearby(zone, ready_at)};
  publish_all(on, order);
  first_message offered{*on,
                        wire::subjects{}.event(zone, {entity_kind::order, "first"}, "offered")};
  const auto began = steady::now();
  const zone_process process{at, zone};
  const auto decided = offered.wait(process);
  wait_until_announced(*on, process, zone, commands.size() + order.size());
  const auto asleep_bytes = resident_bytes(process.id());
  tell("  " + text_of(awake_bytes / 1e6, 0) + " MB awake, " + text_of(asleep_bytes / 1e6, 0) +
       " MB asleep");
  return {.bytes_per_idle_actor = (awake_bytes - asleep_bytes) / static_cast<double>(entities),
          .first_decision_ms = 1000.0 * seconds_between(began, decided)};
}

} // namespace dispatch::bench
