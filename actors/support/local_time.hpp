#pragma once

#include "messages/time.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace dispatch {

/// Whether this machine's tz database knows the name.
bool is_time_zone(const std::string& name);

/// How far local time is ahead of UTC at that instant, as this machine's tz database says: another
/// machine's may differ, so whoever decides with it records it. nullopt for an unknown name.
std::optional<std::chrono::seconds> utc_offset(const std::string& name, timestamp at);

} // namespace dispatch
