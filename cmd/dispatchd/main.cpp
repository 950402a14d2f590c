#include "actors/support/logging.hpp"
#include "cmd/dispatchd/node.hpp"
#include "cmd/dispatchd/options.hpp"
#include "cmd/shared/exit_code.hpp"

#include <chrono>
#include <csignal>
#include <ctime>
#include <exception>
#include <iostream>
#include <string>

namespace {

using namespace dispatch;
using namespace std::chrono_literals;

constexpr auto drain_patience = 20s;

/// SIGTERM and SIGINT are taken by sigwait alone; threads inherit the mask.
sigset_t block_signals() {
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stops, nullptr);
  return stops;
}

/// Until it is told to end.
cli::exit_code run(const daemon::options& options, const sigset_t& stops) {
  const log::about subject{{}, "node", {}};
  auto started = daemon::node::start(options);
  if (!started) {
    log::error(subject, started.error().what);
    return nats::is_login_refused(started.error()) ? cli::exit_code::not_permitted
                                                   : cli::exit_code::unavailable;
  }
  auto& node = **started;
  int signal = 0;
  while (sigwait(&stops, &signal) != 0) {
  }
  log::info(subject, "stopping: the turns in hand are finished and announced");
  const auto finished = !node.lost_server() && node.drain(drain_patience);
  if (!finished) {
    log::warning(subject, "stopped before everything was announced; it follows at the next start");
  }
  return node.lost_server() ? cli::exit_code::unavailable : cli::exit_code::done;
}

} // namespace

int main(int argc, char** argv) {
  const auto stops = block_signals();
  const auto parsed = daemon::parse_options(argc, argv, std::cout, std::cerr);
  if (const auto* code = std::get_if<cli::exit_code>(&parsed)) {
    return static_cast<int>(*code);
  }
  const auto& options = std::get<daemon::options>(parsed);
  log::start(options.log_format, options.log_level);
  const log::about subject{{}, "node", {}};
  try {
    return static_cast<int>(run(options, stops));
  } catch (const cli::stop& refused) {
    log::error(subject, refused.what());
    return static_cast<int>(refused.code());
  } catch (const std::exception& error) {
    log::error(subject, std::string{"cannot go on: "} + error.what());
    return static_cast<int>(cli::exit_code::failed);
  }
}
