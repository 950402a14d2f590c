#pragma once

#include "cmd/shared/exit_code.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

namespace dispatch::sim::mdrp {

/// What `dispatch-sim mdrp` is asked for.
struct options {
  std::vector<std::string> directories;
  std::string policy_file;
  std::string planner;
  std::string output = "table";
  std::string solutions; ///< directory for solution files; empty: none
  std::size_t jobs = 0;  ///< instances at once; 0: as many as there are processors
};

/// What `dispatch-sim mdrp-check` is asked for.
struct check_options {
  std::string instance;
  std::string solution;
};

void describe(CLI::App& verb, options& asked);

/// Serves each instance and prints its figures, and their mean. Says on `err` how far it is.
cli::exit_code run(const options& asked, std::ostream& out, std::ostream& err);

void describe(CLI::App& verb, check_options& asked);

/// Prints what breaks the rules, and the figures when nothing does.
cli::exit_code run(const check_options& asked, std::ostream& out, std::ostream& err);

} // namespace dispatch::sim::mdrp
