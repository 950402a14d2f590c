#include "cmd/dispatchd/options.hpp"

#include "cmd/shared/command_line.hpp"
#include "messages/entities/entity.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>
#include <ostream>
#include <utility>

namespace dispatch::daemon {

namespace {

const char* const about =
    R"(Runs zones: takes their commands from NATS JetStream, lets the actors of orders, riders and
stations decide, commits, remembers, announces.)";

const char* const examples = R"(Examples:
  dispatchd --embedded --data /tmp/city     with a nats-server of its own, for trying out
  dispatchd --server nats://nats:4222 --data /var/lib/dispatch
  dispatchd --config /etc/dispatch/dispatchd.toml

A zone is created with `dispatchctl zone create NAME`; it is opened within a second.
When ready, DATA/dispatchd.json tells the addresses. SIGTERM finishes the turn in hand, announces
what is committed and exits with 0.
Exit codes: 0 stopped as asked, 1 failed, 2 wrong arguments or configuration, 4 another process has
the data directory or runs under the node's name, 5 no server, or one without JetStream, 6 the
server refuses the login, or what every node does.)";

constexpr auto zones_variable = "DISPATCH_RUN_ZONES";
/// Of dispatchctl: the zone that operators talk of.
constexpr auto zone_of_operators = "DISPATCH_ZONE";

std::string check_id(const std::string& text) {
  return valid_id(text) ? std::string{}
                        : "must be 1 to 64 letters, digits, '-' or '_', is \"" + text + "\"";
}

std::string check_address(const std::string& text) {
  constexpr int port_max = 65'535;
  const auto colon = text.rfind(':');
  const auto is_good = colon != std::string::npos && colon > 0 &&
                       cli::parse_number(std::string_view{text}.substr(colon + 1), 0, port_max);
  return is_good ? std::string{} : "must be host:port, such as 127.0.0.1:9464, is \"" + text + "\"";
}

void add_milliseconds(CLI::App& app, const char* name, const char* variable,
                      std::chrono::milliseconds& to, const char* help) {
  constexpr std::int64_t lowest = 50;
  constexpr std::int64_t highest = 60'000;
  const auto set = [&to](const std::string& text) {
    to = std::chrono::milliseconds{*cli::parse_number(text, lowest, highest)};
  };
  app.add_option_function<std::string>(name, set, help)
      ->envname(variable)
      ->check(cli::number_rule(lowest, highest))
      ->type_name("N")
      ->default_str(std::to_string(to.count()));
}

/// An option that takes one of these words.
template <class Value>
void add_words(CLI::App& app, const char* name, const char* variable, Value& to, const char* help,
               const std::vector<std::pair<std::string, Value>>& meanings) {
  std::vector<std::string> words;
  for (const auto& [word, meaning] : meanings) {
    words.push_back(word);
  }
  const auto set = [&to, meanings](const std::string& text) {
    to = std::ranges::find(meanings, text, &std::pair<std::string, Value>::first)->second;
  };
  app.add_option_function<std::string>(name, set, help)
      ->envname(variable)
      ->check(cli::word_rule(std::move(words)));
}

