#pragma once

#include "messages/nats/child_process.hpp"

#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace dispatch::nemesis {

/// A wire between a node and a server, that can be cut or made slow. It forwards connections to a
/// port of the loopback interface.
class proxy {
public:
  /// The directions in which bytes are held back.
  struct held {
    bool to_server = false;
    bool to_node = false;
  };

  explicit proxy(std::uint16_t server_port);
  proxy(const proxy&) = delete;
  proxy& operator=(const proxy&) = delete;
  ~proxy();

  std::uint16_t port() const { return port_; }

  /// From now on bytes of these directions arrive here and go no further; those of the others do.
  /// What was held and is not any more is delivered, even when its sender has long given up.
  void hold(held which);
  /// A text, and another one of the same length.
  struct replacement {
    std::string from;
    std::string to;
  };
  /// From now on what the node says is changed so on its way to the server.
  void rewrite(std::vector<replacement> what);
  /// Ends all connections; what is held is lost.
  void drop();
  /// Bytes that are held.
  std::size_t held_bytes() const;

private:
  struct flow {
    std::string bytes;   ///< read and not yet written
    bool ended = false;  ///< nothing more comes
    bool broken = false; ///< nobody takes it
  };
  struct link {
    nats::descriptor node;
    nats::descriptor server;
    flow to_server;
    flow to_node;
  };

  void run();
  void accept_one();
  static bool goes_on(const link& each);
  void rewrite_in(std::string& bytes) const;
  void wake();

  const std::uint16_t server_port_;
  const nats::descriptor wake_event_;
  const nats::descriptor listener_;
  std::uint16_t port_ = 0;

  mutable std::mutex mutex_; ///< guards all below, down to the thread
  held held_;
  std::vector<replacement> replacements_;
  bool drop_due_ = false;
  bool stopping_ = false;
  std::list<link> links_;

  std::thread thread_;
};

} // namespace dispatch::nemesis
