#pragma once

#include "messages/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace dispatch::cli {

/// Where a running dispatchd can be reached.
struct endpoint {
  std::int64_t pid = 0;
  std::string nats_url;
  std::string http; ///< host:port

  bool operator==(const endpoint&) const = default;
};

/// `dispatchd.json` in dispatchd's data directory, which exists while it is ready.
std::filesystem::path endpoint_path(const std::filesystem::path& data);

/// Replaces the file as a whole, so that no reader sees a part of it. It is its owner's alone. The
/// URL must hold no login.
status write_endpoint(const std::filesystem::path& data, const endpoint& at);

/// Fails, naming the file, when there is none or it is not one.
result<endpoint> read_endpoint(const std::filesystem::path& data);

/// The same of a dispatchd that may have been started a moment ago, as when both commands are
/// pasted together: it is given a second to begin, and then, while its process lives, 30 s to be
/// ready.
result<endpoint> await_endpoint(const std::filesystem::path& data);

/// Succeeds when there is none.
void remove_endpoint(const std::filesystem::path& data);

} // namespace dispatch::cli
