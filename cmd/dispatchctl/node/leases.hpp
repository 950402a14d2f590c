#pragma once

#include "cmd/dispatchctl/session.hpp"
#include "messages/nats/bucket.hpp"
#include "messages/time.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <set>
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
  std::set<std::string> only;   ///< the zones that it may run; empty: any
  std::set<std::string> unable; ///< zones that it cannot run at present
  std::size_t zones = 0;        ///< claimed by it
  timestamp heard_of;           ///< by the server's clock
  duration age{0};              ///< of that, by this one

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

/// Which node runs a zone.
struct placement {
  std::string node;    ///< empty: none
  std::string why_not; ///< why none does; empty when one does
};
placement placement_of(const std::string& zone, const leases& known);

/// Empty on a server where there never was a node.
leases read_leases(session& session);

nats::bucket leases_bucket(session& session);

} // namespace dispatch::ctl
