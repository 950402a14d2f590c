#pragma once

#include "cmd/client/bell.hpp"
#include "cmd/client/follower.hpp"
#include "cmd/client/outbox.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace dispatch::client {

struct sender_settings {
  std::string zone;
  outbox_settings sending = {};
  std::chrono::milliseconds stored_within{3000}; ///< after that, it is sent again
  /// Sequence of the output stream behind which it begins; nullopt: with the oldest that is kept.
  std::optional<std::uint64_t> after = {};
  /// Told everything that the zone announces, in its order. By work().
  std::function<void(const announced&)> hear = {};
  /// Names the command of which an event is the outcome; empty: none. For senders that wait for
  /// more than the first event of a command. By work().
  std::function<std::string(const announced&)> ends = {};
};

/// Sends commands to one zone until each has its outcome, and hears what the zone announces.
///
/// tell() may be called from any thread, also by what work() calls. One thread calls work(), after
/// each ring of the bell and when next_due() has come; handlers run there. Several senders may have
/// the same bell, and then the same thread.
class sender {
public:
  sender(std::shared_ptr<nats::connection> on, sender_settings settings,
         std::shared_ptr<bell> rung = std::make_shared<bell>());

  /// As outbox::add().
  status tell(command command);

  /// Sends what is due and takes in what has come. Does not wait. Fails when the zone cannot be
  /// followed any more.
  status work();

  /// Follows the zone anew, from the oldest announcement that is kept on.
  void listen_again();

  std::optional<steady::time_point> next_due() const;

  /// Commands without an outcome.
  std::size_t waiting() const;
  outbox_tally tally() const;

private:
  /// Outlives the sender while answers of the input stream are due.
  struct box {
    std::mutex mutex; ///< guards `commands`
    outbox commands;
    const std::shared_ptr<bell> rung;

    box(outbox_settings settings, std::shared_ptr<bell> by)
        : commands(std::move(settings)), rung(std::move(by)) {}
  };

  void send_due();
  status take_in();
  void take(const announced& message);

  const std::shared_ptr<nats::connection> on_;
  const sender_settings settings_;
  const std::shared_ptr<box> box_;
  std::optional<follower> follower_;
};

} // namespace dispatch::client
