#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/// Preloaded into a process, gives its C++ code a wall clock of its own: ahead of the machine's by
/// as many seconds as the 8 bytes of the file NEMESIS_CLOCK say, whenever they change. The C
/// library's clock stays: the kernel, which ends waits by it, would not know of another one.
namespace {

const std::int64_t* map_offset() {
  static const std::int64_t none = 0;
  const char* const path = std::getenv("NEMESIS_CLOCK"); // NOLINT(concurrency-mt-unsafe)
  const int file = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return &none;
  }
  void* const mapped = ::mmap(nullptr, sizeof none, PROT_READ, MAP_SHARED, file, 0);
  ::close(file);
  return mapped == MAP_FAILED ? &none : static_cast<const std::int64_t*>(mapped);
}

} // namespace

/// std::chrono::system_clock::now().
extern "C" std::int64_t _ZNSt6chrono3_V212system_clock3nowEv() noexcept {
  static const std::int64_t* const ahead = map_offset();
  constexpr std::int64_t second = 1'000'000'000;
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return (now.tv_sec + __atomic_load_n(ahead, __ATOMIC_RELAXED)) * second + now.tv_nsec;
}
