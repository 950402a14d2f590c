#pragma once

#include "messages/result.hpp"
#include "persistence/files/frames.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dispatch::files {

/// `<data directory>/archive/<zone>`: records that the zone's log keeps no more.
std::filesystem::path archive_directory(const std::filesystem::path& data, const std::string& zone);

/// Writes consecutive records into files `<first>-<last>.records` of a directory, which it creates.
/// Two files, of two nodes or of one that died before it trimmed the log, may overlap.
class archive_writer {
public:
  explicit archive_writer(std::filesystem::path directory);

  /// The next record. Begins a new file when one has become large.
  status put(std::uint64_t number, std::uint64_t log_sequence, std::string_view bytes);
  /// Finishes the last file. What was put before is on the disk when it succeeds.
  status finish();

private:
  std::filesystem::path directory_;
  std::optional<frame_writer> file_;
  std::uint64_t first_ = 0;
  std::uint64_t last_ = 0;
};

/// Reads the archive files of directories. One that does not exist holds none.
class archive {
public:
  explicit archive(std::vector<std::filesystem::path> directories)
      : directories_(std::move(directories)) {}

  using visitor = std::function<void(std::uint64_t log_sequence, std::string_view bytes)>;

  /// Visits the records of all files once, ascending. Fails on a damaged file, naming it.
  status scan(const visitor& visit) const;

  /// The bytes of a record; nullopt when no file has it.
  result<std::optional<std::string>> find(std::uint64_t number) const;

private:
  struct file {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::filesystem::path path;
  };

  std::vector<file> files() const;

  std::vector<std::filesystem::path> directories_;
};

} // namespace dispatch::files
