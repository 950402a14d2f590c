#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/types.h>

namespace dispatch::nemesis {

/// What a node's process and its stores take of the machine.
struct node_usage {
  pid_t process = 0; ///< a restarted node is another one
  std::uint64_t rss_bytes = 0;
  std::size_t descriptors = 0;
  std::uint64_t wal_bytes = 0; ///< of the largest write-ahead log
  std::uint64_t log_lines = 0; ///< since the node's first start
};

/// `data` is the node's data directory. A process that has ended takes nothing.
node_usage usage_of(pid_t process, const std::filesystem::path& data);

/// Of a process.
std::size_t open_descriptors(pid_t process);
std::size_t threads(pid_t process);

/// The bytes of a zone's write-ahead log in a data directory.
std::uint64_t wal_bytes(const std::filesystem::path& data, const std::string& zone);

} // namespace dispatch::nemesis
