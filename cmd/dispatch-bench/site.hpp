#pragma once

#include "messages/nats/child_process.hpp"
#include "messages/nats/connection.hpp"
#include "messages/nats/embedded_server.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <sys/types.h>

namespace dispatch::bench {

using steady = std::chrono::steady_clock;

inline double seconds_between(steady::time_point from, steady::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

/// Called by signal handlers.
void interrupt() noexcept;

/// Ends the program, by cli::stop, after a signal. Every wait calls it again and again.
void stop_if_interrupted();

/// A nats-server in a directory of its own, which is removed in the end. All that fails here ends
/// the program by cli::stop.
class site {
public:
  site();
  site(const site&) = delete;
  site& operator=(const site&) = delete;
  ~site();

  const std::filesystem::path& directory() const { return directory_; }
  const std::string& url() const { return url_; }

  std::shared_ptr<nats::connection> connect(const std::string& name, bool send_at_once = false);

  /// The streams of a zone, without anybody who would run it.
  void create_streams(const std::string& zone);

  /// A zone on wall time with the default policy.
  void create_zone(const std::string& zone);

private:
  std::filesystem::path directory_;
  std::string url_;
  std::unique_ptr<nats::embedded_server> server_;
  std::shared_ptr<nats::connection> admin_;
};

/// A dispatchd that runs one zone; ends with this object, and with the thread that made it.
class zone_process {
public:
  /// Starts the program beside this one. The data directory is kept between processes.
  zone_process(const site& at, const std::string& zone);
  zone_process(const zone_process&) = delete;
  zone_process& operator=(const zone_process&) = delete;
  ~zone_process();

  pid_t id() const { return process_.id(); }

  /// Ends the program, naming the log's last lines, when dispatchd has ended.
  void expect_running() const;

  /// Asks it to finish and waits for its end.
  void stop();

private:
  std::filesystem::path log_;
  nats::process_handle process_;
};

/// What a zone answers about itself.
struct zone_status {
  std::uint64_t input_position = 0;
  std::uint64_t record = 0;
  std::uint64_t announced_record = 0;
  std::uint64_t actors = 0;
};

/// Waits until the zone has consumed its input up to this sequence and announced all of it; ends
/// the program when it comes no further for 30 s.
zone_status wait_until_announced(nats::connection& on, const zone_process& process,
                                 const std::string& zone, std::uint64_t input_sequence);

} // namespace dispatch::bench
