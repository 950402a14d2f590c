#include "cmd/dispatchd/thread_room.hpp"

#include <fstream>
#include <latch>
#include <sys/mman.h>
#include <sys/resource.h>
#include <system_error>
#include <thread>
#include <vector>

namespace dispatch::daemon {

namespace {

/// Of a file that holds a number alone; nullopt when there is none in it, such as `max`.
std::optional<std::size_t> number_in(const std::string& path) {
  std::size_t number = 0;
  return std::ifstream{path} >> number ? std::optional{number} : std::nullopt;
}

/// Of version 2, where a process has one; empty when it has none.
std::string path_of_control_group() {
  std::ifstream groups{"/proc/self/cgroup"};
  for (std::string line; std::getline(groups, line);) {
    if (line.starts_with("0::")) {
      return line.substr(3);
    }
  }
  return {};
}

/// Whether there is no address space for one more thread's stack.
bool memory_is_short() {
  constexpr rlim_t usual = rlim_t{8} << 20;
  rlimit stack{};
  const auto known = ::getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur != RLIM_INFINITY;
  const auto bytes = known ? stack.rlim_cur : usual;
  auto* const room =
      ::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) {
    return true;
  }
  ::munmap(room, bytes);
  return false;
}

/// What keeps threads from beginning, and what to do.
std::string cause_of_shortage() {
  if (memory_is_short()) {
    return "there is no memory for their stacks: raise RLIMIT_AS (ulimit -v)";
  }
  const auto limit = lowest_thread_limit();
  return limit ? "raise " + limit->by + ", which is " + std::to_string(limit->most)
               : std::string{"raise the limit of threads, or give it more memory"};
}

} // namespace

std::optional<thread_limit> lowest_thread_limit() {
  std::optional<thread_limit> lowest;
  const auto consider = [&](std::optional<std::size_t> most, const std::string& by) {
    if (most && (!lowest || *most < lowest->most)) {
      lowest = {*most, by};
    }
  };
  consider(number_in("/proc/sys/kernel/threads-max"), "kernel.threads-max");
  consider(number_in("/sys/fs/cgroup" + path_of_control_group() + "/pids.max"),
           "pids.max of the control group (TasksMax of a systemd unit)");
  rlimit of_user{};
  if (::getrlimit(RLIMIT_NPROC, &of_user) == 0 && of_user.rlim_cur != RLIM_INFINITY) {
    consider(of_user.rlim_cur, "RLIMIT_NPROC (ulimit -u)");
  }
  return lowest;
}

status try_threads(std::size_t count) {
  std::latch over{1};
  std::vector<std::jthread> tried;
  tried.reserve(count);
  status done = nothing{};
  try {
    while (tried.size() < count) {
      tried.emplace_back([&over] { over.wait(); });
    }
  } catch (const std::system_error&) {
    done = failure{"only " + std::to_string(tried.size()) + " of " + std::to_string(count) +
                   " threads can begin: " + cause_of_shortage()};
  }
  over.count_down();
  return done;
}

} // namespace dispatch::daemon
