#pragma once

#include "messages/time.hpp"

namespace dispatch {

constexpr const char* era_rule = "must be in the years 2000 to 2100";

/// Whether a time that somebody gave can be meant.
constexpr bool in_era(timestamp at) {
  using namespace std::chrono;
  constexpr sys_days first = year{2000} / January / 1;
  constexpr sys_days last = year{2100} / December / 31;
  return at >= first && at < last + days{1};
}

} // namespace dispatch
