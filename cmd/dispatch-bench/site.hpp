#pragma once

#include "cmd/client/ask.hpp"
#include "messages/nats/child_process.hpp"
#include "messages/nats/connection/connection.hpp"
#include "messages/nats/embedded_server.hpp"
#include "messages/policy.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace dispatch::bench {

using steady = std::chrono::steady_clock;

inline double seconds_between(steady::time_point from, steady::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

/// Called by signal handlers.
void interrupt() noexcept;

/// Ends the program, by cli::stop, after a signal. Every wait calls it again and again.
void stop_if_interrupted();

/// Enough for some million commands; nothing is allocated for it.
inline constexpr std::int64_t large_stream = std::int64_t{5} << 30;

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
  pid_t server_process() const { return server_->process_id(); }

  std::shared_ptr<nats::connection> connect(const std::string& name, bool send_at_once = false);

  /// The streams of a zone, without anybody who would run it. Each may have so many bytes.
  void create_streams(const std::string& zone, std::int64_t stream_bytes_max = large_stream);
  /// Gives back the room that they reserve.
  void delete_streams(const std::string& zone);

  /// Lets nodes run a zone whose streams exist, on wall time.
  void define_zone(const std::string& zone, std::uint32_t standbys = 0, const policy& policy = {});

  /// Both.
  void create_zone(const std::string& zone);

  /// Waits until so many nodes tell that they live.
  void wait_for_nodes(std::size_t count);

private:
  std::filesystem::path directory_;
  std::string url_;
  std::unique_ptr<nats::embedded_server> server_;
  std::shared_ptr<nats::connection> admin_;
};

/// Of the node with this number, from 1 on.
std::string node_name(std::size_t number);

/// A dispatchd; ends with this object, and with the thread that made it.
class node_process {
public:
  /// Starts the program beside this one. A node's data directory is kept between processes.
  node_process(const site& at, const std::string& node,
               const std::vector<std::string>& arguments = {});
  node_process(const node_process&) = delete;
  node_process& operator=(const node_process&) = delete;
  ~node_process();

  pid_t id() const { return process_.id(); }

  /// Ends the program, naming the log's last lines, when dispatchd has ended.
  void expect_running() const;

  /// Asks it to finish and waits for its end.
  void stop();

private:
  std::filesystem::path log_;
  nats::process_handle process_;
};

using client::zone_status;

/// What a zone answers about itself; nullopt while nobody runs it. Ends the program when it has
/// halted.
std::optional<zone_status> ask_status(nats::connection& on, const std::string& zone);

/// Waits until the zone has consumed its input up to this sequence and announced all of it; ends
/// the program when it comes no further for 30 s.
zone_status wait_until_announced(nats::connection& on, const node_process& process,
                                 const std::string& zone, std::uint64_t input_sequence);

} // namespace dispatch::bench
