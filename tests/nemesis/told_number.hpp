#pragma once

#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/// Maps the 8 bytes of the file that an environment variable names, through which a process is told
/// a number that may change; a number that stays 0 when there is no such file. For libraries that
/// are preloaded.
inline const std::int64_t* map_number(const char* variable) {
  static const std::int64_t none = 0;
  const char* const path = std::getenv(variable); // NOLINT(concurrency-mt-unsafe)
  const int file = path == nullptr ? -1 : ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return &none;
  }
  void* const mapped = ::mmap(nullptr, sizeof none, PROT_READ, MAP_SHARED, file, 0);
  ::close(file);
  return mapped == MAP_FAILED ? &none : static_cast<const std::int64_t*>(mapped);
}
