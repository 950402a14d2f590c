#include "tests/edge/configured_server.hpp"

#include "messages/nats/connection/server_info.hpp"
#include "messages/nats/embedded_server.hpp"
#include "tests/integration/harness.hpp"

#include <chrono>
#include <csignal>
#include <fstream>

namespace dispatch::edge {

namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr auto program = "/usr/sbin/nats-server";
constexpr auto info_timeout = 1s;

} // namespace

configured_server::configured_server(const json& configuration) : port_(nats::find_free_port()) {
  launch(configuration);
}

configured_server::~configured_server() {
  if (process_.runs()) {
    integration::kill_at_once(process_);
  }
}

std::string configured_server::url(const std::string& login) const {
  return "nats://" + (login.empty() ? "" : login + "@") + "127.0.0.1:" + std::to_string(port_);
}

std::string configured_server::tls_url() const {
  return "tls://localhost:" + std::to_string(port_);
}

void configured_server::restart(const json& configuration) {
  ::kill(process_.id(), SIGTERM);
  integration::wait_for_end(process_);
  launch(configuration);
}

/// The server's configuration language contains JSON.
void configured_server::launch(const json& configuration) {
  json content = {{"server_name", "edge"},
                  {"listen", "127.0.0.1:" + std::to_string(port_)},
                  {"log_file", (directory() / "nats-server.log").string()},
                  {"jetstream", {{"store_dir", (directory() / "store").string()}}}};
  content.update(configuration);
  const auto file = directory() / "nats-server.conf";
  std::ofstream{file} << content.dump(2) << '\n';
  process_ = integration::value_of(
      nats::process_handle::start({program, "-c", file.string()}, directory() / "output"));
  integration::await("clients are accepted by the nats-server", [&] {
    return bool(
        nats::read_server_info({.host = "127.0.0.1", .port = std::to_string(port_)}, info_timeout));
  });
}

std::size_t configured_server::lines_with(const std::string& words) const {
  std::ifstream file{directory() / "nats-server.log"};
  std::size_t count = 0;
  for (std::string line; std::getline(file, line);) {
    count += line.find(words) != std::string::npos ? 1 : 0;
  }
  return count;
}

std::size_t configured_server::logins_refused() const { return lines_with("authentication error"); }

std::size_t configured_server::hand_shakes_failed() const {
  return lines_with("TLS handshake error");
}

json one_user(const std::string& name, const std::string& password) {
  return {{"authorization", {{"user", name}, {"password", password}}}};
}

} // namespace dispatch::edge
