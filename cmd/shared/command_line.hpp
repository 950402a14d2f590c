#pragma once

#include "cmd/shared/exit_code.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>

namespace dispatch::cli {

/// Parses the arguments. A code when the program is to end: `done` after --help, which goes to
/// `out`, and `usage` after a wrong argument, which is named on `err`.
std::optional<exit_code> parse(CLI::App& app, int argc, const char* const* argv, std::ostream& out,
                               std::ostream& err);

/// A size such as 512MiB or 4g; without a unit, bytes. Units are powers of 1024.
CLI::Option* add_bytes(CLI::App& app, const std::string& name, std::int64_t& value,
                       const std::string& description);

/// A span such as 30s, 2h or 7d; the unit is required.
CLI::Option* add_span(CLI::App& app, const std::string& name, std::chrono::seconds& value,
                      const std::string& description);

/// A span such as 500ms or 5s; the unit is required.
CLI::Option* add_span(CLI::App& app, const std::string& name, std::chrono::milliseconds& value,
                      const std::string& description);

} // namespace dispatch::cli
