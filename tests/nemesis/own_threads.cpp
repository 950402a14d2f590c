#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

/// Preloaded into a process, lets it have only as many threads at once as the 8 bytes of the file
/// NEMESIS_THREADS say; 0: any number.
namespace {

const std::int64_t* map_limit() {
  static const std::int64_t none = 0;
  const char* const path = std::getenv("NEMESIS_THREADS"); // NOLINT(concurrency-mt-unsafe)
  const int file = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return &none;
  }
  void* const mapped = ::mmap(nullptr, sizeof none, PROT_READ, MAP_SHARED, file, 0);
  ::close(file);
  return mapped == MAP_FAILED ? &none : static_cast<const std::int64_t*>(mapped);
}

std::int64_t threads() {
  std::int64_t count = 0;
  if (DIR* const all = ::opendir("/proc/self/task")) {
    while (const dirent* const each = ::readdir(all)) { // NOLINT(concurrency-mt-unsafe)
      count += each->d_name[0] == '.' ? 0 : 1;
    }
    ::closedir(all);
  }
  return count;
}

bool may_begin() {
  static const std::int64_t* const limit = map_limit();
  const auto most = __atomic_load_n(limit, __ATOMIC_RELAXED);
  return most == 0 || threads() < most;
}

} // namespace

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*start)(void*), void* argument) noexcept {
  using creator = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
  static const auto create = reinterpret_cast<creator>(::dlsym(RTLD_NEXT, "pthread_create"));
  return may_begin() ? create(thread, attributes, start, argument) : EAGAIN;
}
