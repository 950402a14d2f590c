#pragma once

#include "messages/nats/connection/connection.hpp"
#include "messages/time.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace dispatch::nats {

/// What the reply subject of a delivered message tells.
struct delivery {
  std::string_view consumer;
  std::uint64_t stream_sequence = 0;
  std::uint64_t consumer_sequence = 0; ///< 1 for the consumer's first message
  timestamp stored_at;
};

/// Of `$JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time>.<pending>`, and
/// of the longer form with domain and account. nullopt for anything else.
std::optional<delivery> parse_delivery(std::string_view reply);

/// Keeps an ephemeral AckNone consumer alive and requests messages from it, as many as there is
/// room for: limits::feed_messages_max, and limits::feed_bytes_max of bodies held, beside as much
/// again that may be on its way. A lost consumer, connection or message leads to a new consumer.
class pull_consumer {
public:
  /// What the owner decides. None is called after stop(); `accept` and `arrived` are called in
  /// the order of delivery from one thread, `begin` and `failed` from another.
  struct owner {
    /// Before a consumer is created, and now and then while nothing comes: the first sequence
    /// wanted, 0 for the last message of each subject, or nullopt when it cannot be now.
    std::function<std::optional<std::uint64_t>()> begin;
    /// A message; false when it is not the next one, which leads to a new consumer. Must not call
    /// the consumer back.
    std::function<bool(const incoming&, const delivery&)> accept;
    /// After an accept.
    std::function<void()> arrived;
    /// Nothing can come, for want of threads or memory; it is tried again. May be empty.
    std::function<void(const std::string& what)> failed = {};
  };

  pull_consumer(std::shared_ptr<connection> on, std::string stream, std::string filter,
                owner decides);
  pull_consumer(const pull_consumer&) = delete;
  pull_consumer& operator=(const pull_consumer&) = delete;
  ~pull_consumer();

  /// Begins to read. To be called once, without a lock that the owner's functions take: the
  /// connection's watchers are locked here, and they lock the consumer, which calls the owner.
  void start();

  /// Whether there is a consumer on the server, as far as is known.
  bool exists() const;

  /// Makes room again: so many accepted messages, with so many bytes of bodies, were consumed.
  void release(std::size_t messages, std::size_t bytes);

  /// Ends it; waits for running calls, so it must not be called from one. May be called again.
  void stop();

private:
  using clock = std::chrono::steady_clock;

  void run();
  bool create(std::uint64_t first);
  void pump();
  bool healthy();
  void forget_consumer();
  void on_message(const incoming& message);
  void on_status(const incoming& message);
  bool has_room() const;
  void wake(bool& flag);

  const std::shared_ptr<connection> connection_;
  const std::string stream_;
  const std::string filter_;
  const owner owner_;
  const std::string inbox_;

  mutable std::mutex mutex_; ///< guards all below, down to the thread
  std::condition_variable changed_;
  bool stopping_ = false;
  bool stale_ = false; ///< the consumer must be replaced
  std::uint64_t generation_ = 0;
  std::string consumer_; ///< empty: none
  std::string reply_to_; ///< of this generation's requests
  std::size_t requested_ = 0;
  std::size_t held_ = 0;
  std::size_t held_bytes_ = 0;
  std::uint64_t arrivals_ = 0;
  bool lagged_before_ = false;

  std::mutex stop_mutex_;
  std::optional<subscription> subscription_;
  std::shared_ptr<void> watch_;
  std::thread thread_;
};

} // namespace dispatch::nats
