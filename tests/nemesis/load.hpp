#pragma once

#include "cmd/client/sender.hpp"
#include "messages/nats/connection/connection.hpp"
#include "messages/records/event.hpp"
#include "tests/nemesis/script.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace dispatch::nemesis {

using steady = client::steady;

/// A zone as its senders know it.
struct spoken_zone {
  std::string name;
  zone_kind kind = zone_kind::steady;
};

/// A steady load on many zones, from senders that do what the contract asks of them: they send a
/// command again, under the same id, until they have seen its outcome. That is the event that the
/// command must lead to; a refusal is held against the zone. Commands of one entity are sent one
/// after the other.
class load {
public:
  /// One command and when its outcome was read from the output stream.
  struct sample {
    std::size_t zone = 0;
    std::string id;
    steady::time_point published;
    steady::time_point announced;
  };
  /// A zone began a new epoch.
  struct opening {
    std::size_t zone = 0;
    steady::time_point announced;
  };

  load(std::shared_ptr<nats::connection> on, std::vector<spoken_zone> zones,
       double per_second_and_zone);
  load(const load&) = delete;
  load& operator=(const load&) = delete;
  ~load();

  /// Whether the zone is sent commands without being asked.
  bool is_busy(std::size_t zone) const { return zones_[zone].kind != zone_kind::quiet; }

  /// Waits until a command published after `since`, and all that were published before it, have an
  /// outcome, in each of the zones. Quiet ones are asked for one when the others have answered.
  /// Throws when that takes too long.
  void await_outcomes(const std::vector<std::size_t>& zones, steady::time_point since,
                      std::chrono::milliseconds longest);
  /// The same, and whether it came.
  bool is_answered_within(std::chrono::milliseconds longest, const std::vector<std::size_t>& zones,
                          steady::time_point since);

  /// Waits until a command that is sent to the zone from now on has no outcome for so long.
  void await_silence(const std::string& zone, std::chrono::milliseconds span);

  /// Waits until everything published before the call has an outcome.
  void settle();

  /// Sends nothing new, and waits until everything sent has an outcome. Throws when that does not
  /// come.
  void finish();

  /// When the oldest command of each zone was published that has no outcome; by zone.
  std::map<std::size_t, steady::time_point> unanswered() const;

  /// All that have an outcome.
  std::vector<sample> samples() const;
  /// All that were announced.
  std::vector<opening> openings() const;
  /// Answers other than the expected ones, for people.
  std::vector<std::string> surprises() const;

private:
  struct command {
    std::size_t zone = 0;
    std::string entity; ///< such as `order.o7`
    std::string row;    ///< with the zone
    std::string what;   ///< for people
    std::string subject;
    std::string id;
    std::string body;
    std::string expected;
    bool follows = false;
    steady::time_point published;
  };
  struct sender {
    std::uint64_t step = 0;
    bool asked = false;          ///< for a probe
    steady::time_point answered; ///< when the newest command that has an outcome was published
    std::uint64_t epoch = 0;     ///< the newest that was announced
  };

  bool is_due(std::size_t zone, std::uint64_t round);
  command next_of(std::size_t zone);
  void say(command next, steady::time_point now);
  void launch(command next, steady::time_point now);
  void send();
  void read();
  std::string observe(std::size_t zone, const event& what);
  std::map<std::string, command>::iterator meant_by(std::size_t zone, const event& what);
  std::string end(std::map<std::string, command>::iterator found, steady::time_point now);
  std::optional<std::size_t> first_silent(const std::vector<std::size_t>& zones,
                                          steady::time_point since,
                                          std::chrono::milliseconds longest);
  std::optional<steady::time_point> oldest_of(std::size_t zone) const;

  const std::shared_ptr<nats::connection> connection_;
  const std::vector<spoken_zone> zones_;
  const std::chrono::nanoseconds interval_; ///< between commands of all zones

  mutable std::mutex mutex_; ///< guards all below, down to the bell
  std::condition_variable changed_;
  bool sending_ = true;
  bool stopping_ = false;
  std::vector<sender> senders_; ///< by zone
  std::map<std::string, command> open_;
  std::map<std::string, std::deque<command>> rows_; ///< behind the one that is open; by row
  std::vector<sample> samples_;
  std::vector<opening> openings_;
  std::vector<std::string> surprises_;

  const std::shared_ptr<client::bell> bell_ = std::make_shared<client::bell>();
  std::vector<std::unique_ptr<client::sender>> clients_; ///< by zone
  std::thread sending_thread_;
  std::thread reading_thread_;
};

} // namespace dispatch::nemesis
