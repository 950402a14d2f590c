#pragma once

#include "cmd/dispatchctl/session.hpp"
#include "messages/nats/stream_admin.hpp"
#include "messages/time.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>

namespace dispatch::ctl {

/// Create a zone's streams and its definition, unless they exist.
struct zone_create {
  std::string zone;
  nats::stream_sizes sizes;
  std::string policy_file;
  std::string incarnation;    ///< empty: that of the log, or a new one
  std::uint32_t standbys = 1; ///< nodes that follow the log, ready to take over
  retention_rules retention;
  double speed = 1.0; ///< zone seconds per wall second
  std::optional<timestamp> simulated_origin;
};

void describe(CLI::App& verb, zone_create& asked);
void run(const zone_create& asked, session& session);

/// The definition that is asked for, created at this instant.
zone_definition definition_of(const zone_create& asked, timestamp now);

/// In what an existing definition is another one than the one asked for, a line each.
std::vector<std::string> differences(const zone_definition& existing, const zone_definition& wanted,
                                     const zone_create& asked);

} // namespace dispatch::ctl
