#pragma once

#include "actors/ownership.hpp"
#include "messages/nats/bucket.hpp"
#include "messages/nats/bucket_watch.hpp"
#include "tests/integration/harness.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dispatch::nemesis {

/// What a cluster consists of.
struct cluster_settings {
  std::size_t nodes = 3;
  std::size_t zones = 12;
  std::uint32_t standbys = 1;
  std::chrono::milliseconds lease{1200};
  std::chrono::milliseconds renewal{300};
};

/// Several dispatchd on one nats-server, and zones spread over them.
class cluster {
public:
  /// Starts everything, and waits until every zone runs where it belongs.
  explicit cluster(const cluster_settings& how);

  integration::site& where() { return site_; }
  double balance_s() const { return balance_s_; }
  const std::vector<std::string>& nodes() const { return nodes_; }
  const std::vector<std::string>& zones() const { return zones_; }

  void start(const std::string& node);
  void kill(const std::string& node);
  void stop(const std::string& node);
  /// SIGSTOP and SIGCONT.
  void pause(const std::string& node);
  void resume(const std::string& node);
  /// An operator's wish that the node runs nothing.
  void drain(const std::string& node);
  void undrain(const std::string& node);

  /// Indices of the zones that the node has claimed.
  std::vector<std::size_t> zones_of(const std::string& node) const;
  /// The live nodes that have claimed zones, by zone.
  std::map<std::string, std::string> owners() const;

  /// Waits until it is so; looked at after every change of the leases bucket, and now and then.
  void await(const std::string& what, const std::function<bool()>& so);
  /// Waits until every zone is claimed by the node to which it belongs.
  void await_balance();

  /// What the nodes have logged, for a failure.
  std::string logs() const;

private:
  std::vector<ownership::member> members() const;

  const cluster_settings settings_;
  integration::site site_;
  nats::bucket bucket_;
  std::vector<std::string> nodes_;
  std::vector<std::string> zones_;
  std::map<std::string, std::unique_ptr<integration::dispatchd>> running_;
  double balance_s_ = 0.0;

  std::mutex mutex_;
  std::condition_variable changed_;
  nats::bucket_watch watch_; ///< last: it calls back until it is gone
};

} // namespace dispatch::nemesis
