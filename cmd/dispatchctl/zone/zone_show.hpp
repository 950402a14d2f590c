#pragma once

#include "cmd/dispatchctl/session.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace dispatch::ctl {

/// All zones, and how they are doing.
struct zone_list {
  bool operator==(const zone_list&) const = default;
};

/// One zone: definition, streams, and how it is doing.
struct zone_get {
  std::string zone;

  bool operator==(const zone_get&) const = default;
};

void describe(CLI::App& verb, zone_list& asked);
void describe(CLI::App& verb, zone_get& asked);
void run(const zone_list& asked, session& session);
void run(const zone_get& asked, session& session);

} // namespace dispatch::ctl
