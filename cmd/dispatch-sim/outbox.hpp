#pragma once

#include "cmd/dispatch-sim/agenda.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

namespace dispatch::sim {

/// A command on its way to the input stream. The same id and body are sent every time.
struct outgoing {
  std::string subject;
  std::string id;
  std::string body;
};

struct outbox_settings {
  std::string sender = "sim";
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
};

/// Commands until their outcome was announced: nothing less says that they took effect. What was
/// not stored, or has no outcome, is sent again under the same id, as often as it takes. Used from
/// one thread; wall time is given.
class outbox {
public:
  using clock = std::chrono::steady_clock;

  /// `send` passes a command on; whether it was stored is told later by stored() or failed().
  outbox(outbox_settings settings, std::function<void(const outgoing&)> send);

  /// Takes a command and returns its id, `<sender>.<counter>`. It is sent by pump().
  std::string add(std::string subject, std::string body);

  /// Sends what is due, as far as there is room in flight.
  void pump(clock::time_point now);

  void stored(const std::string& id, std::uint64_t sequence, clock::time_point now);
  void failed(const std::string& id, clock::time_point now);

  /// An event named this command: it is forgotten. Other ids are ignored.
  void outcome(const std::string& id);

  /// The input at this sequence became a dead letter.
  void dead_letter(std::uint64_t sequence);

  /// When pump() has something to do next without being told anything.
  std::optional<clock::time_point> next_due() const { return again_.next_due(); }

  /// Commands without an outcome.
  std::size_t waiting() const { return entries_.size(); }
  const outbox_tally& tally() const { return tally_; }

private:
  struct entry {
    outgoing what;
    std::uint64_t attempt = 0;
    bool in_flight = false;
    std::uint64_t sequence = 0; ///< where it is stored; 0: not known
  };
  struct retry {
    std::string id;
    std::uint64_t attempt = 0; ///< after which it was planned
  };

  void leave_flight(entry& one);
  void forget(std::unordered_map<std::string, entry>::iterator at);

  const outbox_settings settings_;
  const std::function<void(const outgoing&)> send_;
  std::unordered_map<std::string, entry> entries_;
  std::unordered_map<std::uint64_t, std::string> by_sequence_;
  std::set<std::uint64_t> dead_early_; ///< dead letters seen before their storing was
  std::deque<std::string> queue_;
  agenda<clock::time_point, retry> again_;
  std::size_t in_flight_ = 0;
  outbox_tally tally_;
};

} // namespace dispatch::sim
