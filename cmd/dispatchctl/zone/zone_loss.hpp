#pragma once

#include "cmd/dispatchctl/session.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace dispatch::ctl {

/// A zone that stands before a gap in its input stream goes on behind it; or the records so far
/// count, whose digests are not those of the states that their events lead to.
struct zone_accept_loss {
  std::string zone;
  std::string by;
  bool input = false;
  bool digests = false;

  bool operator==(const zone_accept_loss&) const = default;
};

void describe(CLI::App& verb, zone_accept_loss& asked);
void run(const zone_accept_loss& asked, session& session);

} // namespace dispatch::ctl
