#pragma once

#include "cmd/dispatchctl/session.hpp"
#include "messages/entities/entity.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <string>

namespace dispatch::ctl {

/// As people write it: `order`.
std::string name_of(entity_kind kind);

/// A page of the orders, riders or stations.
struct entity_list {
  entity_kind kind = entity_kind::order;
  std::string status = {};
  std::string after = {};
  std::size_t limit = 100;

  bool operator==(const entity_list&) const = default;
};

/// One of them, with its state.
struct entity_get {
  entity_kind kind = entity_kind::order;
  std::string id = {};

  bool operator==(const entity_get&) const = default;
};

/// What happened to it.
struct entity_history {
  entity_kind kind = entity_kind::order;
  std::string id = {};
  std::size_t limit = 50;

  bool operator==(const entity_history&) const = default;
};

void describe(CLI::App& verb, entity_list& asked);
void describe(CLI::App& verb, entity_get& asked);
void describe(CLI::App& verb, entity_history& asked);
void run(const entity_list& asked, session& session);
void run(const entity_get& asked, session& session);
void run(const entity_history& asked, session& session);

} // namespace dispatch::ctl
