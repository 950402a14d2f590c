#include "actors/support/local_time.hpp"

#include <date/tz.h>
#include <exception>

namespace dispatch {

namespace {

/// Null when there is none. A machine may have no tz database at all, but it knows UTC.
const date::time_zone* find(const std::string& name) {
  try {
    return date::locate_zone(name);
  } catch (const std::exception&) {
    return nullptr;
  }
}

} // namespace

bool is_time_zone(const std::string& name) { return name == "UTC" || find(name) != nullptr; }

std::optional<std::chrono::seconds> utc_offset(const std::string& name, timestamp at) {
  if (name == "UTC") {
    return std::chrono::seconds{0};
  }
  const auto* zone = find(name);
  if (zone == nullptr) {
    return std::nullopt;
  }
  return zone->get_info(std::chrono::floor<std::chrono::seconds>(at)).offset;
}

} // namespace dispatch
