#include "cmd/dispatch-sim/outcome.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <ratio>

namespace dispatch::sim {

double minutes_of(duration span) {
  return std::chrono::duration<double, std::ratio<60>>(span).count();
}

spread spread_of(std::vector<double> values) {
  if (values.empty()) {
    return {};
  }
  std::ranges::sort(values);
  const auto size = static_cast<double>(values.size());
  const auto rank = [&](double share) {
    return values[static_cast<std::size_t>(std::max(1.0, std::ceil(share * size))) - 1];
  };
  auto sum = 0.0;
  for (const auto value : values) {
    sum += value;
  }
  return {values.size(), sum / size, rank(0.50), rank(0.90), rank(0.99), values.back()};
}

} // namespace dispatch::sim
