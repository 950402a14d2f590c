#pragma once

#include "cmd/dispatchctl/invocation.hpp"

#include <CLI/CLI.hpp>

#include <memory>
#include <string>
#include <utility>

namespace dispatch::ctl {

inline CLI::App& add_noun(CLI::App& program, const std::string& name,
                          const std::string& description) {
  auto* noun = program.add_subcommand(name, description);
  noun->require_subcommand(1);
  return *noun;
}

/// A verb: `describe` gives it its words and options; when it is given, the request is what to do.
template <class Request>
void add_verb(CLI::App& noun, const std::string& name, request& into, Request initial = {}) {
  auto* verb = noun.add_subcommand(name);
  const auto filled = std::make_shared<Request>(std::move(initial));
  describe(*verb, *filled);
  verb->callback([filled, &into] { into = *filled; });
}

} // namespace dispatch::ctl
