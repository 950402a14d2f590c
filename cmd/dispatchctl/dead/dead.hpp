#pragma once

#include "cmd/dispatchctl/session.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

/// Dead letters: messages that were no commands, and events that a consumer gave up on. A dead
/// letter is named by the sequence of its announcement, as `dead list` shows it.
namespace dispatch::ctl {

/// Show the newest dead letters.
struct dead_list {
  std::size_t limit = 50;
  std::string reason = {};
  std::string since = {};    ///< a time, or a span before now
  bool all = false;          ///< also those that were dealt with
  std::string consumer = {}; ///< empty: of the zone

  bool operator==(const dead_list&) const = default;
};

/// Show all of one, with the whole body if it is kept.
struct dead_show {
  std::uint64_t sequence = 0;
  std::string consumer = {};

  bool operator==(const dead_show&) const = default;
};

/// Which ones: one by its sequence, or all that wait, of one reason if it is given.
struct dead_choice {
  std::optional<std::uint64_t> sequence = {};
  bool all = false;
  std::string reason = {};

  bool operator==(const dead_choice&) const = default;
};

/// Publish the original message again, as a new command.
struct dead_replay {
  dead_choice which = {};
  std::string by = {};

  bool operator==(const dead_replay&) const = default;
};

/// Note that nothing more is to be done.
struct dead_drop {
  dead_choice which = {};
  std::string by = {};
  std::string note = {};
  std::string consumer = {};

  bool operator==(const dead_drop&) const = default;
};

void describe(CLI::App& verb, dead_list& asked);
void describe(CLI::App& verb, dead_show& asked);
void describe(CLI::App& verb, dead_replay& asked);
void describe(CLI::App& verb, dead_drop& asked);
void run(const dead_list& asked, session& session);
void run(const dead_show& asked, session& session);
void run(const dead_replay& asked, session& session);
void run(const dead_drop& asked, session& session);

} // namespace dispatch::ctl
