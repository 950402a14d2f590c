#pragma once

#include "cmd/dispatchctl/session.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <string>

namespace dispatch::ctl {

/// Which dispatchd there are, and how many zones each runs.
struct node_list {
  bool operator==(const node_list&) const = default;
};

/// Let other nodes run a node's zones.
struct node_drain {
  std::string node;
  std::chrono::seconds patience{60};

  bool operator==(const node_drain&) const = default;
};

/// Let a drained node have zones again.
struct node_undrain {
  std::string node;

  bool operator==(const node_undrain&) const = default;
};

/// Take a node that is gone for ever off the list.
struct node_forget {
  std::string node;

  bool operator==(const node_forget&) const = default;
};

void describe(CLI::App& verb, node_list& asked);
void describe(CLI::App& verb, node_drain& asked);
void describe(CLI::App& verb, node_undrain& asked);
void describe(CLI::App& verb, node_forget& asked);
void run(const node_list& asked, session& session);
void run(const node_drain& asked, session& session);
void run(const node_undrain& asked, session& session);
void run(const node_forget& asked, session& session);

} // namespace dispatch::ctl
