#include "cmd/shared/login.hpp"

#include "messages/nats/connection/nkey.hpp"

#include <array>
#include <fstream>
#include <utility>

namespace dispatch::cli {

namespace {

/// The first line of a file.
result<std::string> read_secret(const std::string& file) {
  std::ifstream stream{file};
  std::string line;
  std::getline(stream, line);
  line.erase(line.find_last_not_of("\r\n") + 1);
  return line.empty() ? result<std::string>{failure{file + " must hold a secret in its first line"}}
                      : result<std::string>{std::move(line)};
}

CLI::Validator secret_rule() {
  return {[](const std::string& file) {
            const auto secret = read_secret(file);
            return secret ? std::string{} : secret.error().what;
          },
          ""};
}

CLI::Validator seed_rule() {
  return {[](const std::string& file) {
            const auto seed = nats::read_seed(file);
            return seed ? std::string{} : seed.error().what;
          },
          ""};
}

} // namespace

void add_login(CLI::App& app, login& flags, const std::string& credentials_variable,
               const std::string& group) {
  auto* credentials =
      app.add_option("--creds", flags.credentials, "file with the user's JWT and seed")
          ->envname(credentials_variable)
          ->type_name("FILE")
          ->group(group);
  auto* user = app.add_option("--user", flags.user, "the user's name, with --password-file")
                   ->envname("DISPATCH_USER")
                   ->type_name("NAME")
                   ->group(group);
  auto* password = app.add_option("--password-file", flags.password_file,
                                  "file with the user's password in its first line")
                       ->envname("DISPATCH_PASSWORD_FILE")
                       ->check(secret_rule())
                       ->type_name("FILE")
                       ->group(group);
  auto* nkey = app.add_option("--nkey", flags.nkey, "file with the seed of a user who has no JWT")
                   ->envname("DISPATCH_NKEY")
                   ->check(seed_rule())
                   ->type_name("FILE")
                   ->group(group);
  auto* token = app.add_option("--token-file", flags.token_file,
                               "file with the server's token in its first line")
                    ->envname("DISPATCH_TOKEN_FILE")
                    ->check(secret_rule())
                    ->type_name("FILE")
                    ->group(group);
  user->needs(password);
  password->needs(user);
  const std::array kinds = {credentials, user, nkey, token};
  for (auto* one : kinds) {
    for (auto* other : kinds) {
      if (one != other) {
        one->excludes(other);
      }
    }
  }
}

status fill_login(const login& flags, nats::connection_settings& settings) {
  settings.credentials_file = flags.credentials;
  settings.user = flags.user;
  const auto fill = [](const std::string& file, auto read, std::string& to) -> status {
    if (file.empty()) {
      return nothing{};
    }
    auto secret = read(file);
    if (!secret) {
      return secret.error();
    }
    to = std::move(*secret);
    return nothing{};
  };
  auto done = fill(flags.password_file, read_secret, settings.password);
  if (done) {
    done = fill(flags.token_file, read_secret, settings.token);
  }
  if (done) {
    done = fill(flags.nkey, nats::read_seed, settings.nkey_seed);
  }
  return done;
}

} // namespace dispatch::cli
