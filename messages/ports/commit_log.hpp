#pragma once

#include "messages/records/stream.hpp"
#include "messages/result.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace dispatch {

/// What became of an append.
enum class append_outcome : std::uint8_t {
  stored,   ///< it is in the log, at `sequence`
  conflict, ///< it is not, by this attempt: the log's last sequence is `sequence`
  full,     ///< the log's limit is reached; nothing was stored
  unknown,  ///< it may or may not be there, or arrive later
};

struct append_result {
  append_outcome outcome = append_outcome::unknown;
  std::uint64_t sequence = 0;
  std::string detail; ///< for people, when not stored
};

/// Port: the fenced commit log of one zone. All members may be called from any thread.
class commit_log {
public:
  virtual ~commit_log() = default;

  /// Stores `bytes` if the log's last sequence is `expected_last`, and says so from any thread.
  /// The same id and bytes may be appended again to learn the outcome.
  virtual void append(std::string bytes, std::uint64_t expected_last, std::string id,
                      std::function<void(append_result)> done) = 0;

  /// The log as its leader sees it. Blocks, at most a few seconds.
  virtual result<stream_state> state() = 0;

  /// The record at `sequence` as the leader has it, if there is one. Blocks, at most a few seconds.
  virtual result<std::optional<std::string>> read(std::uint64_t sequence) = 0;

  /// Visits the records of sequences [first, last] in order, until `visit` returns false. Fails
  /// when one of them is missing.
  virtual status scan(std::uint64_t first, std::uint64_t last,
                      const std::function<bool(std::uint64_t, std::string_view)>& visit) = 0;

  /// Lets go of everything before `first_kept`, never of the newest record. Blocks, maybe for a
  /// minute. Fails, leaving all as it is, where that endangers what is kept.
  virtual status trim(std::uint64_t first_kept) = 0;
};

} // namespace dispatch
