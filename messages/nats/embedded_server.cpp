#include "messages/nats/embedded_server.hpp"

#include "messages/nats/child_process.hpp"
#include "messages/nats/connection/server_info.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <future>
#include <iterator>
#include <poll.h>
#include <random>
#include <sstream>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace dispatch::nats {

namespace {

using clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto stop_patience = 10s;
/// Reading a large store back takes its time; the server listens only afterwards.
constexpr auto start_patience = 60s;
constexpr auto start_poll = 10ms;
constexpr auto restart_pause_min = 100ms;
constexpr auto restart_pause_max = 5000ms;
constexpr int port_attempts = 3;
constexpr int max_payload_bytes = 1024 * 1024;

/// Ends the server that the pid file names, if that process runs with this configuration.
void stop_predecessor(const std::filesystem::path& pid_file,
                      const std::filesystem::path& configuration) {
  pid_t id = 0;
  if (!(std::ifstream(pid_file) >> id) || id <= 1) {
    return;
  }
  auto process = process_handle::of(id);
  if (!process) {
    return;
  }
  std::ifstream stream("/proc/" + std::to_string(id) + "/cmdline", std::ios::binary);
  const std::string arguments(std::istreambuf_iterator<char>(stream), {});
  if (arguments.find(configuration.string()) != std::string::npos) {
    process->stop(stop_patience);
  }
}

} // namespace

std::uint16_t find_free_port() {
  std::random_device random;
  std::uniform_int_distribution<int> ports(20'000, 31'999);
  for (int attempt = 0; attempt < 100; ++attempt) {
    const auto port = static_cast<std::uint16_t>(ports(random));
    const descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      return port;
    }
  }
  return 0;
}

struct embedded_server::supervisor {
  embedded_server_settings settings;
  std::filesystem::path configuration, pid_file, log_file;
  std::string server_name;
  std::uint16_t port = 0;
  std::atomic<pid_t> process_id = 0;
  descriptor stop_event{::eventfd(0, EFD_CLOEXEC)};
  process_handle process;
  std::thread thread;

  enum class wake_reason : std::uint8_t { time_over, server_ended, stop_asked };

  status prepare();
  status write_configuration();
  status launch();
  status launch_on_free_port();
  wake_reason wait(std::chrono::milliseconds span) const;
  void run(std::promise<status> started);
  void supervise();
  void notice(const std::string& what) const {
    if (settings.notice) {
      settings.notice(what);
    }
  }
};

status embedded_server::supervisor::prepare() {
  std::error_code error;
  std::filesystem::create_directories(settings.directory, error);
  const auto directory = std::filesystem::canonical(settings.directory, error);
  if (error) {
    return failure{"cannot use " + settings.directory.string() + ": " + error.message()};
  }
  settings.directory = directory;
  settings.program = find_program(settings.program);
  configuration = directory / "nats-server.conf";
  pid_file = directory / "nats-server.pid";
  log_file = directory / "nats-server.log";
  server_name = "dispatch-" + std::to_string(std::random_device{}());
  stop_predecessor(pid_file, configuration);
  return nothing{};
}

/// The server's configuration language contains JSON.
status embedded_server::supervisor::write_configuration() {
  const nlohmann::json content = {{"server_name", server_name},
                                  {"listen", "127.0.0.1:" + std::to_string(port)},
                                  {"pid_file", pid_file.string()},
                                  {"log_file", log_file.string()},
                                  {"max_payload", max_payload_bytes},
                                  {"jetstream",
                                   {{"store_dir", (settings.directory / "store").string()},
                                    {"max_file_store", settings.store_bytes_max},
                                    {"max_memory_store", settings.memory_bytes_max}}}};
  std::ofstream file(configuration, std::ios::trunc);
  file << content.dump(2) << '\n';
  file.close();
  if (!file) {
    return failure{"cannot write " + configuration.string()};
  }
  return nothing{};
}

embedded_server::supervisor::wake_reason
embedded_server::supervisor::wait(std::chrono::milliseconds span) const {
  std::array<pollfd, 2> waiting{
      pollfd{.fd = stop_event.number(), .events = POLLIN, .revents = 0},
      pollfd{.fd = process.wait_descriptor(), .events = POLLIN, .revents = 0}};
  ::poll(waiting.data(), waiting.size(), static_cast<int>(span.count()));
  if (waiting[0].revents != 0) {
    return wake_reason::stop_asked;
  }
  return waiting[1].revents != 0 ? wake_reason::server_ended : wake_reason::time_over;
}

