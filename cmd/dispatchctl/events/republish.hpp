#pragma once

#include "cmd/dispatchctl/session.hpp"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace dispatch::ctl {

/// Tell the events of a part of the log again, beside the output stream.
struct events_republish {
  std::string from;
  std::string until;  ///< empty: the end of the log
  std::string prefix; ///< empty: root.replay

  bool operator==(const events_republish&) const = default;
};

void describe(CLI::App& verb, events_republish& asked);
void run(const events_republish& asked, session& session);

/// Why events may not be published below this prefix; nullopt when they may. What belongs to an
/// installation, of whatever root, is its own: nobody but a zone's owner announces.
std::optional<std::string> unfit_as_replay(std::string_view prefix);

} // namespace dispatch::ctl
