#pragma once

#include "cmd/dispatchctl/session.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <iosfwd>
#include <string>

namespace dispatch::ctl {

/// Why an order is where it is: the dispatcher's decisions, with their evidence.
struct order_explain {
  std::string order;
  std::size_t limit = 5;

  bool operator==(const order_explain&) const = default;
};

void describe(CLI::App& verb, order_explain& asked);
void run(const order_explain& asked, session& session);

/// The zone's answer in words.
void print_explanation(std::ostream& to, const json& answer);

} // namespace dispatch::ctl
