#pragma once

#include "actors/zone_actor.hpp"
#include "messages/event.hpp"
#include "messages/memory/streams.hpp"
#include "messages/record.hpp"
#include "persistence/memory_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace dispatch::testing {

/// Wall time that passes only when told to.
class virtual_clock final : public wall_clock {
public:
  timestamp now() const override { return now_; }
  void advance(duration by) { now_ += by; }

private:
  timestamp now_{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
};

/// The streams of one zone, which outlive every process.
struct city_streams {
  std::shared_ptr<memory::input_stream> in = std::make_shared<memory::input_stream>();
  std::shared_ptr<memory::fenced_stream> log = std::make_shared<memory::fenced_stream>();
  std::shared_ptr<memory::fenced_stream> out = std::make_shared<memory::fenced_stream>();
};

/// A process that runs one zone over in-memory ports, on one thread and in virtual time. Destroying
/// it is a crash: nothing is finished.
class virtual_node {
public:
  virtual_node(city_streams streams, std::shared_ptr<store> kept,
               std::shared_ptr<virtual_clock> clock, policy rules = {}, bool scripted = false);
  ~virtual_node();

  /// Delivers all messages in the process.
  void run();
  /// Lets time pass in steps of 100 ms and delivers whatever that causes.
  void advance(duration by);

  void tell(decide_again message);

  bool halted() const { return !cause_->empty(); }
  const std::string& cause() const { return *cause_; }
  const zone_metrics& metrics() const { return *metrics_; }
  memory::positions& positions() { return *positions_; }
  /// The server's clock as the log shows it.
  void set_server_time(timestamp now) { log_->server_time = now; }
  zone_actor actor() const { return actor_; }

private:
  struct config : caf::actor_system_config {
    config();
  };

  caf::scheduler::test_coordinator& scheduler();

  config config_;
  std::unique_ptr<caf::actor_system> system_;
  std::shared_ptr<virtual_clock> clock_;
  std::shared_ptr<memory::positions> positions_ = std::make_shared<memory::positions>();
  std::shared_ptr<memory::log> log_;
  std::shared_ptr<zone_metrics> metrics_ = std::make_shared<zone_metrics>();
  std::shared_ptr<std::string> cause_ = std::make_shared<std::string>();
  zone_ports ports_;
  zone_actor actor_;
};

/// A city around one node: publishes commands and reads what was announced and committed.
class virtual_city {
public:
  explicit virtual_city(policy rules = {});

  /// Starts the process, or starts it anew after a crash.
  void start();
  void crash() { node.reset(); }

  /// Publishes a command as JSON and returns its sequence.
  std::uint64_t send(const std::string& kind, const std::string& id, const std::string& verb,
                     const std::string& json = "{}", const std::string& command_id = "");
  /// The same, and lets the node deal with it.
  void tell(const std::string& kind, const std::string& id, const std::string& verb,
            const std::string& json = "{}", const std::string& command_id = "");

  void place(const std::string& order, double latitude = 7.1, double longitude = -73.1);
  void begin_shift(const std::string& rider, double latitude = 7.1, double longitude = -73.1,
                   unsigned capacity = 1);

  /// What was announced so far: `kind.id.event`, and `dead.reason` for dead letters.
  std::vector<std::string> announced() const;
  std::vector<event> events() const;
  /// The last offer that the rider received; empty id: none.
  offer offer_of(const std::string& rider) const;
  std::vector<record> records() const;

  city_streams streams;
  std::shared_ptr<virtual_clock> clock = std::make_shared<virtual_clock>();
  std::shared_ptr<memory_store> kept = std::make_shared<memory_store>();
  policy rules;
  std::unique_ptr<virtual_node> node;
};

} // namespace dispatch::testing
