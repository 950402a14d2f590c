#pragma once

#include "actors/host/ownership.hpp"
#include "cmd/dispatchd/options.hpp"
#include "messages/nats/bucket.hpp"
#include "messages/nats/bucket_watch.hpp"
#include "messages/nats/connection/connection.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace dispatch::daemon {

/// Tells the other nodes that this one lives, and knows which of them do, by the leases bucket. A
/// node lives while its heartbeats come: for one lease after each, by the monotonic clock of
/// whoever looks. Liveness only: what makes a second owner harmless is the log's fence.
class membership {
public:
  struct settings {
    std::string root;
    std::string node;
    std::string run; ///< of the process, among all runs of all nodes
    double capacity = 1.0;
    std::set<std::string> zones; ///< empty: any
    std::chrono::milliseconds lease{1200};
    std::chrono::milliseconds renewal{300};
  };

  struct claimed {
    ownership::incarnation by;
    std::uint64_t revision = 0;
  };

  /// What this node knows now.
  struct view {
    std::vector<ownership::member> members; ///< the live ones, this one among them
    std::map<std::string, claimed> claims;  ///< by zone
  };

  static settings settings_of(const options& node);

  /// Starts the heartbeat. `on_change` is called from another thread, and must only hand over.
  membership(std::shared_ptr<nats::connection> on, settings how, std::function<void()> on_change);
  membership(const membership&) = delete;
  membership& operator=(const membership&) = delete;
  ~membership();

  const ownership::incarnation& self() const { return self_.who; }

  /// Tells whether the other nodes take this one for alive for some time yet. May be called by any
  /// thread, and outlives the membership.
  std::function<bool()> lease() const;

  /// nullopt until this node's own heartbeat has come back: then all that was stored before it has
  /// come as well.
  std::optional<view> look();

  /// What the next heartbeats say.
  void set_followed(std::map<std::string, std::uint64_t> followed);
  void set_unable(std::set<std::string> zones);
  void set_leaving();

  /// Claims a zone, or lets go of it. Fails when somebody was faster. Blocks, a few seconds at
  /// most.
  status claim(const std::string& zone, const view& known);
  status release(const std::string& zone, const view& known);
  /// Lets go of a zone as if this node had died: whoever takes it knows that it was not in order.
  status abandon(const std::string& zone, const view& known);

private:
  using clock = std::chrono::steady_clock;

  void run();
  void beat();

  const std::shared_ptr<nats::connection> connection_;
  const settings settings_;
  nats::bucket bucket_;
  nats::bucket_watch watch_;
  std::map<std::string, claimed> claims_; ///< parsed, by key; of look()

  /// The end of the lease, of the monotonic clock; shared with answers that are on their way.
  std::shared_ptr<std::atomic<clock::rep>> leased_until_;

  mutable std::mutex mutex_; ///< guards all below
  std::condition_variable changed_;
  ownership::member self_;
  bool due_ = true;
  bool stopping_ = false;

  std::thread thread_;
};

/// What the last heartbeat under this name was, if there was one. Fails when the bucket of leases
/// cannot be read.
result<std::optional<nats::bucket_entry>>
last_heartbeat(const std::shared_ptr<nats::connection>& on, const membership::settings& how);

/// What the heartbeats of another process under this name say, if one comes after `last` within a
/// lease; of a process that has ended none does. Nothing is waited for when `last` is of
/// `ended_run`.
std::optional<ownership::member> find_namesake(const std::shared_ptr<nats::connection>& on,
                                               const membership::settings& how,
                                               const nats::bucket_entry& last,
                                               const std::string& ended_run);

} // namespace dispatch::daemon
