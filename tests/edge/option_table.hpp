#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

/// What a program takes, out of the tables by which it parses its arguments.
namespace dispatch::edge {

/// An option or an argument by position that takes a value.
struct option_row {
  std::string name; ///< such as `--speed`; of an argument by position such as `zone`
  bool by_position = false;
  bool required = false;
  std::string environment; ///< the variable that may give it; empty: none
};

/// A verb of a program, or the program itself when it has none.
struct verb_row {
  std::vector<std::string> words; ///< such as `zone`, `create`
  std::vector<option_row> own;
};

/// The verbs below an app, each with what it alone takes.
std::vector<verb_row> verbs_of(const CLI::App& program);

/// What an app itself takes. Flags and --help take no value.
std::vector<option_row> options_of(const CLI::App& app);

/// The word that gives an option this value, in the form that takes values which look like options.
std::string with_value(const option_row& option, const std::string& value);

/// The words of a call on one line, as far as people read them.
std::string text_of(const std::vector<std::string>& words);

} // namespace dispatch::edge
