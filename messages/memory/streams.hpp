#pragma once

#include "messages/memory/fenced_stream.hpp"
#include "messages/ports/commit_log.hpp"
#include "messages/ports/event_sink.hpp"
#include "messages/ports/input_feed.hpp"
#include "messages/ports/position_feed.hpp"
#include "messages/ports/snapshot_shelf.hpp"

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

/// What the ports of one process share. Of ports without one, each has a connection of its own.
struct connection {
  enum class call : std::uint8_t { append, publish, read, keep };

  std::string name; ///< comes with every message sent
  bool up = true;   ///< false: the process is gone. Calls have no effect and get no answer
  std::function<void(call)> before_call; ///< runs before every call; may do anything
};

class log : public commit_log {
public:
  explicit log(std::shared_ptr<fenced_stream> stream,
               std::shared_ptr<connection> by = std::make_shared<connection>())
      : stream_(std::move(stream)), by_(std::move(by)) {}

  /// The server's clock, as state() shows it with the newest message; the stream's stamp unless
  /// set.
  std::optional<timestamp> server_time;

  void append(std::string bytes, std::uint64_t expected_last, std::string id,
              std::function<void(append_result)> done) override;
  result<stream_state> state() override;
  result<std::optional<std::string>> read(std::uint64_t sequence) override;
  status scan(std::uint64_t first, std::uint64_t last,
              const std::function<bool(std::uint64_t, std::string_view)>& visit) override;
  status trim(std::uint64_t first_kept) override;

private:
  std::shared_ptr<fenced_stream> stream_;
  std::shared_ptr<connection> by_;
};

/// A snapshot on a shelf.
struct shelved {
  std::map<std::uint32_t, std::string> chunks;
  std::optional<snapshot_manifest> manifest;
};
/// What a shelf holds of one zone, by number.
using shelf_contents = std::map<std::uint64_t, shelved>;

/// Not for several threads.
class shelf : public snapshot_shelf {
public:
  explicit shelf(std::shared_ptr<shelf_contents> on,
                 std::shared_ptr<connection> by = std::make_shared<connection>())
      : on_(std::move(on)), by_(std::move(by)) {}

  status put_chunks(std::uint64_t number, const byte_source& next) override;
  status put_manifest(const snapshot_manifest& manifest) override;
  result<std::vector<snapshot_manifest>> complete() override;
  result<std::vector<std::uint64_t>> begun() override;
  result<std::optional<std::string>> chunk(std::uint64_t number, std::uint32_t index) override;
  status remove(std::uint64_t number) override;

private:
  std::shared_ptr<shelf_contents> on_;
  std::shared_ptr<connection> by_;
};

class sink : public event_sink {
public:
  explicit sink(std::shared_ptr<fenced_stream> stream,
                std::shared_ptr<connection> by = std::make_shared<connection>())
      : stream_(std::move(stream)), by_(std::move(by)) {}

  void publish(std::vector<announcement> events, std::uint64_t expected_last,
               std::function<void(publish_result)> done) override;
  result<stream_state> tail() override;
  result<std::optional<std::string>> id_at(std::uint64_t sequence) override;

private:
  std::shared_ptr<fenced_stream> stream_;
  std::shared_ptr<connection> by_;
};

/// The commands of one zone, shared by feeds.
class input_stream {
public:
  /// Stores a command; `now` is the server's clock.
  std::uint64_t publish(std::string subject, std::string body, timestamp now, std::string id = {},
                        std::string content_type = {}, std::string trace = {});
  void purge_before(std::uint64_t first_kept);
  /// One message is deleted.
  void erase(std::uint64_t sequence);
  void recreate(timestamp created);
  /// The newest messages vanish, as after a power cut; their sequences are used again.
  void truncate(std::uint64_t keep);

  std::vector<stored_message> after(std::uint64_t sequence, std::size_t most) const;
  std::optional<stored_message> at(std::uint64_t sequence) const;
  std::optional<stored_message> newest_on(const std::string& subject) const;
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
  result<std::optional<stored_message>> newest_on(const std::string& subject) override;
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
