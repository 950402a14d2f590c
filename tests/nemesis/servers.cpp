#include "tests/nemesis/servers.hpp"

#include "messages/nats/connection/api.hpp"
#include "messages/nats/connection/server_info.hpp"
#include "messages/nats/embedded_server.hpp"
#include "tests/integration/harness.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>

namespace dispatch::nemesis {

namespace {

using namespace std::chrono_literals;
using integration::value_of;
using nlohmann::json;

constexpr auto info_timeout = 1s;

constexpr auto password_of_nodes = "of-nodes";
constexpr auto login_of_nodes = "nodes:of-nodes@";
constexpr auto login_of_others = "nemesis:of-nemesis@";

json user(const std::string& name, const std::string& password) {
  return {{"user", name}, {"password", password}};
}

std::string loopback(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

json page(std::uint16_t port, const std::string& path) {
  const auto answer = integration::http_get(loopback(port), path);
  const auto body = answer.find("\r\n\r\n");
  auto parsed =
      json::parse(body == std::string::npos ? std::string{} : answer.substr(body), nullptr, false);
  return parsed.is_object() ? parsed : json::object();
}

} // namespace

servers::servers(const std::filesystem::path& directory, std::size_t count, bool with_users)
    : with_users_(with_users) {
  for (std::size_t i = 0; i < count; ++i) {
    const auto name = "s" + std::to_string(i);
    all_.push_back({.name = name,
                    .port = nats::find_free_port(),
                    .route_port = nats::find_free_port(),
                    .http_port = nats::find_free_port(),
                    .directory = directory / name,
                    .process = {}});
  }
  for (auto& each : all_) {
    std::filesystem::create_directories(each.directory);
    write_configuration(each);
    launch(each);
  }
  for (const auto& each : all_) {
    await_clients(each);
  }
}

servers::~servers() {
  for (auto& each : all_) {
    if (each.process.runs()) {
      integration::kill_at_once(each.process);
    }
  }
}

/// The server's configuration language contains JSON.
void servers::write_configuration(const server& which) const {
  json content = {{"server_name", which.name},
                  {"listen", loopback(which.port)},
                  {"http", loopback(which.http_port)},
                  {"log_file", (which.directory / "nats-server.log").string()},
                  {"max_payload", 1 << 20},
                  {"jetstream",
                   {{"store_dir", (which.directory / "store").string()},
                    {"max_file_store", std::int64_t{64} << 30},
                    {"max_memory_store", std::int64_t{4} << 30}}}};
  if (with_users_) {
    content["authorization"] = {{"users",
                                 {user("nodes", nodes_known_ ? password_of_nodes : "rotated"),
                                  user("nemesis", "of-nemesis")}}};
  }
  if (all_.size() > 1) {
    auto routes = json::array();
    for (const auto& each : all_) {
      routes.push_back("nats://" + loopback(each.route_port));
    }
    content["cluster"] = {{"name", "nemesis"},
                          {"listen", loopback(which.route_port)},
                          {"routes", routes},
                          {"no_advertise", true}};
  }
  std::ofstream{which.directory / "nats-server.conf"} << content.dump(2) << '\n';
}

void servers::launch(server& which) {
  which.process = value_of(nats::process_handle::start(
      {nats::find_program("nats-server"), "-c", (which.directory / "nats-server.conf").string()},
      which.directory / "nats-server.log"));
}

void servers::await_clients(const server& which) const {
  integration::await("clients are accepted by nats-server " + which.name, [&] {
    const auto info = nats::read_server_info(
        {.host = "127.0.0.1", .port = std::to_string(which.port)}, info_timeout);
    return info && info->name == which.name;
  });
}

std::string servers::urls() const {
  std::string text;
  for (const auto& each : all_) {
    text += text.empty() ? "nats://" : ",nats://";
    text += (with_users_ ? login_of_others : "") + loopback(each.port);
  }
  return text;
}

std::string servers::url_of_nodes(std::uint16_t port) const {
  return "nats://" + (with_users_ ? login_of_nodes : std::string{}) + loopback(port);
}

void servers::kill(std::size_t which) { integration::kill_at_once(all_[which].process); }

void servers::stop(std::size_t which) {
  ::kill(all_[which].process.id(), SIGTERM);
  integration::wait_for_end(all_[which].process);
}

void servers::start(std::size_t which) {
  launch(all_[which]);
  await_clients(all_[which]);
}

void servers::kill_all() {
  for (std::size_t i = 0; i < all_.size(); ++i) {
    kill(i);
  }
}

void servers::start_all() {
  for (auto& each : all_) {
    launch(each);
  }
  for (const auto& each : all_) {
    await_clients(each);
  }
}

std::filesystem::path servers::copy_of(const server& which) const {
  return which.directory.string() + ".copy";
}

void servers::copy_stores() {
  for (const auto& each : all_) {
    ::kill(each.process.id(), SIGSTOP);
  }
  for (const auto& each : all_) {
    std::filesystem::remove_all(copy_of(each));
    std::filesystem::copy(each.directory / "store", copy_of(each),
                          std::filesystem::copy_options::recursive);
  }
  for (const auto& each : all_) {
    ::kill(each.process.id(), SIGCONT);
  }
}

void servers::restore_stores() {
  for (const auto& each : all_) {
    std::filesystem::remove_all(each.directory / "store");
    std::filesystem::copy(copy_of(each), each.directory / "store",
                          std::filesystem::copy_options::recursive);
  }
}

void servers::know_nodes(bool known) {
  nodes_known_ = known;
  for (const auto& each : all_) {
    write_configuration(each);
  }
}

void servers::await_health() const {
  for (const auto& each : all_) {
    integration::await("the streams of nats-server " + each.name, [&] {
      return page(each.http_port, "/healthz").value("status", "") == "ok";
    });
  }
}

std::optional<std::size_t> servers::by_name(const std::string& name) const {
  const auto found = std::ranges::find(all_, name, &server::name);
  return found == all_.end() ? std::nullopt
                             : std::optional{static_cast<std::size_t>(found - all_.begin())};
}

std::optional<std::size_t> servers::leader_of(nats::connection& on,
                                              const std::string& stream) const {
  const auto info = nats::api::call(on, "STREAM.INFO." + stream);
  const auto about = info ? json::parse(info->body, nullptr, false) : json::object();
  return about.is_object() ? by_name(about.value("/cluster/leader"_json_pointer, ""))
                           : std::nullopt;
}

std::optional<std::size_t> servers::meta_leader() const {
  for (const auto& each : all_) {
    const auto found =
        by_name(page(each.http_port, "/jsz").value("/meta_cluster/leader"_json_pointer, ""));
    if (found) {
      return found;
    }
  }
  return std::nullopt;
}

} // namespace dispatch::nemesis
