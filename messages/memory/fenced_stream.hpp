#pragma once

#include "messages/ports/clock.hpp"
#include "messages/ports/commit_log.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace dispatch::memory {

/// What happens to the next writes, one entry per write, oldest first. None left: it works.
enum class fault : std::uint8_t {
  none,
  lose_request, ///< nothing is stored; the caller learns nothing
  lose_answer,  ///< it is stored; the caller learns nothing
  delay,        ///< the caller learns nothing; it arrives later
  duplicate,    ///< it works, and arrives once more later
  hold_request, ///< it arrives later, and is answered then
  hold_answer,  ///< it is stored; the answer comes later
  full,         ///< the limit is reached
};

/// A stream that accepts a message only directly behind an expected sequence.
class fenced_stream {
public:
  struct message {
    std::string subject;
    std::string id;
    std::string body;
    std::string sender;                      ///< name of the connection that it came by
    std::optional<timestamp> stored_at = {}; ///< by the server's clock, if there is one
  };
  using answer = std::function<void(append_result)>;

  /// The outcome; nullopt while it is under way, then `later` will be told.
  std::optional<append_result> write(message m, std::uint64_t expected_last, answer later);
  /// Everything that is stored, also what was trimmed away since.
  std::vector<message> all() const;
  std::uint64_t first_sequence() const;
  std::uint64_t last_sequence() const;
  /// nullopt when it is not kept.
  std::optional<message> at(std::uint64_t sequence) const;
  void trim(std::uint64_t first_kept);
  /// Nothing is kept, as when all messages have become too old.
  void expire();
  /// By the server's clock; nullopt without a clock or a message.
  std::optional<timestamp> last_stored() const;

  /// From now on messages are stamped.
  void set_clock(std::shared_ptr<const wall_clock> clock);
  /// From now on a message whose id is stored is not stored again; its sender is told where it is.
  void remember_ids();

  void inject(std::vector<fault> faults);
  /// Number of requests and answers under way.
  std::size_t under_way() const;
  /// The n-th of them arrives, counted from the oldest.
  void arrive(std::size_t n);
  /// Whoever waits for the n-th stops waiting: the outcome is unknown. A request stays under way.
  void time_out(std::size_t n);
  /// All of them arrive.
  void release_delayed();
  /// Nobody there waits for answers any more; requests stay under way.
  void forget_answers(const std::string& sender);
  /// The newest messages vanish, as after a power cut.
  void truncate(std::uint64_t keep);

private:
  struct transit {
    std::string sender;
    std::optional<message> request; ///< nullopt: the answer is on its way back
    std::uint64_t expected_last = 0;
    append_result outcome;
    answer tell; ///< may be empty
  };

  append_result store(message m, std::uint64_t expected_last);

  mutable std::mutex mutex_;
  std::vector<message> messages_;
  std::uint64_t first_ = 1; ///< sequence of the oldest that is not trimmed away
  std::vector<fault> faults_;
  std::vector<transit> under_way_;
  std::shared_ptr<const wall_clock> clock_;
  std::optional<timestamp> last_stored_;
  bool remembers_ids_ = false;
  std::unordered_map<std::string, std::uint64_t> ids_; ///< sequences
};

} // namespace dispatch::memory
