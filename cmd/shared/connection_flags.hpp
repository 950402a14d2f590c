#pragma once

#include "messages/nats/connection.hpp"
#include "messages/result.hpp"
#include "messages/wire/subjects.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <string>

namespace dispatch::cli {

/// How a program reaches the servers, as given on its command line.
struct connection_flags {
  std::string server = "nats://127.0.0.1:4222";
  std::string data; ///< of a dispatchd whose server is to be used; empty: `server`
  std::string credentials;
  std::string tls_ca;
  std::string tls_certificate;
  std::string tls_key;
  std::string root = wire::default_root;
  std::chrono::milliseconds timeout{5000};

  bool operator==(const connection_flags&) const = default;
};

/// Adds --server, --data, --creds, --tls-ca, --tls-cert, --tls-key, --root and --timeout.
void add_connection_flags(CLI::App& app, connection_flags& flags);

/// What to connect with, under a name that the server's monitoring shows.
result<nats::connection_settings> connection_settings_of(const connection_flags& flags,
                                                         const std::string& name);

} // namespace dispatch::cli
