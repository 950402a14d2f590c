#pragma once

#include "cmd/dispatchctl/session.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>

namespace dispatch::ctl {

/// The policy in force, as a file to edit.
struct zone_policy_show {
  std::string zone;
  std::uint32_t version = 0; ///< 0: the one in force

  bool operator==(const zone_policy_show&) const = default;
};

/// How a file differs from the policy in force.
struct zone_policy_diff {
  std::string file;
  std::string zone;

  bool operator==(const zone_policy_diff&) const = default;
};

/// Puts a file in force.
struct zone_policy_set {
  std::string file;
  std::string zone;
  std::string by;

  bool operator==(const zone_policy_set&) const = default;
};

/// All versions that are still known.
struct zone_policy_history {
  std::string zone;

  bool operator==(const zone_policy_history&) const = default;
};

/// Puts an earlier version in force again, as a new one.
struct zone_policy_rollback {
  std::uint32_t version = 0;
  std::string zone;
  std::string by;

  bool operator==(const zone_policy_rollback&) const = default;
};

void describe(CLI::App& verb, zone_policy_show& asked);
void describe(CLI::App& verb, zone_policy_diff& asked);
void describe(CLI::App& verb, zone_policy_set& asked);
void describe(CLI::App& verb, zone_policy_history& asked);
void describe(CLI::App& verb, zone_policy_rollback& asked);
void run(const zone_policy_show& asked, session& session);
void run(const zone_policy_diff& asked, session& session);
void run(const zone_policy_set& asked, session& session);
void run(const zone_policy_history& asked, session& session);
void run(const zone_policy_rollback& asked, session& session);

} // namespace dispatch::ctl
