#pragma once

#include "cmd/dispatchctl/session.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace dispatch::ctl {

/// Accept an offer in place of the rider's app.
struct rider_accept {
  std::string rider;
  std::string offer; ///< empty: the one that is open

  bool operator==(const rider_accept&) const = default;
};

void describe(CLI::App& verb, rider_accept& asked);
void run(const rider_accept& asked, session& session);

} // namespace dispatch::ctl
