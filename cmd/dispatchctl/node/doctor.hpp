#pragma once

#include "cmd/dispatchctl/session.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace dispatch::ctl {

/// Look for what endangers an installation.
struct doctor {
  bool operator==(const doctor&) const = default;
};

/// What a server of this version keeps, in one sentence each.
struct guarantee {
  std::string what;
  bool given = false;
  std::string why;
};
std::vector<guarantee> guarantees_of(std::string_view version);

void describe(CLI::App& verb, doctor& asked);
void run(const doctor& asked, session& session);

} // namespace dispatch::ctl
