#pragma once

#include "actors/support/chore.hpp"
#include "actors/zone/zone_actor.hpp"
#include "cmd/dispatchd/answers/metric_list.hpp"
#include "cmd/dispatchd/connections.hpp"
#include "cmd/dispatchd/options.hpp"
#include "messages/nats/connection/subscription.hpp"
#include "messages/wire/zone/zone_definition.hpp"

#include <caf/fwd.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace dispatch::daemon {

/// One zone on this node: its ports, its actors, and the service that answers questions about it.
class zone_runtime {
public:
  /// How ownership bears on it.
  struct tenure {
    std::shared_ptr<store> kept; ///< of a standby that has finished; null: open it
    std::function<bool()> owns;  ///< as in zone_options
    std::function<std::uint64_t()> known_elsewhere; ///< as in zone_settings
    bool handed_over = false;                       ///< as in zone_settings
  };

  /// Starts it. Fails when the store or the service cannot be opened.
  static result<std::unique_ptr<zone_runtime>> start(caf::actor_system& system, const options& node,
                                                     const connections& on,
                                                     zone_definition definition, tenure how);

  /// Stops without finishing anything.
  ~zone_runtime();

  /// Begins to finish the turn in hand; `done` is called once, from any thread.
  void drain(std::function<void()> done);

  const zone_definition& definition() const { return definition_; }
  const zone_metrics& metrics() const { return *metrics_; }
  /// What the node decides about the zone by.
  const zone_status& standing() const { return *metrics_; }
  /// What its figures are read from.
  zone_readings readings() const { return {*metrics_, definition_.clock, *unreadable_}; }
  /// What keeps its past in bounds; to be called while the zone runs.
  const std::shared_ptr<chore>& upkeep() const { return upkeep_; }
  /// What carries its riders to other zones; to be called while the zone runs.
  const std::shared_ptr<chore>& carrier() const { return carrier_; }

  /// Asks the server where the input ends. Does not wait.
  void ask_input_end();
  /// Sequence of the last stored command, as the server has said since it was asked last; nullopt:
  /// it did not say.
  std::optional<std::uint64_t> input_end() const;

  /// Why the zone halted, if it did.
  std::optional<std::string> halted() const;
  /// What it takes to run it again; nullopt while it has not halted.
  std::optional<cure> halted_until() const;

private:
  zone_runtime(caf::actor_system& system, zone_definition definition);
  std::string status_json() const;
  status serve(const options& node, const connections& on);

  struct answerer;
  struct halt_state {
    mutable std::mutex mutex;
    std::optional<std::string> cause;
    cure by = cure::person;
  };

  caf::actor_system& system_;
  zone_definition definition_;
  std::shared_ptr<zone_metrics> metrics_ = std::make_shared<zone_metrics>();
  std::shared_ptr<unreadable_positions> unreadable_;
  std::shared_ptr<halt_state> halt_ = std::make_shared<halt_state>();
  std::shared_ptr<std::atomic<std::uint64_t>> input_end_ =
      std::make_shared<std::atomic<std::uint64_t>>(0); ///< 0: not said
  zone_ports ports_;
  std::shared_ptr<chore> upkeep_;
  std::shared_ptr<chore> carrier_;
  zone_actor actor_;
  std::shared_ptr<answerer> answerer_;
  std::optional<nats::subscription> questions_;
};

} // namespace dispatch::daemon
