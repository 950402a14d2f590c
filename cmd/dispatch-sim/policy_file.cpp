#include "cmd/dispatch-sim/policy_file.hpp"

#include "cmd/shared/exit_code.hpp"
#include "messages/wire/zone/zone_definition.hpp"

#include <fstream>
#include <sstream>

namespace dispatch::sim {

policy policy_in(const std::string& path) {
  std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    throw cli::stop(cli::exit_code::usage, "cannot read " + path);
  }
  return cli::value_or_stop(wire::zone_definition_from_toml(text.str()), cli::exit_code::usage)
      .policy;
}

} // namespace dispatch::sim
