#pragma once

#include "messages/nats/connection/connection.hpp"
#include "messages/result.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace dispatch::cli {

/// Who one is to the server, as given on a command line. Secrets are in files.
struct login {
  std::string credentials;   ///< file with the user's JWT and seed
  std::string user;          ///< with the password file
  std::string password_file; ///< with the user
  std::string nkey;          ///< file with the seed of a user without a JWT
  std::string token_file;

  bool operator==(const login&) const = default;
};

/// Adds --creds, whose variable is given, and --user, --password-file, --nkey and --token-file. One
/// kind of login excludes the others.
void add_login(CLI::App& app, login& flags, const std::string& credentials_variable,
               const std::string& group);

/// Reads the secrets. Fails, naming the file and the rule, when there is none.
status fill_login(const login& flags, nats::connection_settings& settings);

} // namespace dispatch::cli
