#pragma once

#include "messages/nats/child_process.hpp"
#include "tests/support/temporary_directory.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace dispatch::edge {

/// A nats-server, with JetStream unless that is configured away, and a configuration of the test's
/// own, such as users. Port and store stay when the configuration changes. Killed with its object.
class configured_server {
public:
  /// The configuration is added to what every server has.
  explicit configured_server(const nlohmann::json& configuration);
  configured_server(const configured_server&) = delete;
  configured_server& operator=(const configured_server&) = delete;
  ~configured_server();

  /// `login` is a name and a password with a colon between; empty: none.
  std::string url(const std::string& login = {}) const;
  /// By a name that certificates may hold, with TLS.
  std::string tls_url() const;

  /// Ends the server as it is asked to, and starts it again with another configuration.
  void restart(const nlohmann::json& configuration);

  /// How often the server has turned somebody away, and how often a TLS hand-shake went wrong.
  std::size_t logins_refused() const;
  std::size_t hand_shakes_failed() const;

  std::filesystem::path directory() const { return directory_.path(); }

private:
  void launch(const nlohmann::json& configuration);
  std::size_t lines_with(const std::string& words) const;

  testing::temporary_directory directory_;
  std::uint16_t port_;
  nats::process_handle process_;
};

/// The configuration of a server with one user who may do everything.
nlohmann::json one_user(const std::string& name, const std::string& password);

} // namespace dispatch::edge
