#pragma once

#include "messages/nats/child_process.hpp"
#include "messages/nats/connection/connection.hpp"
#include "messages/nats/embedded_server.hpp"
#include "messages/nats/stream_admin.hpp"
#include "messages/result.hpp"
#include "messages/wire/zone/zone_definition.hpp"
#include "tests/support/temporary_directory.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// Real processes for tests: a nats-server, and dispatchd beside it.
namespace dispatch::integration {

/// How long anything may take that is expected to happen.
inline constexpr std::chrono::seconds patience{60};

/// Of a process that ended by `kill -9` of itself at a failpoint.
inline constexpr int status_of_killed = 137;

/// The value of a result; throws the failure's text.
template <class T> T value_of(result<T> from) {
  if (!from) {
    throw std::runtime_error(from.error().what);
  }
  return std::move(*from);
}

/// So long a test waits for what a fault may prevent.
inline constexpr std::chrono::seconds soon{5};

/// Asks until it is so, for at most so long. Tells whether it came.
bool comes(const std::function<bool()>& so, std::chrono::milliseconds longest = soon);

/// Asks until it is so. For what nobody tells, such as a page of another process. Throws, naming
/// `what`, when it does not come.
void await(const std::string& what, const std::function<bool()>& so);

/// Waits for the end of a child and returns its exit status, 128 + N after signal N. Throws when
/// it goes on.
int wait_for_end(nats::process_handle& child, std::chrono::milliseconds longest = patience);

/// A socket that is connected to host:port; without a number when nobody listens there.
nats::descriptor connected_socket(const std::string& address);

/// The whole answer to a GET of a page at host:port; empty when none begins within `longest`.
std::string http_get(const std::string& address, const std::string& path,
                     std::chrono::milliseconds longest = patience);

/// Ends a child by `kill -9`.
void kill_at_once(nats::process_handle& child);

using testing::temporary_directory;

/// A nats-server on a port that stays, with a store that survives its kills, and the data
/// directory of a dispatchd.
class site {
public:
  site();

  const std::shared_ptr<nats::connection>& on() const { return on_; }
  std::string url() const { return server_->url(); }
  std::filesystem::path data() const { return directory_.path() / "data"; }
  std::filesystem::path directory() const { return directory_.path(); }

  /// Ends the server by `kill -9`, does `meanwhile`, and waits until the server, started again on
  /// the same store, has the own connection back.
  void kill_server(const std::function<void()>& meanwhile = [] {});

  /// Ends the server as it is asked to, does something to its files, and starts it again on them.
  void with_server_stopped(const std::function<void(const std::filesystem::path&)>& files);
  /// Copies the server's files, or puts the copy in their place. It is stopped meanwhile.
  void back_up_server();
  void restore_server();

  /// Streams and definition; `change` may alter the input stream's settings.
  void create_zone(
      const zone_definition& definition,
      const std::function<void(nats::stream_settings&)>& change = [](nats::stream_settings&) {});
  void create_input(
      const std::string& zone,
      const std::function<void(nats::stream_settings&)>& change = [](nats::stream_settings&) {});

private:
  temporary_directory directory_;
  std::unique_ptr<nats::embedded_server> server_;
  std::shared_ptr<nats::connection> on_;
};

/// A dispatchd on the server of a site. Killed with its object.
class dispatchd {
public:
  /// What makes it another one than the only one.
  struct settings {
    std::string failpoint = {}; ///< where it is to die (actors/support/failpoint.hpp)
    std::string node = {};      ///< its name, with a data directory of its own
    std::vector<std::string> arguments = {};
    std::vector<std::string> environment = {}; ///< NAME=VALUE
  };

  explicit dispatchd(const site& where) : dispatchd(where, settings{}) {}
  dispatchd(const site& where, const settings& how);
  dispatchd(const std::string& server, std::filesystem::path data, const settings& how);
  dispatchd(const dispatchd&) = delete;
  dispatchd& operator=(const dispatchd&) = delete;
  ~dispatchd();

  /// Ends it by `kill -9`.
  void kill() { kill_at_once(process_); }
  /// Asks it to end and returns its exit status.
  int stop();
  bool has_ended() const;
  int wait_for_end() { return integration::wait_for_end(process_); }

  nats::process_handle& process() { return process_; }

  /// The body of a page of its HTTP server; waits until it answers.
  std::string page(const std::string& path) const;

  /// What it has logged.
  std::string log() const;

private:
  /// Beside the data, whose disk may be full.
  std::filesystem::path log_file() const { return data_.string() + ".log"; }

  std::filesystem::path data_;
  nats::process_handle process_;
};

} // namespace dispatch::integration
