#pragma once

#include "cmd/dispatchd/disk_room.hpp"
#include "cmd/dispatchd/membership.hpp"
#include "cmd/dispatchd/options.hpp"
#include "cmd/dispatchd/zones/progress_watch.hpp"
#include "cmd/dispatchd/zones/standby.hpp"
#include "cmd/dispatchd/zones/zone_runtime.hpp"
#include "messages/nats/bucket_watch.hpp"

#include <caf/fwd.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace dispatch::daemon {

/// Runs the zones that are this node's by actors/host/ownership.hpp, follows those that it is a
/// standby of, and hands over those that belong to another node, one at a time. A zone that takes
/// no commands although some wait is given up.
class zone_keeper {
public:
  zone_keeper(caf::actor_system& system, const options& node, const connections& on);
  zone_keeper(const zone_keeper&) = delete;
  zone_keeper& operator=(const zone_keeper&) = delete;

  /// Stops without finishing anything.
  ~zone_keeper();

  /// Finishes the turns in hand, announces what is committed and lets other nodes go on. Returns
  /// false when that took longer than `patience`.
  bool leave(std::chrono::seconds patience);

  /// Waits until the node has a lease and reads the zones' definitions; before that it does nothing
  /// for any zone. Returns false when it takes longer than `patience`, or `is_hopeless`.
  bool await_lease(std::chrono::milliseconds patience,
                   const std::function<bool()>& is_hopeless) const;

  /// Whether its thread has gone round lately.
  bool alive() const;
  /// Why the node is not ready, one line each; empty: it is. A definition that nobody can read is
  /// no reason: no node would be ready, and none could help.
  std::string missing() const;
  /// Zones that are run or followed here, under a lock.
  void visit(const std::function<void(const zone_runtime&)>& owned) const;
  std::size_t followed() const;

private:
  using clock = std::chrono::steady_clock;

  /// What the node has of a zone. At most one of runtime and follower.
  struct slot {
    std::uint64_t revision = 0; ///< of the definition
    std::optional<zone_definition> definition;
    bool begin_anew = false; ///< by the definition: what runs or halted here is over
    std::unique_ptr<zone_runtime> runtime;
    std::unique_ptr<standby> follower;
    bool handed_over = false;                   ///< to this node, by an owner who ended in order
    std::shared_ptr<std::atomic<bool>> drained; ///< of a hand-over under way: it may go on
    clock::time_point not_before;               ///< after a failure
    std::optional<clock::time_point> failing_since; ///< the store does not work
    clock::time_point unable_until;                 ///< others shall try
    clock::time_point started;                      ///< the runtime
    std::string complaint;                          ///< reported already
    std::optional<clock::time_point> wanted_since;  ///< it is to run here, and has no runtime
    bool elsewhere = false;                         ///< another live node has claimed it
    progress_watch progress;                        ///< of the runtime
    clock::time_point next_look;                    ///< at its progress
    std::uint64_t unknown_appends = 0;              ///< when it last went on
    /// Number of the newest record that another live node has read from the log.
    std::shared_ptr<std::atomic<std::uint64_t>> known_elsewhere =
        std::make_shared<std::atomic<std::uint64_t>>(0);
  };

  void run();
  void go_round();
  void read_definitions();
  void remove_deleted();
  void give_up_all();
  void tend(const std::string& name, slot& zone, const membership::view& known);
  void own(const std::string& name, slot& zone, const membership::view& known);
  void follow(const std::string& name, slot& zone);
  void hand_over(const std::string& name, slot& zone, const membership::view& known);
  void let_go(slot& zone);
  void retry_store(const std::string& name, slot& zone, const std::string& what);
  bool note_failure(slot& zone);
  void note_duty(slot& zone, ownership::duty duty, bool elsewhere);
  void complain(const std::string& name, slot& zone, const std::string& what);
  bool set_complaint(slot& zone, const std::string& what);
  void watch_progress(const std::string& name, slot& zone, const membership::view& known);
  static std::string waits_for(const slot& zone);
  static std::string missing_of(const slot& zone);
  void compare_threads() const;
  void place_zones(const std::vector<ownership::member>& members);
  void tell_what_is_followed();
  void tell_what_cannot_be_run();
  void note_known_elsewhere(const membership::view& known);

  caf::actor_system& system_;
  const options& options_;
  const connections& connections_;

  /// Shared with callbacks that may come late.
  struct bell {
    std::mutex mutex;
    std::condition_variable rung;
    bool due = true;
    bool stopping = false;

    void ring();
  };

  const std::shared_ptr<bell> bell_ = std::make_shared<bell>();

  mutable std::mutex mutex_; ///< guards slots_ against readers; only the thread changes it
  std::map<std::string, slot> slots_;
  std::uint64_t definitions_read_ = 0;       ///< their version
  std::set<std::string> deleted_;            ///< zones whose files are still here
  std::map<std::string, std::string> homes_; ///< by ownership::placement
  std::string placed_by_;                    ///< what that was made of
  std::atomic<bool> leaving_{false};
  std::atomic<bool> leased_once_{false}; ///< the node has seen its own heartbeat
  std::atomic<bool> empty_{false}; ///< nothing is run here any more, and all claims are released
  disk_room disk_;
  std::atomic<clock::rep> last_round_;

  membership members_;
  const std::function<bool()> leased_;
  nats::bucket_watch definitions_;
  std::thread thread_;
};

} // namespace dispatch::daemon
