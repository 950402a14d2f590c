#pragma once

#include "cmd/dispatchctl/session.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace dispatch::ctl {

/// A command of an operator that changes one order, and takes at most a reason.
struct order_control {
  std::string verb = {};
  std::string id = {};
  std::string by = {};
  std::string reason = {};

  bool operator==(const order_control&) const = default;
};

/// Its verbs, as they stand in the help.
std::vector<std::string> order_control_verbs();

/// Nobody brings back what is on board.
struct order_write_off {
  std::string id = {};
  std::string by = {};
  std::string reason = {};

  bool operator==(const order_write_off&) const = default;
};

/// What the customer has to say to the rider: shown, written or taken away.
struct order_note {
  std::string id = {};
  std::string text = {};
  bool clear = false;

  bool operator==(const order_note&) const = default;
};

void describe(CLI::App& verb, order_control& asked);
void describe(CLI::App& verb, order_write_off& asked);
void describe(CLI::App& verb, order_note& asked);
void run(const order_control& asked, session& session);
void run(const order_write_off& asked, session& session);
void run(const order_note& asked, session& session);

} // namespace dispatch::ctl
