#pragma once

#include "cmd/dispatchctl/session.hpp"
#include "messages/nats/bucket.hpp"
#include "messages/time.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace dispatch::ctl {

/// A node as its last heartbeat and its claims tell it.
struct known_node {
  /// A node that was not heard of for longer is taken for gone; leases are shorter.
  static constexpr std::chrono::seconds silent_after{5};

  std::string name;
  double capacity = 1.0;
  bool leaving = false;
  bool drained = false;
  std::size_t zones = 0; ///< claimed by it
  timestamp heard_of;    ///< by the server's clock
  duration age{0};       ///< of that, by this one

  bool silent() const { return age > silent_after; }
  /// live, drained, leaving or silent.
  std::string state() const;
};

/// What the leases bucket says.
struct leases {
  std::vector<known_node> nodes;             ///< by name
  std::map<std::string, std::string> claims; ///< the node that claims a zone, by zone

  const known_node* find(const std::string& node) const;
};

/// Empty on a server where there never was a node.
leases read_leases(session& with);

nats::bucket leases_bucket(session& with);

} // namespace dispatch::ctl
