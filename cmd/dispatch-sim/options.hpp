#pragma once

#include "cmd/dispatch-sim/city/rider_agent.hpp"
#include "cmd/dispatch-sim/city/scenario.hpp"
#include "cmd/dispatch-sim/city/synthetic_city.hpp"
#include "cmd/dispatch-sim/mdrp/mdrp.hpp"
#include "cmd/shared/connection_flags.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/result.hpp"

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <variant>

namespace dispatch::sim {

/// What the command line asks for.
struct options {
  bool replay = true; ///< otherwise a synthetic city
  std::string named;  ///< one of named_cities; empty: none
  std::string directory;
  duration from{};
  duration to = std::chrono::hours{24};
  double rider_share = 1.0;
  synthetic_settings synthetic;

  double speed = 60.0;
  std::uint64_t seed = 1;
  rider_habits habits;
  std::chrono::seconds grace = std::chrono::hours{2};
  std::string policy_file;
  bool baseline = false;

  bool live_server = false; ///< --server or --data was given: no dispatchd of one's own
  cli::connection_flags connection;
  std::string zone = "sim";
  bool reuse = false;
  std::string keep; ///< directory of the own dispatchd; empty: a temporary one
  bool json = false;

  std::optional<mdrp::options> benchmark = {}; ///< instead of a city
  std::optional<mdrp::check_options> check = {};
};

/// Gives the program its cities and options. What is then parsed is written to `wanted`, but for
/// what follows from several of them.
void describe(CLI::App& app, options& wanted);

/// The options, or the code with which the program is to end at once.
std::variant<options, cli::exit_code> parse_options(int argc, const char* const* argv,
                                                    std::ostream& out, std::ostream& err);

/// The city that they describe. One with a name has its say about what riders do and the policy.
result<scenario> scenario_of(options& wanted, policy& policy);

/// For people: which city it is.
std::string source_of(const options& wanted);

} // namespace dispatch::sim
