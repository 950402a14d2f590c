#pragma once

#include "cmd/client/announced.hpp"
#include "cmd/client/bell.hpp"
#include "messages/nats/ports/input_feed.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dispatch::client {

/// Reads a stream in order through the feed that dispatchd uses. Used from one thread.
class stream_reader {
public:
  /// Begins behind `after`, with the messages that a filter picks; empty: all. Rings when there is
  /// something to read.
  stream_reader(std::shared_ptr<nats::connection> on, const std::string& stream,
                const std::string& filter, std::uint64_t after,
                std::shared_ptr<bell> rung = std::make_shared<bell>());
  stream_reader(const stream_reader&) = delete;
  stream_reader& operator=(const stream_reader&) = delete;
  ~stream_reader();

  /// At most so many messages; none when none has come until then. Fails for ever when the stream
  /// lost what comes next.
  result<std::vector<stored_message>> next(std::size_t messages_max, steady::time_point until);

private:
  const std::shared_ptr<bell> rung_;
  nats::nats_input_feed feed_;
};

/// Reads what a zone announces.
class follower {
public:
  /// Begins behind `after`, with the announcements on the subjects that a filter picks; empty: all.
  follower(std::shared_ptr<nats::connection> on, const std::string& root, const std::string& zone,
           const std::string& filter, std::uint64_t after,
           std::shared_ptr<bell> rung = std::make_shared<bell>());

  /// nullopt when nothing has come until then; a time that is over does not wait. Fails when the
  /// stream breaks, and on what is no announcement.
  result<std::optional<announced>> next(steady::time_point until);

private:
  stream_reader reader_;
  std::deque<stored_message> read_;
};

} // namespace dispatch::client
