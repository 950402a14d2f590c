#pragma once

#include "messages/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dispatch::nats {

/// Host and port of one NATS URL.
struct server_address {
  std::string host;
  std::string port;
};

/// Of `[scheme://][user[:password]@]host[:port]`, several separated by commas. The port is 4222
/// when none is given.
std::vector<server_address> parse_urls(std::string_view urls);

/// What a server says about itself in its first line.
struct server_info {
  std::string name;
  std::string version;
  bool jetstream = false;
};

/// Asks over a connection of its own, since the client library does not tell.
result<server_info> read_server_info(const server_address& at, std::chrono::milliseconds timeout);

/// Why a server of this version is not used; nullopt when it is good.
std::optional<std::string> refusal_of_version(std::string_view version);

/// Why such a server does not trim a stream of so many replicas safely; nullopt when it does.
std::optional<std::string> refusal_to_trim(std::string_view version, int replicas);

} // namespace dispatch::nats
