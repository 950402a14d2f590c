#pragma once

#include "cmd/dispatchd/http_server.hpp"
#include "cmd/dispatchd/options.hpp"
#include "cmd/dispatchd/zone_runtime.hpp"
#include "messages/nats/bucket.hpp"
#include "messages/nats/embedded_server.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

namespace dispatch::daemon {

/// A running dispatchd: its server if it has one, its connections, its zones and its HTTP pages.
class node {
public:
  /// Connects and announces the addresses. Zones follow with watch_zones().
  static result<std::unique_ptr<node>> start(options how);
  ~node();

  /// Opens zones that are new, stops those that are gone, reopens those that can be cured. To be
  /// called every second or so.
  void watch_zones();

  /// Finishes the turns in hand and announces what is committed. Returns false when that took
  /// longer than `patience`.
  bool drain(std::chrono::seconds patience);

private:
  explicit node(options how);
  status connect();
  status start_pages();
  void open_zone(const std::string& name, const std::string& definition);
  http_reply ready_page();

  options options_;
  std::unique_ptr<nats::embedded_server> server_;
  connections connections_;
  std::unique_ptr<nats::bucket> bucket_;
  std::unique_ptr<caf::actor_system_config> config_; ///< the system refers to it until it is gone
  std::unique_ptr<caf::actor_system> system_;

  std::mutex mutex_; ///< guards zones_
  std::map<std::string, std::unique_ptr<zone_runtime>> zones_;
  std::set<std::string> complained_; ///< zones whose failure has been reported
  std::atomic<bool> draining_{false};
  std::atomic<std::int64_t> last_watch_s_{0};
  std::unique_ptr<http_server> http_;
};

} // namespace dispatch::daemon
