#pragma once

#include "messages/result.hpp"

#include <filesystem>
#include <string>

namespace dispatch::sqlite {

/// `<data_dir>/<zone>.<extension>`.
std::filesystem::path zone_file(const std::filesystem::path& data_dir, const std::string& zone,
                                const char* extension);

/// Holds `<zone>.lock`, which names this process, so that no two processes use a zone's files. The
/// system releases it when the process ends, however it ends.
class file_lock {
public:
  /// Creates the directory when it is missing, for the owner only.
  static result<file_lock> take(const std::filesystem::path& data_dir, const std::string& zone);

  ~file_lock();
  file_lock(file_lock&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  file_lock& operator=(file_lock&&) = delete;

private:
  explicit file_lock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
};

/// Creates an empty file for the owner only, unless it exists. SQLite gives the files beside it the
/// same mode.
status create_private(const std::filesystem::path& file);

} // namespace dispatch::sqlite
