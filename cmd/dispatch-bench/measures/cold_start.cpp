#include "cmd/dispatch-bench/measures/cold_start.hpp"

#include "cmd/dispatch-bench/fill.hpp"
#include "cmd/dispatch-bench/publisher.hpp"
#include "cmd/dispatch-bench/usage.hpp"
#include "cmd/dispatch-bench/workload.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/wire/subjects.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
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

  steady::time_point wait(const node_process& process) {
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

figures measure_cold_start(std::size_t entities) {
  site at;
  const auto on = at.connect("cold-start");
  const auto ready_at = soon();
  const auto commands = population(zone, entities, ready_at);
  const auto known = static_cast<double>(entities);
  tell("filling a zone with " + std::to_string(entities) + " riders and orders, " +
       std::to_string(commands.size()) + " commands");
  at.create_zone(zone);
  usage awake;
  zone_status filled;
  {
    const node_process process{at, node_name(1)};
    publish_paced(on, commands, filling_per_second);
    filled = wait_until_announced(*on, process, zone, commands.size());
    awake = usage_of(process.id());
  }
  tell("starting a node on them");
  const std::array order{order_nearby(zone, ready_at)};
  publish_all(on, order);
  first_message offered{*on,
                        wire::subjects{}.event(zone, {entity_kind::order, "first"}, "offered")};
  const auto began = steady::now();
  const node_process process{at, node_name(1)};
  const auto decided = offered.wait(process);
  wait_until_announced(*on, process, zone, commands.size() + order.size());
  const auto asleep = usage_of(process.id());
  return {
      {"entities", "riders and orders", known, 0},
      {"first_decision_ms", "ms from start to first decision",
       1000.0 * seconds_between(began, decided), 0},
      {"asleep_bytes", "bytes of the process, all asleep", asleep.resident_bytes, 0},
      {"asleep_bytes_per_entity", "  per rider or order", asleep.resident_bytes / known, 0},
      {"awake_actors", "actors awake after filling", static_cast<double>(filled.count("actors")),
       0},
      {"bytes_per_idle_actor", "  bytes per actor awake",
       (awake.resident_bytes - asleep.resident_bytes) / static_cast<double>(filled.count("actors")),
       0}};
}

} // namespace dispatch::bench