/// Starts the process and waits until it accepts clients.
status embedded_server::supervisor::launch() {
  auto started = process_handle::start({settings.program, "-c", configuration.string()}, log_file);
  if (!started) {
    return started.error();
  }
  process = std::move(*started);
  const auto hint = "; see " + log_file.string();
  const server_address address{.host = "127.0.0.1", .port = std::to_string(port)};
  for (const auto deadline = clock::now() + start_patience; clock::now() < deadline;) {
    const auto info = read_server_info(address, 1s);
    // Another process may have taken the port meanwhile.
    if (info && info->name == server_name) {
      process_id = process.id();
      return nothing{};
    }
    const auto reason = wait(start_poll);
    if (reason == wake_reason::server_ended) {
      process.reap();
      return failure{settings.program + " does not start" + hint};
    }
    if (reason == wake_reason::stop_asked) {
      break;
    }
  }
  process.stop(stop_patience);
  return failure{settings.program + " does not accept clients" + hint};
}

status embedded_server::supervisor::launch_on_free_port() {
  status last = failure{"no free port was found"};
  for (int attempt = 0; attempt < (settings.port == 0 ? port_attempts : 1); ++attempt) {
    port = settings.port == 0 ? find_free_port() : settings.port;
    last = write_configuration();
    if (last) {
      last = launch();
    }
    if (last) {
      return last;
    }
  }
  return last;
}

void embedded_server::supervisor::run(std::promise<status> started) {
  auto prepared = prepare();
  if (prepared) {
    prepared = launch_on_free_port();
  }
  const bool running = bool(prepared);
  started.set_value(std::move(prepared));
  if (running) {
    supervise();
  }
}

void embedded_server::supervisor::supervise() {
  std::chrono::milliseconds pause = restart_pause_min;
  auto ended_at = clock::now();
  for (;;) {
    auto reason = process.runs() ? wait(-1ms) : wait(pause);
    if (reason == wake_reason::stop_asked) {
      process.stop(stop_patience);
      process_id = 0;
      return;
    }
    if (reason == wake_reason::server_ended) {
      process_id = 0;
      process.reap();
      ended_at = clock::now();
      notice("nats-server ended; it is started again");
      continue;
    }
    if (const auto launched = launch(); launched) {
      pause = restart_pause_min;
    } else {
      notice(launched.error().what);
      if (ended_at + settings.given_up_after < clock::now()) {
        notice("nats-server is given up: it could not be started again");
        if (settings.on_given_up) {
          settings.on_given_up();
        }
        return;
      }
      pause = std::min(pause * 2, std::chrono::milliseconds(restart_pause_max));
    }
  }
}

embedded_server::embedded_server() : supervisor_(std::make_unique<supervisor>()) {}

embedded_server::~embedded_server() {
  const std::uint64_t one = 1;
  // Cannot fail: the counter of the event is far from its maximum.
  (void)!::write(supervisor_->stop_event.number(), &one, sizeof one);
  if (supervisor_->thread.joinable()) {
    supervisor_->thread.join();
  }
}

result<std::unique_ptr<embedded_server>> embedded_server::start(embedded_server_settings settings) {
  std::unique_ptr<embedded_server> made(new embedded_server);
  auto& self = *made->supervisor_;
  self.settings = std::move(settings);
  std::promise<status> promise;
  auto started = promise.get_future();
  // The kernel ties the server's life to the thread that starts it, so that thread must live on.
  self.thread = std::thread([&self, p = std::move(promise)]() mutable { self.run(std::move(p)); });
  if (const auto outcome = started.get(); !outcome) {
    return outcome.error();
  }
  return made;
}

std::string embedded_server::url() const {
  return "nats://127.0.0.1:" + std::to_string(supervisor_->port);
}

std::uint16_t embedded_server::port() const { return supervisor_->port; }

pid_t embedded_server::process_id() const { return supervisor_->process_id; }

} // namespace dispatch::nats
