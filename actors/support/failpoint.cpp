#include "actors/support/failpoint.hpp"

#include <atomic>
#include <cstdlib>
#include <string>
#include <unistd.h>

namespace dispatch {

namespace {

struct armed_failpoint {
  std::string name;
  std::string of; ///< empty: of everything
  std::atomic<long> remaining{1};

  armed_failpoint() {
    const char* text = std::getenv("DISPATCH_FAILPOINT"); // NOLINT(concurrency-mt-unsafe)
    if (text == nullptr) {
      return;
    }
    name = text;
    if (const auto equals = name.find('='); equals != std::string::npos) {
      of = name.substr(equals + 1);
      name.resize(equals);
    } else if (const auto colon = name.find(':'); colon != std::string::npos) {
      remaining = std::strtol(name.c_str() + colon + 1, nullptr, 10);
      name.resize(colon);
    }
  }
};

armed_failpoint& armed() {
  static armed_failpoint instance;
  return instance;
}

[[noreturn]] void die() {
  constexpr int status_of_killed = 137;
  ::_exit(status_of_killed);
}

} // namespace

bool failpoint_armed(std::string_view name) { return armed().name == name; }

void failpoint(std::string_view name) {
  if (failpoint_armed(name) && --armed().remaining == 0) {
    die();
  }
}

void failpoint(std::string_view name, std::string_view of) {
  if (failpoint_armed(name) && armed().of == of) {
    die();
  }
}

} // namespace dispatch
