#include "tests/nemesis/told_number.hpp"

#include <cerrno>
#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>

/// Preloaded into a process, lets it have only as many threads at once as the file
/// NEMESIS_THREADS says; 0: any number.
namespace {

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
  static const std::int64_t* const limit = map_number("NEMESIS_THREADS");
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
