#include "actors/domain/machines/order_lapses.hpp"

#include "messages/limits.hpp"

#include <algorithm>
#include <iterator>

namespace dispatch::domain {

std::string lapse_name(lapse_reason reason, const std::string& detail) {
  if (reason == lapse_reason::expired) {
    return "expired";
  }
  return detail.empty() ? "declined" : detail;
}

void count_lapse(std::vector<lapse_count>& lapses, const std::string& reason) {
  auto known = std::ranges::find(lapses, reason, &lapse_count::reason);
  if (known == lapses.end() && lapses.size() == limits::lapse_reasons_max) {
    known = std::prev(known);
    known->reason = "other";
  } else if (known == lapses.end()) {
    known = lapses.insert(known, {reason, 0});
  }
  ++known->times;
}

std::uint32_t total(const std::vector<lapse_count>& lapses) {
  std::uint32_t times = 0;
  for (const auto& one : lapses) {
    times += one.times;
  }
  return times;
}

bool was_turned_down(lapse_reason reason) {
  return reason == lapse_reason::declined || reason == lapse_reason::expired;
}

} // namespace dispatch::domain
