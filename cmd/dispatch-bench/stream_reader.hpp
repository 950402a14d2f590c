#pragma once

#include "cmd/client/follower.hpp"
#include "messages/nats/connection/connection.hpp"
#include "messages/records/stream.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dispatch::bench {

/// Reads a stream in order, waiting for what is to come.
class stream_reader {
public:
  /// Delivers what lies behind `after`.
  stream_reader(std::shared_ptr<nats::connection> on, std::string stream, std::uint64_t after);

  /// At least one message, at most so many. Ends the program when none comes for 30 s.
  std::vector<stored_message> next(std::size_t messages_max);

  /// At most so many messages; none when none comes in time.
  std::vector<stored_message> next_within(std::size_t messages_max, std::chrono::milliseconds span);

private:
  std::string stream_;
  client::stream_reader reader_;
};

/// Reads sequences [first, last] of a stream.
void read_all(const std::shared_ptr<nats::connection>& on, const std::string& stream,
              std::uint64_t first, std::uint64_t last,
              const std::function<void(const stored_message&)>& visit);

} // namespace dispatch::bench
