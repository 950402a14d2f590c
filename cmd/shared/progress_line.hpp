#pragma once

#include <chrono>
#include <iosfwd>
#include <optional>
#include <string_view>

namespace dispatch::cli {

/// Whether stderr is a terminal.
bool stderr_is_terminal();

/// Tells how far something has come: on one line that is rewritten when it goes to a terminal,
/// otherwise a line every few seconds.
class progress_line {
public:
  using clock = std::chrono::steady_clock;

  progress_line(std::ostream& to, bool terminal) : to_(to), terminal_(terminal) {}
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;
  ~progress_line() { finish(); }

  /// May be called as often as one likes.
  void show(std::string_view text, clock::time_point now = clock::now());

  /// Removes the line from the terminal, so that other output can follow.
  void finish();

private:
  std::ostream& to_;
  bool terminal_;
  bool visible_ = false;
  std::optional<clock::time_point> shown_at_;
};

} // namespace dispatch::cli
