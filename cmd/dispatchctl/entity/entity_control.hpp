#pragma once

#include "cmd/dispatchctl/session.hpp"
#include "messages/entities/entity.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace dispatch::ctl {

/// Leave one order, rider or station alone until it is resumed.
struct entity_pause {
  entity_kind kind = entity_kind::order;
  std::string id = {};
  std::string by = {};
  std::string reason = {};

  bool operator==(const entity_pause&) const = default;
};

/// As before.
struct entity_resume {
  entity_kind kind = entity_kind::order;
  std::string id = {};
  std::string by = {};

  bool operator==(const entity_resume&) const = default;
};

void describe(CLI::App& verb, entity_pause& asked);
void describe(CLI::App& verb, entity_resume& asked);
void run(const entity_pause& asked, session& session);
void run(const entity_resume& asked, session& session);

} // namespace dispatch::ctl
