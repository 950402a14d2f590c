#pragma once

#include "cmd/dispatchctl/session.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace dispatch::ctl {

/// Check the zone's whole history against its guarantees.
struct zone_verify {
  std::string zone;
  bool at_rest = false;
  std::string journal;                   ///< data directory of a node; empty: none
  std::vector<std::string> archives;     ///< directories of archive files
  std::vector<std::string> waybill_keys; ///< PEM files of public keys; empty: not checked

  bool operator==(const zone_verify&) const = default;
};

void describe(CLI::App& verb, zone_verify& asked);
void run(const zone_verify& asked, session& session);

} // namespace dispatch::ctl
