#pragma once

#include "messages/nats/child_process.hpp"
#include "messages/nats/connection/connection.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dispatch::nemesis {

/// One nats-server, or several that form a JetStream cluster: on ports that stay, with stores that
/// survive their kills. None tells its clients of the others, so that who is cut off stays so.
/// Used from one thread, with which they end.
class servers {
public:
  /// Starts them. `with_users`: nodes sign in with a password, as everybody else does.
  servers(const std::filesystem::path& directory, std::size_t count, bool with_users);
  servers(const servers&) = delete;
  servers& operator=(const servers&) = delete;
  ~servers();

  std::size_t count() const { return all_.size(); }
  std::uint16_t port(std::size_t which) const { return all_[which].port; }
  /// Of all, separated by commas; for others than nodes.
  std::string urls() const;
  /// For a node that reaches a server at this port.
  std::string url_of_nodes(std::uint16_t port) const;

  /// `kill -9`, and SIGTERM with the wait for the end.
  void kill(std::size_t which);
  void stop(std::size_t which);
  /// Starts one that has ended, on its store, and waits until it accepts clients. Of several, the
  /// last accepts them only when they have found each other.
  void start(std::size_t which);
  /// Does it to each.
  void kill_all();
  void start_all();

  /// Notes what the disks of all hold, or makes them hold that again; nobody writes meanwhile.
  void copy_stores();
  void restore_stores();

  /// Whether the servers know the password that the nodes have; until each is started again they
  /// go by what they knew.
  void know_nodes(bool known);

  /// Waits until each says that all its streams are current.
  void await_health() const;

  /// The one that leads the replicas of a stream, and the one that leads all servers; nullopt
  /// while none does.
  std::optional<std::size_t> leader_of(nats::connection& on, const std::string& stream) const;
  std::optional<std::size_t> meta_leader() const;

private:
  struct server {
    std::string name;
    std::uint16_t port = 0;
    std::uint16_t route_port = 0;
    std::uint16_t http_port = 0;
    std::filesystem::path directory;
    nats::process_handle process;
  };

  void launch(server& which);
  void await_clients(const server& which) const;
  void write_configuration(const server& which) const;
  std::optional<std::size_t> by_name(const std::string& name) const;

  std::filesystem::path copy_of(const server& which) const;

  const bool with_users_;
  bool nodes_known_ = true;
  std::vector<server> all_;
};

} // namespace dispatch::nemesis
