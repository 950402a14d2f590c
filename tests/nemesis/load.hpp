#pragma once

#include "messages/nats/connection.hpp"
#include "messages/nats/input_feed.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace dispatch::nemesis {

using steady = std::chrono::steady_clock;

/// A steady load on many zones, from senders that do what the contract asks of them: they send a
/// command again, under the same id, until they have seen its outcome.
class load {
public:
  /// One command and when its first event was read from the output stream.
  struct sample {
    std::size_t zone = 0;
    steady::time_point published;
    steady::time_point announced;
  };

  load(std::shared_ptr<nats::connection> on, std::vector<std::string> zones,
       double per_second_and_zone);
  load(const load&) = delete;
  load& operator=(const load&) = delete;
  ~load();

  const std::vector<std::string>& zones() const { return zones_; }

  /// Waits until a command published after `since` has an outcome, in each of the zones.
  void await_outcomes(const std::vector<std::size_t>& zones, steady::time_point since);

  /// Waits until a command that is sent to the zone from now on has no outcome for so long.
  void await_silence(const std::string& zone, std::chrono::milliseconds span);

  /// Waits until everything published before the call has an outcome.
  void settle();

  /// Sends nothing new, and waits until everything sent has an outcome. Throws when that does not
  /// come.
  void finish();

  /// All that have an outcome.
  std::vector<sample> samples() const;

private:
  struct command {
    std::size_t zone = 0;
    std::string subject;
    std::string id;
    std::string body;
    steady::time_point published; ///< for the first time
    steady::time_point sent;      ///< last
  };
  struct sender {
    std::uint64_t step = 0;
    steady::time_point answered; ///< when the newest command that has an outcome was published
  };

  command next_of(std::size_t zone);
  void publish(const command& what);
  void send();
  void read();
  void take(std::size_t zone);

  const std::shared_ptr<nats::connection> connection_;
  const std::vector<std::string> zones_;
  const std::chrono::nanoseconds interval_; ///< between commands of all zones

  mutable std::mutex mutex_; ///< guards all below, down to the threads
  std::condition_variable changed_;
  bool available_ = false;
  bool sending_ = true;
  bool stopping_ = false;
  std::vector<sender> senders_; ///< by zone
  std::map<std::string, command> open_;
  std::vector<sample> samples_;
  std::vector<std::unique_ptr<nats::nats_input_feed>> feeds_;

  std::thread sending_thread_;
  std::thread reading_thread_;
};

} // namespace dispatch::nemesis
