#include "tests/integration/harness.hpp"

#include "cmd/shared/endpoint_file.hpp"
#include "messages/nats/bucket.hpp"
#include "messages/nats/stream_admin.hpp"
#include "messages/wire/subjects.hpp"

#include <arpa/inet.h>
#include <array>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <mutex>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace dispatch::integration {

namespace {

using namespace std::chrono_literals;

constexpr auto poll_interval = 5ms;

} // namespace

nats::descriptor connected_socket(const std::string& address) {
  const auto colon = address.rfind(':');
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1))));
  ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
  nats::descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const bool connected =
      ::connect(socket.number(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  return connected ? std::move(socket) : nats::descriptor{};
}

std::string http_get(const std::string& address, const std::string& path,
                     std::chrono::milliseconds longest) {
  const auto socket = connected_socket(address);
  const auto question =
      "GET " + path + " HTTP/1.1\r\nHost: " + address + "\r\nConnection: close\r\n\r\n";
  if (::send(socket.number(), question.data(), question.size(), MSG_NOSIGNAL) < 0) {
    return {};
  }
  pollfd begun{.fd = socket.number(), .events = POLLIN, .revents = 0};
  if (::poll(&begun, 1, static_cast<int>(longest.count())) != 1) {
    return {};
  }
  std::string answer;
  std::array<char, 4096> part{};
  for (ssize_t size = 0; (size = ::recv(socket.number(), part.data(), part.size(), 0)) > 0;) {
    answer.append(part.data(), static_cast<std::size_t>(size));
  }
  return answer;
}

bool comes(const std::function<bool()>& so, std::chrono::milliseconds longest) {
  const auto deadline = std::chrono::steady_clock::now() + longest;
  while (!so()) {
    if (std::chrono::steady_clock::now() > deadline) {
      return false;
    }
    std::this_thread::sleep_for(poll_interval);
  }
  return true;
}

void await(const std::string& what, const std::function<bool()>& so) {
  if (!comes(so, patience)) {
    throw std::runtime_error("did not come in time: " + what);
  }
}

int wait_for_end(nats::process_handle& child, std::chrono::milliseconds longest) {
  pollfd waiting{.fd = child.wait_descriptor(), .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, static_cast<int>(longest.count())) != 1) {
    throw std::runtime_error("process " + std::to_string(child.id()) + " does not end");
  }
  siginfo_t end{};
  ::waitid(P_PID, static_cast<id_t>(child.id()), &end, WEXITED | WNOWAIT);
  child.reap();
  return end.si_code == CLD_EXITED ? end.si_status : 128 + end.si_status;
}

void kill_at_once(nats::process_handle& child) {
  ::kill(child.id(), SIGKILL);
  wait_for_end(child);
}

site::site() {
  server_ =
      value_of(nats::embedded_server::start({.directory = directory_.path() / "nats-server"}));
  nats::connection_settings settings;
  settings.url = server_->url();
  settings.name = "integration";
  on_ = value_of(nats::connection::open(std::move(settings)));
  std::filesystem::create_directories(data());
  value_of(nats::create_buckets(*on_, "dispatch", 1));
}

void site::kill_server(const std::function<void()>& meanwhile) {
  std::mutex mutex;
  std::condition_variable changed;
  bool restored = false;
  const auto watch = on_->watch([&](bool connected) {
    const std::lock_guard lock(mutex);
    restored = restored || connected;
    changed.notify_all();
  });
  const auto id = server_->process_id();
  if (id == 0 || ::kill(id, SIGKILL) != 0) {
    throw std::runtime_error("there is no nats-server to kill");
  }
  meanwhile();
  std::unique_lock lock(mutex);
  if (!changed.wait_for(lock, patience, [&] { return restored; })) {
    throw std::runtime_error("the nats-server does not come back");
  }
}

void site::with_server_stopped(const std::function<void(const std::filesystem::path&)>& files) {
  const auto port = server_->port();
  server_.reset();
  const auto directory = directory_.path() / "nats-server";
  files(directory);
  server_ = value_of(nats::embedded_server::start({.directory = directory, .port = port}));
  await("the own connection", [&] { return on_->connected(); });
}

void site::back_up_server() {
  with_server_stopped([&](const std::filesystem::path& files) {
    std::filesystem::copy(files, directory_.path() / "backup",
                          std::filesystem::copy_options::recursive);
  });
}

void site::restore_server() {
  with_server_stopped([&](const std::filesystem::path& files) {
    std::filesystem::remove_all(files);
    std::filesystem::copy(directory_.path() / "backup", files,
                          std::filesystem::copy_options::recursive);
  });
}

void site::create_zone(const zone_definition& definition,
                       const std::function<void(nats::stream_settings&)>& change) {
  create_input(definition.name, change);
  auto [input, log, output] = nats::zone_streams("dispatch", definition.name, {});
  for (const auto& settings :
       {log, output, nats::position_stream("dispatch", 1), nats::snapshot_stream("dispatch", {}),
        nats::given_up_stream("dispatch", 1)}) {
    value_of(nats::create_stream(*on_, settings));
  }
  value_of(nats::bucket{on_, wire::zones_bucket("dispatch")}.put(definition.name,
                                                                 wire::to_toml(definition), 0));
}

void site::create_input(const std::string& zone,
                        const std::function<void(nats::stream_settings&)>& change) {
  auto settings = nats::zone_streams("dispatch", zone, {}).front();
  change(settings);
  value_of(nats::create_stream(*on_, settings));
}

dispatchd::dispatchd(const site& where, const settings& how)
    : dispatchd(where.url(), how.node.empty() ? where.data() : where.directory() / how.node, how) {}

dispatchd::dispatchd(const std::string& server, std::filesystem::path data, const settings& how)
    : data_(std::move(data)) {
  // A killed predecessor has left its own behind.
  cli::remove_endpoint(data_);
  std::filesystem::create_directories(data_);
  std::vector<std::string> command{"/usr/bin/env"};
  command.insert(command.end(), how.environment.begin(), how.environment.end());
  if (!how.failpoint.empty()) {
    command.push_back("DISPATCH_FAILPOINT=" + how.failpoint);
  }
  command.insert(command.end(), {DISPATCHD_PROGRAM, "--server", server, "--data", data_.string(),
                                 "--http", "127.0.0.1:0"});
  if (!how.node.empty()) {
    command.insert(command.end(), {"--node", how.node});
  }
  command.insert(command.end(), how.arguments.begin(), how.arguments.end());
  process_ = value_of(nats::process_handle::start(command, log_file()));
}

dispatchd::~dispatchd() {
  if (process_.runs()) {
    kill();
  }
}

int dispatchd::stop() {
  ::kill(process_.id(), SIGTERM);
  return wait_for_end();
}

bool dispatchd::has_ended() const {
  pollfd end{.fd = process_.wait_descriptor(), .events = POLLIN, .revents = 0};
  return ::poll(&end, 1, 0) == 1;
}

std::string dispatchd::page(const std::string& path) const {
  std::string answer;
  await("an answer of dispatchd's HTTP server", [&] {
    const auto at = cli::read_endpoint(data_);
    answer = at ? http_get(at->http, path) : std::string{};
    return !answer.empty();
  });
  return answer.substr(std::min(answer.size(), answer.find("\r\n\r\n") + 4));
}

std::string dispatchd::log() const {
  std::ifstream file(log_file());
  return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace dispatch::integration
