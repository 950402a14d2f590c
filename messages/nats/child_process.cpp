#include "messages/nats/child_process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sstream>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace dispatch::nats {

namespace {

failure system_failure(const std::string& what) {
  return failure{what + ": " + std::system_category().message(errno)};
}

// By number, since the C library's declarations of both cannot be linked from C++ before 2.37.
int pidfd_open(pid_t id) { return static_cast<int>(::syscall(SYS_pidfd_open, id, 0)); }
void pidfd_signal(int process, int signal) {
  ::syscall(SYS_pidfd_send_signal, process, signal, nullptr, 0);
}

/// In the child, between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(char* const* arguments, int output, pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) {
    ::_exit(127); // it died before the line above
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr); // NOLINT(concurrency-mt-unsafe): one thread
  const int input = ::open("/dev/null", O_RDONLY);
  ::dup2(input, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::close_range(3, ~0U, 0);
  ::execv(arguments[0], arguments);
  ::_exit(127);
}

} // namespace

std::string find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) {
    return name;
  }
  const char* path = std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe): nobody sets it.
  std::istringstream directories(std::string(path != nullptr ? path : "") +
                                 ":/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin");
  for (std::string directory; std::getline(directories, directory, ':');) {
    if (::access(directory.append("/").append(name).c_str(), X_OK) == 0) {
      return directory;
    }
  }
  return name;
}

descriptor::descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

descriptor& descriptor::operator=(descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

descriptor::~descriptor() {
  if (number_ >= 0) {
    ::close(number_);
  }
}

process_handle::process_handle(pid_t id, descriptor opened, bool child)
    : id_(id), descriptor_(std::move(opened)), child_(child) {}

result<process_handle> process_handle::of(pid_t id) {
  descriptor opened(pidfd_open(id));
  if (opened.number() < 0) {
    return system_failure("process " + std::to_string(id));
  }
  return process_handle(id, std::move(opened), false);
}

result<process_handle> process_handle::start(const std::vector<std::string>& command,
                                             const std::filesystem::path& output) {
  const descriptor file(
      ::open(output.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file.number() < 0) {
    return system_failure("cannot write " + output.string());
  }
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const auto& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  const auto parent = ::getpid();
  const auto id = ::fork();
  if (id == 0) {
    become(arguments.data(), file.number(), parent);
  }
  if (id < 0) {
    return system_failure("cannot start " + command.front());
  }
  descriptor opened(pidfd_open(id));
  if (opened.number() < 0) {
    const auto cause = system_failure("cannot watch " + command.front());
    ::kill(id, SIGKILL);
    ::waitpid(id, nullptr, 0);
    return cause;
  }
  return process_handle(id, std::move(opened), true);
}

bool process_handle::ends_within(std::chrono::milliseconds span) const {
  pollfd waiting{.fd = descriptor_.number(), .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, static_cast<int>(span.count())) == 1;
}

void process_handle::stop(std::chrono::milliseconds patience) {
  if (!runs()) {
    return;
  }
  pidfd_signal(descriptor_.number(), SIGTERM);
  if (!ends_within(patience)) {
    pidfd_signal(descriptor_.number(), SIGKILL);
  }
  while (!ends_within(std::chrono::seconds(1))) {
    continue;
  }
  reap();
}

void process_handle::reap() {
  if (child_) {
    ::waitpid(id_, nullptr, 0);
  }
  *this = process_handle();
}

} // namespace dispatch::nats
