#include "actors/support/logging.hpp"

#include "messages/characters.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <memory>
#include <string>

namespace dispatch::log {

namespace {

std::atomic<format> current_format{format::text};

spdlog::level::level_enum spdlog_level(level at) {
  switch (at) {
  case level::debug:
    return spdlog::level::debug;
  case level::info:
    return spdlog::level::info;
  case level::warning:
    return spdlog::level::warn;
  case level::error:
    return spdlog::level::err;
  case level::off:
    break;
  }
  return spdlog::level::off;
}

std::shared_ptr<spdlog::logger> make_logger() {
  auto logger = std::make_shared<spdlog::logger>(
      "dispatch", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_level(spdlog::level::warn);
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%-7l%$ %v", spdlog::pattern_time_type::utc);
  return logger;
}

spdlog::logger& logger() {
  static const auto instance = make_logger();
  return *instance;
}

std::string as_text(const about& subject, std::string_view message) {
  std::string line;
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) {
      line.append(name).append("=").append(printable(value)).append(" ");
    }
  };
  add("zone", subject.zone);
  add("actor", subject.actor);
  add("trace", subject.trace);
  return line.append(printable(message));
}

/// The fields behind the time and the level, which the pattern writes.
std::string as_json_fields(const about& subject, std::string_view message) {
  std::string fields;
  const auto add = [&](std::string_view name, std::string_view value) {
    if (!value.empty()) {
      const auto text =
          nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
      fields.append(",\"").append(name).append("\":").append(printable_json(text));
    }
  };
  add("zone", subject.zone);
  add("actor", subject.actor);
  add("trace_id", subject.trace);
  add("msg", message);
  return fields;
}

} // namespace

void start(format as, level least) {
  current_format = as;
  logger().set_level(spdlog_level(least));
  if (as == format::json) {
    logger().set_pattern(R"({"ts":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l"%v})",
                         spdlog::pattern_time_type::utc);
  }
}

void write(level at, const about& subject, std::string_view message) {
  const auto to = spdlog_level(at);
  if (logger().should_log(to)) {
    logger().log(to, current_format == format::json ? as_json_fields(subject, message)
                                                    : as_text(subject, message));
  }
}

} // namespace dispatch::log
