#pragma once

#include "cmd/dispatchctl/session.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace dispatch::ctl {

/// Bind an order to a rider without asking the rider.
struct order_assign {
  std::string order;
  std::string rider;
  std::string by;

  bool operator==(const order_assign&) const = default;
};

void describe(CLI::App& verb, order_assign& asked);
void run(const order_assign& asked, session& session);

} // namespace dispatch::ctl
