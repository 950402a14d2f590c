#pragma once

#include "messages/records/stream.hpp"
#include "messages/result.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dispatch {

/// One event on its way out.
struct announcement {
  std::string subject;
  std::string id;    ///< zone/epoch/number/index, unique for ever
  std::string trace; ///< W3C traceparent; may be empty
  std::string body;
};

/// What became of a batch of announcements.
enum class publish_outcome : std::uint8_t {
  stored,   ///< all, in order
  conflict, ///< someone else wrote; some of the batch may be stored
  full,     ///< the stream's limit is reached; some of the batch may be stored
  unknown,  ///< any number of them may be stored, or arrive later
};

struct publish_result {
  publish_outcome outcome = publish_outcome::unknown;
  std::uint64_t last_sequence = 0; ///< of the stream, when stored
  std::string detail;              ///< for people, when not stored
};

/// Port: the fenced output stream of one zone. All members may be called from any thread.
class event_sink {
public:
  virtual ~event_sink() = default;

  /// Publishes in order, each only directly behind the one before and the first only directly
  /// behind `expected_last`. `done` is called once, from any thread.
  virtual void publish(std::vector<announcement> events, std::uint64_t expected_last,
                       std::function<void(publish_result)> done) = 0;

  /// What the stream keeps. After a batch that failed, it has to be asked before the next one.
  /// Blocks, at most a few seconds.
  virtual result<stream_state> tail() = 0;

  /// The id of a message, empty if it has none; nullopt when it is not kept any more. Blocks, at
  /// most a few seconds.
  virtual result<std::optional<std::string>> id_at(std::uint64_t sequence) = 0;
};

} // namespace dispatch
