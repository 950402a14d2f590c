#pragma once

#include "cmd/client/agenda.hpp"
#include "cmd/client/announced.hpp"
#include "cmd/client/bell.hpp"
#include "cmd/client/command.hpp"
#include "messages/entities/entity.hpp"
#include "messages/wire/subjects.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace dispatch::client {

struct outbox_settings {
  std::string root = wire::default_root;
  std::size_t waiting_max = 65'536; ///< commands without an outcome
  std::size_t in_flight_max = 1024; ///< sent and not yet stored
  std::chrono::milliseconds again_after_failure{500};
  std::chrono::milliseconds again_without_outcome{10'000};
};

/// What is known of the commands sent.
struct outbox_tally {
  std::uint64_t commands = 0;
  std::uint64_t outcomes = 0;
  std::uint64_t sent_again = 0;
  std::uint64_t dead = 0; ///< commands that became dead letters

  outbox_tally& operator+=(const outbox_tally& other);
};

/// Commands to one zone until their outcome was announced: nothing less says that they took effect.
/// What was not stored, or has no outcome, is sent again under the same id, as often as it takes.
/// Used from one thread at a time; wall time is given.
class outbox {
public:
  using clock = steady;

  explicit outbox(outbox_settings settings) : settings_(std::move(settings)) {}

  /// Takes a command, which due() then returns. Fails when there is no room, and while a command
  /// with this id waits.
  status add(command command);

  /// What is to be sent now, as far as there is room in flight. Whether one was stored is told by
  /// stored() or failed().
  std::vector<std::shared_ptr<const command>> due(clock::time_point now);

  void stored(const std::string& id, std::uint64_t sequence, clock::time_point now);
  void failed(const std::string& id, clock::time_point now);

  /// Ends the command of which this is the outcome or the dead letter: the outcome is the first
  /// event of the command's own entity that has its id. Others are ignored.
  void hear(const announced& message);

  /// Ends the command, whatever its outcome should be. Other ids are ignored.
  void end(const std::string& id);

  /// When due() has something to do next without being told anything.
  std::optional<clock::time_point> next_due() const { return again_.next_due(); }

  /// Commands without an outcome.
  std::size_t waiting() const { return entries_.size(); }
  const outbox_tally& tally() const { return tally_; }

private:
  struct entry {
    std::shared_ptr<const command> what;
    std::optional<entity_ref> target; ///< nullopt: its subject is no command's
    std::uint64_t number = 0;         ///< tells it from others that had its id
    std::uint64_t attempt = 0;
    bool in_flight = false;
    clock::time_point sent = {};
    std::uint64_t sequence = 0; ///< where it is stored; 0: not known
  };
  using entries = std::unordered_map<std::string, entry>;
  struct retry {
    std::string id;
    std::uint64_t number = 0;
    std::uint64_t attempt = 0; ///< after which it was planned
  };

  void line_up_again(clock::time_point now);
  void bury(std::uint64_t sequence);
  void leave_flight(entry& one);
  void forget(entries::iterator at);

  const outbox_settings settings_;
  entries entries_;
  std::unordered_map<std::uint64_t, std::string> by_sequence_;
  std::set<std::uint64_t> dead_early_; ///< of dead letters that are nobody's yet; the newest ones
  std::deque<std::string> queue_;
  agenda<clock::time_point, retry> again_;
  std::size_t in_flight_ = 0;
  outbox_tally tally_;
};

} // namespace dispatch::client
