#pragma once

#include "cmd/audit/report.hpp"
#include "cmd/dispatch-sim/city/scenario.hpp"
#include "cmd/dispatch-sim/report.hpp"
#include "messages/nats/connection/connection.hpp"
#include "messages/wire/zone/zone_definition.hpp"
#include "tests/integration/harness.hpp"

#include <atomic>
#include <filesystem>
#include <future>
#include <memory>
#include <string>

namespace dispatch::integration {

/// A small city that lives through 12 orders in a zone of its own, on a thread of its own: within
/// some seconds, and longer when nobody runs the zone for a while. It sends every command again
/// until it has seen the outcome.
class workload {
public:
  /// Creates the zone and begins.
  workload(site& where, const std::string& zone, const retention_rules& kept = {});
  ~workload();

  const zone_definition& definition() const { return definition_; }

  /// Waits until all has ended; what came of it, with the audit of the zone.
  sim::run_report finish();

private:
  sim::run_report run();

  std::shared_ptr<nats::connection> on_;
  sim::scenario plan_;
  zone_definition definition_;
  std::atomic<bool> given_up_{false};
  std::future<sim::run_report> outcome_;
};

/// The audits of a zone that goes on, and of one that nobody runs any more, so that all that was
/// committed must be announced. They throw when the zone's streams cannot be read. `data` is the
/// data directory of a node, for what it has archived.
audit::audit_report audit_running(nats::connection& on, const std::string& zone);
audit::audit_report audit_at_rest(nats::connection& on, const std::string& zone,
                                  const std::filesystem::path& data = {});

} // namespace dispatch::integration
