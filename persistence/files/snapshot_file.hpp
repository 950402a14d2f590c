#pragma once

#include "messages/ports/snapshot_shelf.hpp"
#include "persistence/store.hpp"

#include <filesystem>

namespace dispatch::files {

/// A snapshot that lies in a file.
struct snapshot_file {
  store_head head;
  std::uint64_t bytes = 0;
  record_hash content{}; ///< SHA-256 of the file
};

/// Writes what `copy` puts into the sink.
result<snapshot_file> write_snapshot(const std::filesystem::path& file,
                                     const std::function<status(store_sink&)>& copy);

/// Puts what was written into the sink. Fails on anything else, maybe only at its end.
status read_snapshot(const byte_source& from, store_sink& to);

} // namespace dispatch::files
