#pragma once

#include "messages/result.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace dispatch::daemon {

/// Threads of a process without zones, and what each zone adds to them: one that is run, and one
/// that is followed.
inline constexpr std::size_t threads_of_node = 64;
inline constexpr std::size_t threads_of_zone = 4;
inline constexpr std::size_t threads_of_standby = 2;
/// For a moment, while a zone is opened.
inline constexpr std::size_t threads_of_opening = 2;

/// How many threads this process may have, and by what.
struct thread_limit {
  std::size_t most = 0;
  std::string by; ///< for people
};

/// The lowest of the limits; nullopt when there is none.
std::optional<thread_limit> lowest_thread_limit();

/// Fails when so many more threads cannot begin now. Tries it.
status try_threads(std::size_t count);

} // namespace dispatch::daemon
