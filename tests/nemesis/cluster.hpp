#pragma once

#include "actors/host/ownership.hpp"
#include "messages/nats/bucket.hpp"
#include "messages/nats/bucket_watch.hpp"
#include "tests/integration/harness.hpp"
#include "tests/nemesis/proxy.hpp"
#include "tests/nemesis/servers.hpp"
#include "tests/nemesis/usage.hpp"
#include "tests/nemesis/zones.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace dispatch::nemesis {

/// What the nodes run on, for faults that need it.
struct equipment {
  bool proxies = false;       ///< between each node and each server
  bool small_disks = false;   ///< each node's data on a tmpfs of its own, in a mount namespace
  bool own_clocks = false;    ///< each node's wall clock can be set
  bool thread_limits = false; ///< the threads of each node can be limited
  bool users = false;         ///< the servers ask for passwords
};

/// What a cluster consists of.
struct cluster_settings {
  std::size_t servers = 1; ///< streams and buckets have as many replicas
  std::size_t nodes = 3;
  zone_settings zones;
  std::chrono::milliseconds lease{1200};
  std::chrono::milliseconds renewal{300};
  std::filesystem::path keep = {}; ///< everything is left here; empty: it is removed
  equipment with;
};

/// Several dispatchd on one nats-server or on several, and zones spread over them.
class cluster {
public:
  /// Starts everything, and waits until every zone runs where it belongs.
  explicit cluster(const cluster_settings& how);

  const std::shared_ptr<nats::connection>& on() const { return on_; }
  servers& where() { return servers_; }
  double balance_s() const { return balance_s_; }
  const std::vector<std::string>& nodes() const { return nodes_; }
  const std::vector<std::string>& zones() const { return zones_; }
  /// What the zones are, by their index.
  const std::vector<planned_zone>& plans() const { return plans_; }

  void start(const std::string& node);
  void kill(const std::string& node);
  void stop(const std::string& node);
  /// Starts the nodes again that found no server when they began, as a supervisor does. Throws if
  /// one has ended for another reason.
  void supervise();
  bool runs(const std::string& node) const {
    return running_.at(node)->process().runs() && !running_.at(node)->has_ended();
  }
  pid_t process_id(const std::string& node) { return running_.at(node)->process().id(); }
  node_usage usage(const std::string& node) { return usage_of(process_id(node), data(node)); }
  std::filesystem::path data(const std::string& node) const { return directory_ / node; }
  /// Does it to every wire of the node.
  void each_wire(const std::string& node, const std::function<void(proxy&)>& act);
  /// Sets the node's wall clock off by so much.
  void set_clock(const std::string& node, std::chrono::seconds ahead);
  /// The node may have so many threads at once; 0: any number.
  void limit_threads(const std::string& node, std::size_t most);
  /// A figure of its /metrics, of a zone that it runs; 0 when it has none.
  double metric(const std::string& node, const std::string& name, const std::string& zone) const;
  /// SIGSTOP and SIGCONT.
  void pause(const std::string& node);
  void resume(const std::string& node);
  /// Deletes the bucket of leases and creates it again.
  void recreate_leases();
  /// An operator's wish that the node runs nothing.
  void drain(const std::string& node);
  void undrain(const std::string& node);

  /// Indices of the zones that the node has claimed.
  std::vector<std::size_t> zones_of(const std::string& node) const;
  /// The node that has claimed the zone; waits until one has.
  std::string owner_of(const std::string& zone);
  /// The live nodes that have claimed zones, by zone.
  std::map<std::string, std::string> owners() const;

  /// Waits until it is so; looked at after every change of the leases bucket, and now and then.
  void await(const std::string& what, const std::function<bool()>& so,
             std::chrono::milliseconds longest = integration::patience);
  /// Waits until every node is heard of and has zones, and every zone has one owner and stays
  /// there.
  void await_balance();

  /// What the nodes have logged, for a failure.
  std::string logs() const;

private:
  std::vector<ownership::member> members() const;
  /// What is not as it must be at rest, for people; empty when all is.
  std::string unrest(const std::map<std::string, std::string>& owned_by) const;

  void create_zones();
  void watch_leases();
  std::vector<std::string> environment_of(const std::string& node) const;
  /// What a preloaded library of the node looks at.
  std::string told_file(const std::string& node, const std::string& about) const {
    return (directory_ / (node + "." + about)).string();
  }
  void tell(const std::string& node, const std::string& about, std::int64_t value) const;
  std::string urls_of(const std::string& node) const;

  const cluster_settings settings_;
  integration::temporary_directory temporary_;
  const std::filesystem::path directory_;
  servers servers_;
  const std::shared_ptr<nats::connection> on_;
  nats::bucket bucket_;
  std::vector<std::string> nodes_;
  std::vector<planned_zone> plans_;
  std::vector<std::string> zones_;
  std::map<std::string, std::vector<std::unique_ptr<proxy>>> wires_; ///< by node; one per server
  std::map<std::string, std::unique_ptr<integration::dispatchd>> running_;
  double balance_s_ = 0.0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<nats::bucket_watch> watch_; ///< last: it calls back until it is gone
};

} // namespace dispatch::nemesis
