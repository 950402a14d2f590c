#include "tests/nemesis/told_number.hpp"

#include <ctime>

/// Preloaded into a process, gives its C++ code a wall clock of its own: ahead of the machine's by
/// as many seconds as the file NEMESIS_CLOCK says, whenever they change. The C library's clock
/// stays: the kernel, which ends waits by it, would not know of another one.
/// std::chrono::system_clock::now().
extern "C" std::int64_t _ZNSt6chrono3_V212system_clock3nowEv() noexcept {
  static const std::int64_t* const ahead = map_number("NEMESIS_CLOCK");
  constexpr std::int64_t second = 1'000'000'000;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return (now.tv_sec + __atomic_load_n(ahead, __ATOMIC_RELAXED)) * second + now.tv_nsec;
}
