#pragma once

#include "cmd/client/outbox.hpp"
#include "cmd/dispatch-sim/city/city.hpp"
#include "cmd/dispatch-sim/outcome.hpp"
#include "messages/policy.hpp"
#include "messages/ports/clock.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dispatch::sim {

/// How a run ended. `all_ended` alone is a success.
enum class run_end : std::uint8_t { all_ended, grace_passed, interrupted, failed };

/// Everything that a run is judged by.
struct run_report {
  std::string source; ///< which city
  std::string zone;
  double speed = 1.0;
  std::uint64_t seed = 0;
  std::size_t orders = 0;
  std::size_t riders = 0;
  std::size_t stations = 0;

  run_end ended = run_end::failed;
  std::string failure; ///< for people, when it failed
  service live;
  std::optional<service> nearest; ///< the baseline, when asked for
  std::uint64_t offers = 0;
  /// Orders that were not delivered, by what they waited for or why they ended.
  std::map<std::string, std::uint64_t> unserved;

  /// Wall time from a `place` being stored to `placed` being announced.
  spread placed_announced_ms;
  /// Wall time to the first `offered` being announced, from when the zone may search: from the
  /// placing, or `dispatch_ahead` before the order is ready.
  spread first_offer_ms;

  std::uint64_t paid = 0;     ///< orders, in time
  double delivered_min = 1.0; ///< share of these that must be delivered
  std::uint64_t refunded = 0; ///< orders
  std::uint64_t reserved = 0; ///< orders that any station held goods for

  double wall_s = 0.0;
  city_tally events;
  client::outbox_tally commands;
  std::size_t without_outcome = 0; ///< commands
  policy limits;
  std::map<std::string, std::uint64_t> warnings;

  std::optional<bool> audit_clean; ///< nullopt: no audit
  std::string audit_text;

  /// What could be delivered was.
  bool delivered_enough() const;
  /// The orders all ended, as many as possible delivered, nothing is missing and the audit found
  /// nothing.
  bool good() const;
};

/// Fills in what follows from the orders' stories: `live`, `offers`, the latencies, and `unserved`
/// but for what only the zone knows (needs_explanation). `clock` is the zone's.
void add_stories(run_report& report, const city& finished, const zone_clock& clock);

/// The orders that wait for a rider or waited in vain, by id.
std::vector<std::string> needs_explanation(const city& finished);

nlohmann::ordered_json to_json(const run_report& report);
void print(std::ostream& to, const run_report& report);

} // namespace dispatch::sim
