#pragma once

#include "cmd/dispatchctl/session.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace dispatch::ctl {

/// No new offers until the zone is resumed.
struct zone_pause {
  std::string zone;
  std::string by;
  std::string reason;

  bool operator==(const zone_pause&) const = default;
};

/// Offers again.
struct zone_resume {
  std::string zone;
  std::string by;

  bool operator==(const zone_resume&) const = default;
};

void describe(CLI::App& verb, zone_pause& asked);
void describe(CLI::App& verb, zone_resume& asked);
void run(const zone_pause& asked, session& session);
void run(const zone_resume& asked, session& session);

} // namespace dispatch::ctl
