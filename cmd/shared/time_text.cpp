#include "cmd/shared/time_text.hpp"

#include <array>
#include <cstdio>

namespace dispatch::cli {

using namespace std::chrono;

std::string to_text(timestamp at) {
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss clock{at - day};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  std::string whole = text.data();
  if (const auto rest = clock.subseconds().count(); rest != 0) {
    std::snprintf(text.data(), text.size(), ".%06d", static_cast<int>(rest));
    whole += text.data();
  }
  return whole + "Z";
}

std::string to_text(milliseconds span) {
  struct unit {
    milliseconds size;
    const char* name;
  };
  constexpr std::array units = {unit{days{1}, " d"}, unit{hours{1}, " h"}, unit{minutes{1}, " min"},
                                unit{seconds{1}, " s"}};
  if (span < seconds{1}) {
    return std::to_string(span.count()) + " ms";
  }
  if (span < minutes{1}) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.3g s", static_cast<double>(span.count()) / 1000.0);
    return text.data();
  }
  std::size_t first = 0;
  while (span < units.at(first).size) {
    ++first;
  }
  const auto& large = units.at(first);
  const auto& small = units.at(first + 1);
  auto text = std::to_string(span / large.size) + large.name;
  if (const auto rest = (span % large.size) / small.size; rest > 0) {
    text.append(" ").append(std::to_string(rest)).append(small.name);
  }
  return text;
}

} // namespace dispatch::cli
