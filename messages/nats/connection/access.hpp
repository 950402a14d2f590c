#pragma once

#include "messages/nats/connection/connection.hpp"

struct __natsOptions; // NOLINT(bugprone-reserved-identifier): nats.c names it so.

/// How a connection is let in: the login, and TLS. No failure holds a secret.
namespace dispatch::nats {

/// Sets both. The settings have to live as long as the connection.
status set_access(__natsOptions* options, const connection_settings& settings);

/// Why nobody was let in; `code` is the natsStatus of the attempt, whose detail the calling thread
/// has.
failure refused_access(int code, const connection_settings& settings);

} // namespace dispatch::nats
