#pragma once

#include <sys/types.h>

namespace dispatch::bench {

/// What a process takes of the machine, by proc(5).
struct usage {
  double resident_bytes = 0.0;
  double threads = 0.0;
  double processor_s = 0.0; ///< since its start
};

/// Ends the program by cli::stop when there is no such process.
usage usage_of(pid_t id);

} // namespace dispatch::bench
