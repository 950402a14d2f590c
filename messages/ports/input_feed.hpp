#pragma once

#include "messages/records/stream.hpp"
#include "messages/result.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dispatch {

/// Port: the commands of one zone, in stream order, each exactly once per start.
///
/// The feed holds a bounded number of messages; the rest waits in the stream. All members may be
/// called from any thread. Callbacks come from any thread and must only hand over.
class input_feed {
public:
  virtual ~input_feed() = default;

  /// What came since the last call.
  struct batch {
    std::vector<stored_message> messages; ///< sequences ascending without a gap
    /// The stream lost what comes behind the messages: the feed is over. Every later call says so.
    std::optional<failure> broken;
  };

  /// (Re)starts delivery with the message behind `after`. `on_available` is called whenever take()
  /// has something after it had nothing.
  virtual void start(std::uint64_t after, std::function<void()> on_available) = 0;

  /// Takes at most `messages_max`, stopping before their bodies exceed `bytes_max` (but at least
  /// one, if there is one). Does not wait.
  virtual batch take(std::size_t messages_max, std::size_t bytes_max) = 0;

  /// Asks for the stream's last sequence at some instant after the call. Once everything up to it
  /// has been applied, nothing stored before the call is outstanding.
  virtual void ask_last_sequence(std::function<void(result<std::uint64_t>)> done) = 0;

  /// Ends delivery; no callback begins after it returns.
  virtual void stop() = 0;

  /// The stream as it is now. Blocks, at most a few seconds.
  virtual result<stream_state> state() = 0;

  /// The message at `sequence`, if it is still kept. Blocks, at most a few seconds.
  virtual result<std::optional<stored_message>> read(std::uint64_t sequence) = 0;

  /// The newest message that is kept on a subject, whose last token may be `*`. Blocks, at most a
  /// few seconds.
  virtual result<std::optional<stored_message>> newest_on(const std::string& subject) = 0;

  /// Asks to let go of everything before `first_kept`. Does not wait for it to happen.
  virtual status trim(std::uint64_t first_kept) = 0;
};

} // namespace dispatch
