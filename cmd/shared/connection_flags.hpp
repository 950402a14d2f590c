#pragma once

#include "cmd/shared/login.hpp"
#include "messages/nats/connection/connection.hpp"
#include "messages/result.hpp"
#include "messages/wire/subjects.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace dispatch::cli {

/// How a program reaches the servers, as given on its command line.
struct connection_flags {
  std::string server = "nats://127.0.0.1:4222";
  std::string data; ///< of a dispatchd whose server is to be used; empty: `server`
  login who;
  std::string tls_ca;
  std::string tls_certificate;
  std::string tls_key;
  std::string root = wire::default_root;
  std::chrono::milliseconds timeout{5000};

  bool operator==(const connection_flags&) const = default;
};

/// Adds --server, --data, --tls-ca, --tls-cert, --tls-key, --root, --timeout, and those of the
/// login.
void add_connection_flags(CLI::App& app, connection_flags& flags);

/// Connects. Ends the program as `not_permitted` when the server refuses the login, and as
/// `unavailable` when there is no connection for another reason.
std::shared_ptr<nats::connection> connect_or_stop(nats::connection_settings settings);

/// What to connect with, under a name that the server's monitoring shows.
result<nats::connection_settings> connection_settings_of(const connection_flags& flags,
                                                         const std::string& name);

} // namespace dispatch::cli
