#pragma once

#include "actors/zone/zone_actor.hpp"
#include "messages/memory/streams.hpp"
#include "messages/records/event.hpp"
#include "messages/records/record.hpp"
#include "persistence/memory_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dispatch::testing {

/// Wall time that passes only when told to.
class virtual_clock final : public wall_clock {
public:
  virtual_clock() = default;
  /// A clock that goes with another one, `ahead` of it.
  explicit virtual_clock(std::shared_ptr<const virtual_clock> leader, duration ahead = {})
      : leader_(std::move(leader)), ahead_(ahead) {}

  timestamp now() const override { return leader_ ? leader_->now() + ahead_ : now_; }
  /// Not for a clock that goes with another one.
  void advance(duration by) { now_ += by; }

  duration ahead() const { return ahead_; }
  void set_ahead(duration by) { ahead_ = by; }

private:
  timestamp now_{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
  std::shared_ptr<const virtual_clock> leader_;
  duration ahead_{0};
};

/// The streams of one zone, which outlive every process.
struct city_streams {
  std::shared_ptr<memory::input_stream> in = std::make_shared<memory::input_stream>();
  std::shared_ptr<memory::fenced_stream> log = std::make_shared<memory::fenced_stream>();
  std::shared_ptr<memory::fenced_stream> out = std::make_shared<memory::fenced_stream>();
  std::shared_ptr<memory::shelf_contents> snapshots = std::make_shared<memory::shelf_contents>();
};

/// What a process that runs a zone is made of.
struct virtual_process {
  city_streams streams;
  std::shared_ptr<store> kept;
  std::shared_ptr<virtual_clock> clock;
  dispatch::policy policy;
  std::string owner = "test";
  std::shared_ptr<memory::connection> connection = std::make_shared<memory::connection>();
  bool scripted = false;
  std::uint64_t known_elsewhere = 0; ///< as in zone_settings
  std::function<void(const command&)> deciding = [](const command&) {};
  std::shared_ptr<waybill_signer> signer = nullptr;
  std::shared_ptr<travel_engine> engine = nullptr;
};

/// A process that runs one zone over in-memory ports, on one thread and in virtual time. Destroying
/// it is a crash: nothing is finished.
class virtual_node {
public:
  /// The zone is opened by the first message that is delivered.
  explicit virtual_node(virtual_process process);
  /// Opens the zone at once.
  virtual_node(city_streams streams, std::shared_ptr<store> kept,
               std::shared_ptr<virtual_clock> clock, dispatch::policy policy = {},
               bool scripted = false);
  ~virtual_node();

  /// Delivers all messages in the process.
  void run();
  /// Delivers one of them; false when there is none.
  bool step();
  /// Lets wake-ups ring that are due by then. The clock is somebody else's.
  void let_pass(duration by);
  /// Lets time pass in steps of 100 ms and delivers whatever that causes.
  void advance(duration by);

  /// The process is gone from here on: calls on its streams have no effect and get no answer. What
  /// it sent is still under way. Its store is the caller's to save.
  void cut_off();

  void tell(decide_again message);

  bool halted() const { return !end_->cause.empty(); }
  const std::string& cause() const { return end_->cause; }
  cure cured_by() const { return end_->by; }
  bool running() const { return metrics_->running; }
  const zone_metrics& metrics() const { return *metrics_; }
  memory::positions& positions() { return *positions_; }
  /// The server's clock as the log shows it.
  void set_server_time(timestamp now) { log_->server_time = now; }
  zone_actor actor() const { return actor_; }
  const zone_ports& ports() const { return ports_; }
  const std::shared_ptr<memory::connection>& connection() const { return connection_; }

private:
  struct config : caf::actor_system_config {
    config();
  };

  /// Why the zone does not run any more.
  struct end {
    std::string cause;
    cure by = cure::person;
  };

  caf::scheduler::test_coordinator& scheduler();

  config config_;
  std::unique_ptr<caf::actor_system> system_;
  city_streams streams_;
  std::shared_ptr<virtual_clock> clock_;
  std::shared_ptr<memory::positions> positions_ = std::make_shared<memory::positions>();
  std::shared_ptr<memory::connection> connection_;
  std::shared_ptr<memory::log> log_;
  std::shared_ptr<zone_metrics> metrics_ = std::make_shared<zone_metrics>();
  std::shared_ptr<end> end_ = std::make_shared<end>();
  zone_ports ports_;
  zone_actor actor_;
};

/// A city around one node: publishes commands and reads what was announced and committed.
class virtual_city {
public:
  explicit virtual_city(dispatch::policy policy = {});

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
  /// How often that was announced.
  std::int64_t count_of(const std::string& what) const;
  std::vector<event> events() const;
  /// The last offer that the rider received; empty id: none.
  offer offer_of(const std::string& rider) const;
  std::vector<record> records() const;

  city_streams streams;
  std::shared_ptr<virtual_clock> clock = std::make_shared<virtual_clock>();
  std::shared_ptr<memory_store> kept = std::make_shared<memory_store>();
  dispatch::policy policy;
  std::shared_ptr<waybill_signer> signer; ///< of the next process; null: there are no waybills
  std::shared_ptr<travel_engine> engine;  ///< of the next process; null: it has none
  std::unique_ptr<virtual_node> node;
};

} // namespace dispatch::testing
