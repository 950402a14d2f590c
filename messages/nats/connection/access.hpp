#pragma once

#include "messages/nats/connection/connection.hpp"

#include <chrono>

struct __natsOptions; // NOLINT(bugprone-reserved-identifier): nats.c names it so.

/// How a connection is let in: the servers and how long they may take, the login, and TLS. No
/// failure holds a secret.
namespace dispatch::nats {

/// How long a server may take to let somebody in, and to take what is written to it.
inline constexpr std::chrono::seconds connect_timeout{3};
inline constexpr std::chrono::seconds write_deadline{2};

/// Sets all that does not concern what the connection hears. The settings have to live as long as
/// the connection.
status set_access(__natsOptions* options, const connection_settings& settings);

/// Why nobody was let in; `code` is the natsStatus of the attempt, whose detail the calling thread
/// has.
failure refused_access(int code, const connection_settings& settings);

} // namespace dispatch::nats
