#pragma once

#include "messages/commit_log.hpp"
#include "messages/event_sink.hpp"
#include "messages/input_feed.hpp"
#include "messages/position_feed.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

/// In-process twins of the ports, with the faults of the real ones on demand. Each object stands
/// for a stream: several owners may share it, as processes share a server. Callbacks come on the
/// caller's thread.
namespace dispatch::memory {

/// What happens to the next writes, one entry per write, oldest first. None left: it works.
enum class fault : std::uint8_t {
  none,
  lose_request, ///< nothing is stored; the caller learns nothing
  lose_answer,  ///< it is stored; the caller learns nothing
  delay,        ///< the caller learns nothing; it is tried again by release_delayed()
  full,         ///< the limit is reached
};

/// A stream that accepts a message only directly behind an expected sequence.
class fenced_stream {
public:
  struct message {
    std::string subject;
    std::string id;
    std::string body;
  };

  append_result write(message m, std::uint64_t expected_last);
  std::vector<message> all() const;
  std::uint64_t last_sequence() const;
  std::optional<message> at(std::uint64_t sequence) const;

  void inject(std::vector<fault> faults);
  void release_delayed();
  /// The newest messages vanish, as after a power cut.
  void truncate(std::uint64_t keep);

private:
  append_result store(message m, std::uint64_t expected_last);

  mutable std::mutex mutex_;
  std::vector<message> messages_;
  std::vector<fault> faults_;
  std::vector<std::pair<message, std::uint64_t>> delayed_;
};

class log : public commit_log {
public:
  explicit log(std::shared_ptr<fenced_stream> stream) : stream_(std::move(stream)) {}

  /// The server's clock, as state() shows it with the newest message; none unless set.
  std::optional<timestamp> server_time;

  void append(std::string bytes, std::uint64_t expected_last, std::string id,
              std::function<void(append_result)> done) override;
  result<stream_state> state() override;
  result<std::optional<std::string>> read(std::uint64_t sequence) override;
  status scan(std::uint64_t first, std::uint64_t last,
              const std::function<bool(std::uint64_t, std::string_view)>& visit) override;

private:
  std::shared_ptr<fenced_stream> stream_;
};

class sink : public event_sink {
public:
  explicit sink(std::shared_ptr<fenced_stream> stream) : stream_(std::move(stream)) {}

  void publish(std::vector<announcement> events, std::uint64_t expected_last,
               std::function<void(publish_result)> done) override;
  result<tail_state> tail() override;

private:
  std::shared_ptr<fenced_stream> stream_;
};

/// The commands of one zone, shared by feeds.
class input_stream {
public:
  /// Stores a command; `now` is the server's clock.
  std::uint64_t publish(std::string subject, std::string body, timestamp now, std::string id = {},
                        std::string content_type = {}, std::string trace = {});
  void purge_before(std::uint64_t first_kept);
  void recreate(timestamp created);

  std::vector<stored_message> after(std::uint64_t sequence, std::size_t most) const;
  std::optional<stored_message> at(std::uint64_t sequence) const;
  stream_state state() const;
  void subscribe(const void* who, std::function<void()> notify);
  void unsubscribe(const void* who);

private:
  mutable std::mutex mutex_;
  std::map<std::uint64_t, stored_message> messages_;
  std::uint64_t last_ = 0;
  timestamp created_;
  std::map<const void*, std::function<void()>> listeners_;
};

class feed : public input_feed {
public:
  explicit feed(std::shared_ptr<input_stream> stream) : stream_(std::move(stream)) {}
  ~feed() override { stream_->unsubscribe(this); }

  void start(std::uint64_t after, std::function<void()> on_available) override;
  batch take(std::size_t messages_max, std::size_t bytes_max) override;
  void ask_last_sequence(std::function<void(result<std::uint64_t>)> done) override;
  void stop() override;
  result<stream_state> state() override;
  result<std::optional<stored_message>> read(std::uint64_t sequence) override;
  status trim(std::uint64_t first_kept) override;

private:
  std::shared_ptr<input_stream> stream_;
  std::mutex mutex_;
  std::uint64_t position_ = 0;
  bool running_ = false;
};

/// Positions, newest per rider.
class positions : public position_feed {
public:
  void publish(const std::string& rider, const place& at, timestamp now);

  void start(std::function<void()> on_available) override;
  std::vector<rider_position> take(std::size_t riders_max) override;
  void stop() override;

private:
  std::mutex mutex_;
  std::map<std::string, rider_position> moved_;
  std::function<void()> notify_;
};

} // namespace dispatch::memory
