#pragma once

#include "messages/nats/child_process.hpp"

#include <filesystem>
#include <string>

namespace dispatch::daemon {

/// The data directory, which one process uses at a time. The system ends that when the process
/// ends, however it ends.
class data_directory {
public:
  /// Takes it, and creates it when it is missing. Ends the program (cli::stop) when another process
  /// has it, naming that one.
  static data_directory take(const std::filesystem::path& path);

  /// Names this run among all runs of all nodes.
  const std::string& run() const { return run_; }

  /// The run that had the directory before, and has ended. Empty when there was none, and in a copy
  /// of the directory, since the original may still be in use.
  const std::string& ended_run() const { return ended_run_; }

private:
  data_directory(nats::descriptor lock, std::string ended_run);
  void sign(const std::filesystem::path& file) const;

  nats::descriptor lock_;
  std::string run_;
  std::string ended_run_;
};

} // namespace dispatch::daemon
