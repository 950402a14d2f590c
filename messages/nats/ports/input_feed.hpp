#pragma once

#include "messages/nats/connection/connection.hpp"
#include "messages/nats/pull_consumer.hpp"
#include "messages/ports/input_feed.hpp"

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

namespace dispatch::nats {

/// The feed of one stream, by an AckNone pull consumer that is recreated behind the last message
/// after every loss: of the connection, the server, the consumer or a message. Bodies held stay
/// below limits::feed_bytes_max, or twice that while a burst of large ones arrives.
///
/// It breaks, naming the cause, when it cannot subscribe, when the wanted message is not kept any
/// more, or when the stream is gone, recreated, or shorter than what was read from it; these three
/// are believed only when two answers agree, since a fresh leader may not know all yet. It is also
/// over when a stream that was shorter has been filled again: what was read last must still be
/// there.
class nats_input_feed final : public input_feed {
public:
  /// With a filter, only messages of that subject are delivered; sequences then have gaps. Trimming
  /// is asked for on `administration` (null: `on`): an old server takes seconds for it, during
  /// which it does not answer the connection that asked.
  nats_input_feed(std::shared_ptr<connection> on, std::string stream, std::string filter = {},
                  const std::shared_ptr<connection>& administration = nullptr);
  ~nats_input_feed() override;

  void start(std::uint64_t after, std::function<void()> on_available) override;
  batch take(std::size_t messages_max, std::size_t bytes_max) override;
  void ask_last_sequence(std::function<void(result<std::uint64_t>)> done) override;
  void stop() override;
  result<stream_state> state() override;
  result<std::optional<stored_message>> read(std::uint64_t sequence) override;
  result<std::optional<stored_message>> newest_on(const std::string& subject) override;
  status trim(std::uint64_t first_kept) override;

private:
  struct questions;

  /// What was delivered last.
  struct delivered {
    std::uint64_t sequence = 0;
    timestamp stored_at;
  };

  std::optional<std::uint64_t> begin();
  bool accept(const incoming& message, const delivery& from);
  void tell_available();
  std::optional<std::string> cause_of_break(const std::optional<stream_state>& now,
                                            std::uint64_t wanted_before);
  void break_off(std::string why);

  const std::shared_ptr<connection> connection_;
  const std::shared_ptr<connection> administration_;
  const std::string stream_;
  const std::string filter_;
  const std::shared_ptr<questions> questions_; ///< outlives the feed while answers are due

  std::mutex control_mutex_; ///< held by start and stop
  std::mutex mutex_;         ///< guards all below
  std::shared_ptr<pull_consumer> consumer_;
  std::function<void()> on_available_;
  std::deque<stored_message> held_;
  std::uint64_t wanted_ = 1; ///< the next sequence, or with a filter the least that it can be
  std::uint64_t consumer_sequence_ = 0;
  std::optional<delivered> last_; ///< since start()
  std::optional<timestamp> created_;
  int suspicions_ = 0;
  std::optional<failure> broken_;
  bool notify_due_ = false;
};

} // namespace dispatch::nats
