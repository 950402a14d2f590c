#include "cmd/dispatch-sim/local_dispatchd.hpp"

#include "cmd/shared/endpoint_file.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <sys/inotify.h>
#include <system_error>
#include <unistd.h>

namespace dispatch::sim {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr auto start_time_max = 30s;
constexpr auto stop_patience = 25s; // dispatchd itself takes up to 20 s to finish

failure system_failure(const std::string& what) {
  return failure{what + ": " + std::error_code(errno, std::generic_category()).message()};
}

} // namespace

result<std::unique_ptr<local_dispatchd>>
local_dispatchd::start(const std::filesystem::path& keep_in, double speed) {
  std::unique_ptr<local_dispatchd> made{new local_dispatchd(keep_in)};
  if (const auto launched = made->launch(speed); !launched) {
    return launched.error();
  }
  return made;
}

status local_dispatchd::launch(double speed) {
  std::error_code failed;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", failed);
  const auto program = self.parent_path() / "dispatchd";
  if (failed || !std::filesystem::exists(program)) {
    return failure{"there is no dispatchd beside this program; start one and name it by --server"};
  }
  if (keep_) {
    std::filesystem::create_directories(directory_, failed);
    if (failed) {
      return failure{"cannot create " + directory_.string() + ": " + failed.message()};
    }
  } else if (auto made = make_temporary_directory(); !made) {
    return made;
  }
  auto started =
      nats::process_handle::start({program.string(), "--embedded", "--data", directory_.string(),
                                   "--wake-speed", std::to_string(speed)},
                                  directory_ / "dispatchd.log");
  if (!started) {
    return started.error();
  }
  process_ = std::move(*started);
  return wait_until_ready();
}

status local_dispatchd::make_temporary_directory() {
  auto pattern = (std::filesystem::temp_directory_path() / "dispatch-sim-").string() +
                 std::string(6, 'X'); // which mkdtemp replaces
  if (::mkdtemp(pattern.data()) == nullptr) {
    return system_failure("cannot create a directory like " + pattern);
  }
  directory_ = pattern;
  return nothing{};
}

/// Its endpoint file appears when it is ready.
status local_dispatchd::wait_until_ready() {
  const nats::descriptor watch{::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
  if (watch.number() < 0 ||
      ::inotify_add_watch(watch.number(), directory_.c_str(), IN_MOVED_TO) < 0) {
    return system_failure("cannot watch " + directory_.string());
  }
  const auto deadline = steady::now() + start_time_max;
  for (;;) {
    if (const auto found = cli::read_endpoint(directory_)) {
      url_ = found->nats_url;
      return nothing{};
    }
    if (const auto over = ended()) {
      return *over;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady::now());
    if (left <= 0ms) {
      keep_ = true;
      return failure{"dispatchd is not ready after 30 s, see " +
                     (directory_ / "dispatchd.log").string()};
    }
    std::array<pollfd, 2> sources{
        pollfd{.fd = watch.number(), .events = POLLIN, .revents = 0},
        pollfd{.fd = process_.wait_descriptor(), .events = POLLIN, .revents = 0}};
    ::poll(sources.data(), sources.size(), static_cast<int>(left.count()));
    std::array<char, 4096> ignored{};
    while (::read(watch.number(), ignored.data(), ignored.size()) > 0) {
      continue;
    }
  }
}

std::optional<failure> local_dispatchd::ended() const {
  pollfd state{.fd = process_.wait_descriptor(), .events = POLLIN, .revents = 0};
  if (::poll(&state, 1, 0) != 1) {
    return std::nullopt;
  }
  return failure{"dispatchd has ended, see " + (directory_ / "dispatchd.log").string()};
}

local_dispatchd::~local_dispatchd() {
  if (process_.runs()) {
    keep_ = keep_ || ended();
    process_.stop(stop_patience);
  }
  if (!directory_.empty() && !keep_) {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
}

} // namespace dispatch::sim
