#pragma once

#include "actors/protocol.hpp"
#include "actors/recovery/opening.hpp"
#include "actors/support/failpoint.hpp"
#include "actors/support/logging.hpp"
#include "actors/support/metrics.hpp"

#include <caf/fwd.hpp>

#include <functional>
#include <memory>
#include <string>

namespace dispatch {

/// How a zone actor is run.
struct zone_options {
  zone_settings settings;
  zone_ports ports;
  std::shared_ptr<zone_metrics> metrics = std::make_shared<zone_metrics>();
  /// Called once when the zone halts, with the cause and what cures it. From any thread.
  std::function<void(const std::string& cause, cure by)> on_halted = [](const std::string&, cure) {
  };
  /// Whether the process may still take itself for the owner; asked before every append. Any
  /// thread. It saves useless work: safe is the log's fence.
  std::function<bool()> owns = [] { return true; };
  /// Called before each command is decided.
  std::function<void(const command&)> deciding = [](const command& c) {
    failpoint("command", c.id);
  };
  /// Takes no input of its own; every turn comes as `decide_again`.
  bool scripted = false;

  /// Whom the zone's log lines are about.
  log::about subject() const { return {settings.definition.name, "zone", {}}; }

  timestamp zone_now() const { return settings.definition.clock.to_zone(ports.clock->now()); }
};

/// Starts the actor of one zone. It does nothing before `open_zone`.
zone_actor spawn_zone(caf::actor_system& system, zone_options options);

} // namespace dispatch
