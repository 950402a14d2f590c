#pragma once

#include "messages/nats/connection/connection.hpp"
#include "messages/nats/embedded_server.hpp"
#include "messages/nats/stream_admin.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace dispatch::nats::testing {

using namespace std::chrono_literals;

/// How long anything may take that is expected to happen.
inline constexpr auto patience = 30s;

/// The value of a result, or the end of the test case with the failure's text.
template <class T> T value_of(result<T> from) {
  if (!from) {
    throw std::runtime_error(from.error().what);
  }
  return std::move(*from);
}

inline void check_ok(const status& from) { value_of(from); }

using dispatch::testing::temporary_directory;

/// Something that another thread says.
template <class T> class answer {
public:
  std::function<void(T)> receiver() {
    return [this](T value) {
      const std::lock_guard lock(mutex_);
      value_ = std::move(value);
      changed_.notify_all();
    };
  }

  T wait() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [this] { return value_.has_value(); })) {
      throw std::runtime_error("no answer came");
    }
    return std::exchange(value_, std::nullopt).value();
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<T> value_;
};

/// A bell that other threads ring.
class bell {
public:
  std::function<void()> ringer() {
    return [this] {
      const std::lock_guard lock(mutex_);
      rung_ = true;
      changed_.notify_all();
    };
  }

  /// Since the last wait.
  bool wait(std::chrono::milliseconds span = patience) {
    std::unique_lock lock(mutex_);
    const bool rung = changed_.wait_for(lock, span, [this] { return rung_; });
    rung_ = false;
    return rung;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool rung_ = false;
};

/// A nats-server with an empty store, and a connection to it.
class installation {
public:
  installation() {
    server_ = value_of(embedded_server::start({.directory = directory_.path() / "nats"}));
    connection_ = connect();
  }

  std::shared_ptr<connection> connect(bool send_at_once = false) const {
    connection_settings settings;
    settings.url = server_->url();
    settings.send_at_once = send_at_once;
    return value_of(connection::open(settings));
  }

  embedded_server& server() { return *server_; }
  const std::shared_ptr<connection>& on() const { return connection_; }

  /// Creates a file stream of one subject with the stream's name in lower case and all below it.
  void create(const std::string& stream, const std::string& subject,
              std::int64_t bytes_max = std::int64_t{1} << 30) const {
    value_of(create_stream(*connection_, {.name = stream,
                                          .subjects = {subject, subject + ".>"},
                                          .bytes_max = bytes_max,
                                          .duplicate_window = 1s}));
  }

  /// Stores messages with bodies "first".."last" and waits for the acknowledgement of the last.
  void fill(const std::string& subject, std::uint64_t first, std::uint64_t last) const {
    for (auto number = first; number < last; ++number) {
      check_ok(connection_->publish(subject.c_str(), nullptr, {}, std::to_string(number)));
    }
    const auto ack =
        value_of(connection_->publish_stored(subject, {}, std::to_string(last), patience));
    REQUIRE(ack.error_code == 0);
  }

  /// Ends the server as a crash does, and waits until the connection is up again.
  void crash_server() {
    answer<bool> restored;
    const auto watch = connection_->watch([tell = restored.receiver()](bool connected) {
      if (connected) {
        tell(true);
      }
    });
    REQUIRE(::kill(server_->process_id(), SIGKILL) == 0);
    REQUIRE(restored.wait());
  }

private:
  temporary_directory directory_;
  std::unique_ptr<embedded_server> server_;
  std::shared_ptr<connection> connection_;
};

} // namespace dispatch::nats::testing
