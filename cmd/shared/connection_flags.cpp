#include "cmd/shared/connection_flags.hpp"

#include "cmd/shared/command_line.hpp"
#include "cmd/shared/endpoint_file.hpp"
#include "messages/entities/entity.hpp"

namespace dispatch::cli {

void add_connection_flags(CLI::App& app, connection_flags& flags) {
  constexpr auto group = "Connection";
  app.add_option("--server", flags.server, "NATS URL, or several separated by commas")
      ->envname("NATS_URL")
      ->type_name("URL")
      ->capture_default_str()
      ->group(group);
  app.add_option("--data", flags.data,
                 "data directory of a running dispatchd: use its server, instead of --server")
      ->type_name("DIR")
      ->group(group);
  add_login(app, flags.who, "NATS_CREDS", group);
  app.add_option("--tls-ca", flags.tls_ca, "certificates that sign the server's")
      ->type_name("FILE")
      ->group(group);
  auto* certificate = app.add_option("--tls-cert", flags.tls_certificate, "own certificate")
                          ->type_name("FILE")
                          ->group(group);
  app.add_option("--tls-key", flags.tls_key, "key of the own certificate")
      ->type_name("FILE")
      ->needs(certificate)
      ->group(group);
  app.add_option("--root", flags.root, "first token of all subjects")
      ->check([](const std::string& root) {
        return valid_id(root) ? std::string{} : "must be 1 to 64 letters, digits, '-' or '_'";
      })
      ->type_name("TOKEN")
      ->capture_default_str()
      ->group(group);
  add_span(app, "--timeout", flags.timeout, "how long to wait for an answer")->group(group);
}

std::shared_ptr<nats::connection> connect_or_stop(nats::connection_settings settings) {
  auto opened = nats::connection::open(std::move(settings));
  const auto refused = !opened && nats::is_login_refused(opened.error());
  return value_or_stop(std::move(opened),
                       refused ? exit_code::not_permitted : exit_code::unavailable);
}

result<nats::connection_settings> connection_settings_of(const connection_flags& flags,
                                                         const std::string& name) {
  nats::connection_settings settings;
  settings.url = flags.server;
  settings.name = name;
  settings.tls_ca_file = flags.tls_ca;
  settings.tls_certificate_file = flags.tls_certificate;
  settings.tls_key_file = flags.tls_key;
  if (const auto filled = fill_login(flags.who, settings); !filled) {
    return filled.error();
  }
  if (!flags.data.empty()) {
    auto found = await_endpoint(flags.data);
    if (!found) {
      return found.error();
    }
    settings.url = std::move(found->nats_url);
  }
  return settings;
}

} // namespace dispatch::cli
