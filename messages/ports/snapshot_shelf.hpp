#pragma once

#include "messages/records/record.hpp"
#include "messages/result.hpp"
#include "messages/time.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace dispatch {

/// What is said about a shipped snapshot. Stored last, so that it proves that the rest is there.
struct snapshot_manifest {
  std::string zone;
  std::uint64_t number = 0;       ///< of the last record that it contains
  std::uint64_t log_sequence = 0; ///< where that record lies in the log
  record_hash hash{};             ///< of that record
  std::uint64_t input_position = 0;
  std::uint64_t digest = 0; ///< of all entities' states
  timestamp made_at;        ///< wall time
  std::uint64_t bytes = 0;
  std::uint32_t chunks = 0;
  record_hash content{}; ///< SHA-256 of all bytes

  bool operator==(const snapshot_manifest&) const = default;
};

/// The next part of something long; empty: that was all.
using byte_source = std::function<result<std::string>()>;

/// Port: the snapshots of one zone that any node can load, each named by the number of its last
/// record. Calls block, and may come from any thread.
///
/// Owners that follow each other never use the same number: each begins with a record of its own.
class snapshot_shelf {
public:
  virtual ~snapshot_shelf() = default;

  /// Stores the chunks of a snapshot. Until its manifest is there it does not count.
  virtual status put_chunks(std::uint64_t number, const byte_source& next) = 0;
  virtual status put_manifest(const snapshot_manifest& manifest) = 0;

  /// The complete ones, newest first.
  virtual result<std::vector<snapshot_manifest>> complete() = 0;

  /// The numbers of all of which something is there, ascending.
  virtual result<std::vector<std::uint64_t>> begun() = 0;

  /// nullopt when it is not there.
  virtual result<std::optional<std::string>> chunk(std::uint64_t number, std::uint32_t index) = 0;

  /// Removes a snapshot, its manifest first.
  virtual status remove(std::uint64_t number) = 0;
};

} // namespace dispatch
