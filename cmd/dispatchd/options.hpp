#pragma once

#include "actors/support/logging.hpp"
#include "cmd/shared/exit_code.hpp"
#include "cmd/shared/login.hpp"
#include "messages/nats/connection/connection.hpp"
#include "messages/wire/subjects.hpp"

#include <chrono>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace dispatch::daemon {

/// How a dispatchd runs. Flags win over the environment, the environment over the configuration
/// file. The variable of a flag is DISPATCH_<FLAG>, that of --zone DISPATCH_RUN_ZONES.
struct options {
  std::string server = "nats://127.0.0.1:4222";
  cli::login who;
  std::string tls_ca;
  std::string tls_certificate;
  std::string tls_key;
  std::string root = wire::default_root;
  std::string data = "dispatch-data";
  std::string node;      ///< its name among the nodes; empty: the one kept in the data directory
  std::string run;       ///< of the process, among all runs; nobody chooses it
  double capacity = 1.0; ///< share of the zones, relative to the other nodes
  std::chrono::milliseconds lease{1200};  ///< silent for so long, a node is taken for dead
  std::chrono::milliseconds renewal{300}; ///< between heartbeats
  bool embedded = false;
  double wake_speed = 1.0;        ///< of simulated clocks that stood still with the embedded server
  std::uint16_t nats_port = 0;    ///< of the embedded server; 0: a free one
  std::vector<std::string> zones; ///< empty: all that there are
  std::string http;               ///< host:port; empty: see http_address()
  std::uint32_t threads = 2;      ///< of the actor scheduler
  std::string waybill_key;        ///< file of the key that signs waybills; empty: there are none
  std::string routing_engine;     ///< base URL; empty: travel times are estimated
  log::format log_format = log::format::text;
  log::level log_level = log::level::info;

  /// Where the HTTP server listens: by default on port 9464 of the loopback interface, and on a
  /// free port beside an embedded server, so that several can run.
  std::string http_address() const;

  /// Fails when the secrets of the login cannot be read.
  result<nats::connection_settings> connection(const std::string& name) const;
};

/// Gives the program its options. What is then parsed is written to `o`.
void describe(CLI::App& app, options& o);

/// The options of a command line, or the code with which the program ends at once. Wrong arguments
/// and configuration keys are named on `err`.
std::variant<options, cli::exit_code> parse_options(int argc, const char* const* argv,
                                                    std::ostream& out, std::ostream& err);

} // namespace dispatch::daemon
