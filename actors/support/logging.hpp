#pragma once

#include <cstdint>
#include <string_view>

/// The process log. The only way to write to it, so that spdlog stays in one translation unit.
namespace dispatch::log {

enum class level : std::uint8_t { debug, info, warning, error, off };

enum class format : std::uint8_t { text, json };

/// What a line is about. Empty fields are left out.
struct about {
  std::string_view zone;
  std::string_view actor;
  std::string_view trace;
};

/// Sends the log to stderr. Until it is called, lines below `warning` are dropped.
void start(format as, level least);

void write(level at, const about& subject, std::string_view message);

inline void info(const about& subject, std::string_view message) {
  write(level::info, subject, message);
}
inline void warning(const about& subject, std::string_view message) {
  write(level::warning, subject, message);
}
inline void error(const about& subject, std::string_view message) {
  write(level::error, subject, message);
}

} // namespace dispatch::log
