#pragma once

#include <filesystem>
#include <string>

namespace dispatch::edge {

/// A certificate of localhost that signs itself, and its key, as PEM files in a directory.
class certificate {
public:
  explicit certificate(const std::filesystem::path& directory);

  std::string file() const { return file_.string(); }
  std::string key_file() const { return key_file_.string(); }

private:
  std::filesystem::path file_;
  std::filesystem::path key_file_;
};

} // namespace dispatch::edge
