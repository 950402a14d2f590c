#pragma once

#include <filesystem>

namespace dispatch::daemon {

/// Tells whether a node's disk is almost full. Used from one thread.
class disk_room {
public:
  explicit disk_room(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// Looks; says in the log when it changes. What cannot be looked at is not full.
  bool is_short();

private:
  const std::filesystem::path directory_;
  bool short_ = false;
};

} // namespace dispatch::daemon
