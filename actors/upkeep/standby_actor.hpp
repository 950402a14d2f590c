#pragma once

#include "actors/protocol.hpp"
#include "messages/ports/commit_log.hpp"
#include "messages/ports/input_feed.hpp"
#include "messages/ports/snapshot_shelf.hpp"
#include "persistence/store.hpp"

#include <caf/fwd.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace dispatch {

/// How a zone's log is followed.
struct standby_options {
  std::string zone_name;
  std::shared_ptr<input_feed> feed;                    ///< delivers the log stream
  std::shared_ptr<commit_log> log;                     ///< the same stream
  std::shared_ptr<snapshot_shelf> snapshots = nullptr; ///< null: there are none
  std::shared_ptr<store> kept;                         ///< nobody else writes to it
  std::uint64_t digests_accepted = 0;                  ///< as log_replay takes it
  /// Number of the last record in the store.
  std::shared_ptr<std::atomic<std::uint64_t>> followed =
      std::make_shared<std::atomic<std::uint64_t>>(0);
  /// Called once when the log cannot be followed any further; `permanent`: trying again cannot
  /// help. From any thread.
  std::function<void(const std::string& cause, bool permanent)> on_failed = [](const std::string&,
                                                                               bool) {};
};

/// Restores what the log has lost of the store's journal, loads a shipped snapshot into a store
/// that is empty or behind the log's beginning, then brings the store up to the log and keeps it
/// there, verifying each record as log_replay does. The feed must outlive the actor's answer to
/// `stop_following`.
standby_actor spawn_standby(caf::actor_system& system, standby_options options);

} // namespace dispatch
