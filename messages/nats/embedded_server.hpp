#pragma once

#include "messages/result.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace dispatch::nats {

struct embedded_server_settings {
  std::filesystem::path directory;     ///< configuration, log, pid file and store; created
  std::string program = "nats-server"; ///< looked up in PATH and the sbin directories
  std::uint16_t port = 0;              ///< 0: a free one, kept while the server is supervised
  std::int64_t store_bytes_max = std::int64_t{64} << 30; ///< sum of all streams' max_bytes
  std::int64_t memory_bytes_max = std::int64_t{1} << 30;

  /// Told, for people, what happens to the server. Called from any thread; may be empty.
  std::function<void(std::string_view)> notice = {};

  /// Called, once and from another thread, when a server that ended could not be started again for
  /// so long. Then nobody tries any more. May be empty.
  std::function<void()> on_given_up = {};
  std::chrono::milliseconds given_up_after{60'000};
};

/// A port of the loopback interface that nobody listens on, below the range from which the kernel
/// takes outgoing ports: no client's socket sits on it while a server restarts. 0 when none was
/// found.
std::uint16_t find_free_port();

/// A nats-server of one's own, on the loopback interface. It is started again when it dies, and
/// dies with this process, however that ends. One that a killed predecessor left behind on the
/// same directory is stopped first; the caller makes sure that no living one uses it.
class embedded_server {
public:
  /// Returns once it accepts clients. Fails when it does not, naming its log.
  static result<std::unique_ptr<embedded_server>> start(embedded_server_settings settings);

  embedded_server(const embedded_server&) = delete;
  embedded_server& operator=(const embedded_server&) = delete;

  /// Stops it gracefully, and by force after ten seconds.
  ~embedded_server();

  std::string url() const;
  std::uint16_t port() const;

  /// Of the process that runs now; changes when it is started again. 0 while none runs.
  pid_t process_id() const;

private:
  embedded_server();
  struct supervisor;
  std::unique_ptr<supervisor> supervisor_;
};

} // namespace dispatch::nats
