#pragma once

#include "cmd/dispatchctl/session.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace dispatch::ctl {

/// No rider is looked for until it is released. All else goes on.
struct order_hold {
  std::string id = {};
  std::string by = {};
  std::string reason = {};

  bool operator==(const order_hold&) const = default;
};

struct order_release {
  std::string id = {};
  std::string by = {};

  bool operator==(const order_release&) const = default;
};

/// Its rider is to be another one.
struct order_unassign {
  std::string id = {};
  std::string by = {};
  std::string reason = {};

  bool operator==(const order_unassign&) const = default;
};

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

void describe(CLI::App& verb, order_hold& asked);
void describe(CLI::App& verb, order_release& asked);
void describe(CLI::App& verb, order_unassign& asked);
void describe(CLI::App& verb, order_write_off& asked);
void describe(CLI::App& verb, order_note& asked);
void run(const order_hold& asked, session& with);
void run(const order_release& asked, session& with);
void run(const order_unassign& asked, session& with);
void run(const order_write_off& asked, session& with);
void run(const order_note& asked, session& with);

} // namespace dispatch::ctl
