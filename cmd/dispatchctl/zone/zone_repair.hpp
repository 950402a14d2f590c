#pragma once

#include "cmd/dispatchctl/session.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace dispatch::ctl {

/// Make the zone's streams anew where they are missing, and its log where it holds what no owner
/// wrote, or has holes.
struct zone_repair {
  std::string zone;
  std::string copy = "."; ///< directory in which the log's records are kept

  bool operator==(const zone_repair&) const = default;
};

void describe(CLI::App& verb, zone_repair& asked);
void run(const zone_repair& asked, session& session);

} // namespace dispatch::ctl
