#pragma once

#include "messages/nats/connection/tls_hand_shake.hpp"
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

/// The URLs as they may be shown: without users, passwords and tokens.
std::string without_logins(std::string_view urls);

/// Whether one of the URLs begins with tls://: no server may be reached in clear then.
bool asks_for_tls(std::string_view urls);

/// What a server says about itself in its first line.
struct server_info {
  std::string name;
  std::string version;
  bool jetstream = false;
  bool tls_required = false;
};

/// Asks over a connection of its own, since the client library does not tell. The certificate is
/// for servers that ask for one.
result<server_info> read_server_info(const server_address& at, std::chrono::milliseconds timeout,
                                     const own_certificate& own = {});

/// Why a server of this version is not used; nullopt when it is good.
std::optional<std::string> refusal_of_version(std::string_view version);

/// Why such a server does not trim a stream of so many replicas safely; nullopt when it does.
std::optional<std::string> refusal_to_trim(std::string_view version, int replicas);

} // namespace dispatch::nats
