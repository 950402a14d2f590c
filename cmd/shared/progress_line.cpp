#include "cmd/shared/progress_line.hpp"

#include <ostream>
#include <unistd.h>

namespace dispatch::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto terminal_interval = 100ms;
constexpr auto plain_interval = 5s;

/// To the line's beginning, and clear it (ECMA-48 CR and EL).
constexpr std::string_view clear_line = "\r\x1b[K";

} // namespace

bool stderr_is_terminal() { return ::isatty(STDERR_FILENO) == 1; }

void progress_line::show(std::string_view text, clock::time_point now) {
  const clock::duration interval = terminal_ ? clock::duration{terminal_interval} : plain_interval;
  if (shown_at_ && now - *shown_at_ < interval) {
    return;
  }
  shown_at_ = now;
  if (terminal_) {
    to_ << clear_line << text << std::flush;
    visible_ = true;
  } else {
    to_ << text << std::endl;
  }
}

void progress_line::finish() {
  if (visible_) {
    to_ << clear_line << std::flush;
    visible_ = false;
  }
}

} // namespace dispatch::cli
