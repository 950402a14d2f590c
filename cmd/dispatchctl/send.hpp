#pragma once

#include "cmd/dispatchctl/session.hpp"
#include "messages/entities/entity.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace dispatch::ctl {

/// Publish any command by hand and show what it led to.
struct send_command {
  entity_ref target;
  std::string verb;
  std::string body = "{}";
  std::string by;
  std::string id;

  bool operator==(const send_command&) const = default;
};

void describe(CLI::App& verb, send_command& asked);
void run(const send_command& asked, session& session);

} // namespace dispatch::ctl
