#pragma once

#include "messages/time.hpp"

#include <chrono>
#include <string>

namespace dispatch::cli {

/// RFC 3339 in UTC, such as 2026-01-31T08:00:00Z; with six digits of a second when it has some.
std::string to_text(timestamp at);

/// Such as 350 ms, 12.5 s, 4 min 5 s, 3 h 20 min or 2 d 1 h.
std::string to_text(std::chrono::milliseconds span);

} // namespace dispatch::cli
