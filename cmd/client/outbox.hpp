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
#include <functional>
#include <map>
#include <memory>
#include <optional>
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

/// What became of a command.
struct told {
  std::uint64_t input = 0; ///< where it is stored in the input stream; 0: not known
  /// Its outcome, which may be a refusal, or its dead letter; nullopt: none came in time.
  std::optional<announced> answer;
  std::string hindrance; ///< why it was not stored when that failed last; empty: it never failed
};

using told_handler = std::function<void(told)>;

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

  /// Takes a command, which due() then returns. What becomes of it until then is for `done`. Fails
  /// when there is no room, and while a command with this id waits.
  status add(command what, told_handler done = {},
             clock::time_point until = clock::time_point::max());

  /// What is to be sent now, as far as there is room in flight. Whether one was stored is told by
  /// stored() or failed().
  std::vector<std::shared_ptr<const command>> due(clock::time_point now);

  void stored(const std::string& id, std::uint64_t sequence, clock::time_point now);
  void failed(const std::string& id, std::string why, clock::time_point now);

  /// Ends the command of which this is the outcome or the dead letter: the outcome is the first
  /// event of the command's own entity that has its id. Others are ignored.
  void hear(const announced& message);

  /// Ends the command, whatever its outcome should be. Other ids are ignored.
  void end(const std::string& id, const announced& outcome);

  /// The calls to `done` that are due.
  std::vector<std::function<void()>> take_calls() { return std::exchange(calls_, {}); }

  /// When due() has something to do next without being told anything.
  std::optional<clock::time_point> next_due() const;

  /// Commands without an outcome.
  std::size_t waiting() const { return entries_.size(); }
  const outbox_tally& tally() const { return tally_; }

private:
  struct entry {
    std::shared_ptr<const command> what;
    std::optional<entity_ref> target; ///< nullopt: its subject is no command's
    told_handler done;
    std::uint64_t number = 0; ///< tells it from others that had its id
    std::uint64_t attempt = 0;
    bool in_flight = false;
    clock::time_point sent = {};
    std::uint64_t sequence = 0; ///< where it is stored; 0: not known
    std::string hindrance = {};
  };
  using entries = std::unordered_map<std::string, entry>;
  struct retry {
    std::string id;
    std::uint64_t number = 0;
    std::uint64_t attempt = 0; ///< after which it was planned
  };

  void give_up(clock::time_point now);
  void line_up_again(clock::time_point now);
  void bury(std::uint64_t sequence, const announced& letter);
  void leave_flight(entry& one);
  void forget(entries::iterator at, const announced* answer);

  const outbox_settings settings_;
  entries entries_;
  std::unordered_map<std::uint64_t, std::string> by_sequence_;
  std::map<std::uint64_t, announced> dead_early_; ///< dead letters heard of before their storing
  std::deque<std::string> queue_;
  agenda<clock::time_point, retry> again_;
  agenda<clock::time_point, retry> patience_;
  std::vector<std::function<void()>> calls_;
  std::size_t in_flight_ = 0;
  outbox_tally tally_;
};

} // namespace dispatch::client