void add_flags(CLI::App& app, options& o) {
  app.add_option("--server", o.server, "NATS URL, or several separated by commas")
      ->envname("DISPATCH_SERVER")
      ->capture_default_str();
  cli::add_login(app, o.who, "DISPATCH_CREDS", "Options");
  app.get_option("--creds")->check(CLI::ExistingFile);
  app.add_option("--tls-ca", o.tls_ca, "certificates to trust, PEM file")
      ->envname("DISPATCH_TLS_CA")
      ->check(CLI::ExistingFile);
  app.add_option("--tls-cert", o.tls_certificate, "own certificate, PEM file")
      ->envname("DISPATCH_TLS_CERT")
      ->check(CLI::ExistingFile);
  app.add_option("--tls-key", o.tls_key, "own key, PEM file")
      ->envname("DISPATCH_TLS_KEY")
      ->check(CLI::ExistingFile);
  app.add_option("--root", o.root, "first token of every subject")
      ->envname("DISPATCH_ROOT")
      ->check(check_id)
      ->capture_default_str();
  app.add_option("--data", o.data, "directory of the SQLite files")
      ->envname("DISPATCH_DATA")
      ->capture_default_str();
  app.add_option("--node", o.node,
                 "name among the nodes (default: one that is made up and kept in DATA)")
      ->envname("DISPATCH_NODE")
      ->check(check_id);
  cli::add_number(app, "--capacity", o.capacity, "share of the zones, relative to the other nodes",
                  0.01, 1000.0)
      ->envname("DISPATCH_CAPACITY");
  add_milliseconds(app, "--lease-ms", "DISPATCH_LEASE_MS", o.lease,
                   "a node that is silent for so long loses its zones");
  add_milliseconds(app, "--renewal-ms", "DISPATCH_RENEWAL_MS", o.renewal,
                   "between two heartbeats; at most half a lease");
  app.add_flag("--embedded", o.embedded, "start and supervise a nats-server of its own in DATA")
      ->envname("DISPATCH_EMBEDDED");
  cli::add_number(app, "--wake-speed", o.wake_speed,
                  "with --embedded: simulated clocks, which stood still meanwhile, go on so fast",
                  0.001, 10'000.0)
      ->envname("DISPATCH_WAKE_SPEED");
  cli::add_number(app, "--nats-port", o.nats_port, "port of the embedded server; 0: a free one", 0)
      ->envname("DISPATCH_NATS_PORT");
  app.add_option("--zone", o.zones, "run only this zone; may be given several times")
      ->envname(zones_variable)
      ->delimiter(',')
      ->check(check_id);
  app.add_option("--http", o.http,
                 "host:port of /metrics, /livez and /readyz (default 127.0.0.1:9464; with "
                 "--embedded a free port)")
      ->envname("DISPATCH_HTTP")
      ->check(check_address);
  cli::add_number(app, "--threads", o.threads, "threads that run actors", 1, 256)
      ->envname("DISPATCH_THREADS");
  app.add_option(
         "--waybill-key", o.waybill_key,
         "private key, PEM file: every assignment gets a signed waybill (with --embedded it "
         "is made when there is none)")
      ->envname("DISPATCH_WAYBILL_KEY");
  app.add_option("--routing-engine", o.routing_engine,
                 "base URL of an OSRM-compatible routing engine; zones whose policy has "
                 "`routed = true` ask it")
      ->envname("DISPATCH_ROUTING_ENGINE");
  add_words(app, "--log-format", "DISPATCH_LOG_FORMAT", o.log_format, "how the log is written",
            {{"text", log::format::text}, {"json", log::format::json}});
  add_words(app, "--log-level", "DISPATCH_LOG_LEVEL", o.log_level, "the least of what is logged",
            {{"debug", log::level::debug},
             {"info", log::level::info},
             {"warning", log::level::warning},
             {"error", log::level::error}});
}

} // namespace

std::string options::http_address() const {
  if (!http.empty()) {
    return http;
  }
  return embedded ? "127.0.0.1:0" : "127.0.0.1:9464";
}

result<nats::connection_settings> options::connection(const std::string& name) const {
  nats::connection_settings settings;
  settings.url = server;
  settings.name = name;
  settings.inbox_prefix = "_INBOX_" + root + "_node";
  settings.tls_ca_file = tls_ca;
  settings.tls_certificate_file = tls_certificate;
  settings.tls_key_file = tls_key;
  const auto filled = cli::fill_login(who, settings);
  return filled ? result<nats::connection_settings>{std::move(settings)} : filled.error();
}

void describe(CLI::App& app, options& o) {
  app.description(about);
  app.footer(examples);
  app.set_config("--config", "", "TOML file with the long names of these flags as keys")
      ->envname("DISPATCH_CONFIG");
  app.allow_config_extras(CLI::config_extras_mode::error);
  add_flags(app, o);
  app.final_callback([&o] {
    if (2 * o.renewal > o.lease) {
      throw CLI::ValidationError("--renewal-ms", "must be at most half of --lease-ms");
    }
  });
}

std::variant<options, cli::exit_code> parse_options(int argc, const char* const* argv,
                                                    std::ostream& out, std::ostream& err) {
  options o;
  CLI::App app{"", "dispatchd"};
  describe(app, o);
  if (const auto code = cli::parse(app, argc, argv, out, err)) {
    return *code;
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it.
  if (o.zones.empty() && std::getenv(zone_of_operators) != nullptr) {
    err << "dispatchd: " << zone_of_operators << " is for dispatchctl and means nothing here; "
        << zones_variable << " names the only zones to run\n";
  }
  return o;
}

} // namespace dispatch::daemon
