#pragma once

#include "messages/nats/child_process.hpp"
#include "messages/result.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace dispatch::sim {

/// A dispatchd of one's own, with its own nats-server, in a directory of its own. Dies with the
/// thread that started it.
class local_dispatchd {
public:
  /// Starts the program beside this one and waits until it is ready. With `keep_in`, its data is in
  /// that directory and stays when everything has ended; else in a temporary one. Simulated zones
  /// that are there already go on where they stood, at this speed.
  static result<std::unique_ptr<local_dispatchd>> start(const std::filesystem::path& keep_in,
                                                        double speed);

  local_dispatchd(const local_dispatchd&) = delete;
  local_dispatchd& operator=(const local_dispatchd&) = delete;

  /// Stops it and removes the directory, unless it is to be kept.
  ~local_dispatchd();

  const std::string& url() const { return url_; }
  const std::filesystem::path& directory() const { return directory_; }

  /// Why it runs no more; nullopt while it does.
  std::optional<failure> ended() const;

private:
  explicit local_dispatchd(const std::filesystem::path& keep_in)
      : keep_(!keep_in.empty()), directory_(keep_in) {}
  status launch(double speed);
  status make_temporary_directory();
  status wait_until_ready();

  bool keep_;
  std::filesystem::path directory_;
  std::string url_;
  nats::process_handle process_;
};

} // namespace dispatch::sim
