#pragma once

#include "cmd/dispatchd/answers/http_server.hpp"
#include "cmd/dispatchd/data_directory.hpp"
#include "cmd/dispatchd/housekeeper.hpp"
#include "cmd/dispatchd/options.hpp"
#include "cmd/dispatchd/zones/zone_keeper.hpp"
#include "messages/nats/embedded_server.hpp"
#include "messages/osrm/table_engine.hpp"
#include "messages/signing/local_signer.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace dispatch::daemon {

/// A running dispatchd: its server if it has one, its connections, its zones and its HTTP pages.
class node {
public:
  /// Takes the data directory, connects, announces the addresses, and begins to run zones. Ends the
  /// program (cli::stop) when another process has the directory or the name.
  static result<std::unique_ptr<node>> start(options how);
  ~node();

  /// Finishes the turns in hand, announces what is committed and lets other nodes take over.
  /// Returns false when that took longer than `patience`.
  bool drain(std::chrono::seconds patience);

  /// Whether its own server is gone for good. Then the process is sent SIGTERM, too.
  bool lost_server() const { return lost_server_; }

private:
  node(options how, data_directory taken);
  status connect();
  void start_pages();
  void choose_name();
  status keep_name() const;
  void tell_zones() const;
  result<std::optional<nats::bucket_entry>> find_heartbeat() const;
  void refuse_namesake(const nats::bucket_entry& last) const;
  void await_lease() const;
  std::string refused_permission() const;
  void stop_if_refused() const;
  void take_up_key();
  void take_up_routing_engine();
  http_reply ready_page() const;
  std::filesystem::path name_file() const {
    return std::filesystem::path{options_.data} / "node-name";
  }

  const data_directory directory_; ///< goes last
  options options_;
  std::atomic<bool> lost_server_{false};
  std::unique_ptr<nats::embedded_server> server_;
  connections connections_;
  std::unique_ptr<caf::actor_system_config> config_; ///< the system refers to it until it is gone
  std::unique_ptr<caf::actor_system> system_;

  std::shared_ptr<osrm::table_engine> routing_engine_; ///< null: travel times are estimated
  std::shared_ptr<signing::local_signer> signer_;      ///< null: there are no waybills
  std::unique_ptr<zone_keeper> keeper_;
  std::unique_ptr<housekeeper> housekeeper_;
  std::unique_ptr<housekeeper> courier_; ///< of riders who go from one zone to another
  std::unique_ptr<http_server> http_;
};

} // namespace dispatch::daemon
