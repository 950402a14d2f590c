#include "messages/wire/near_names.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

namespace dispatch::wire {

namespace {

constexpr std::size_t names_max = 3;

/// A name with more edits than a third of its characters is another one; one edit is always near.
std::size_t edits_max(std::string_view typed) { return std::max<std::size_t>(typed.size() / 3, 1); }

std::string lower_case(std::string_view text) {
  std::string lower{text};
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

} // namespace

std::size_t edits(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    auto diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const auto replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
    }
  }
  return row.back();
}

std::vector<std::string> near_names(std::string_view typed, std::span<const std::string> names) {
  const auto wanted = lower_case(typed);
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const auto& name : names) {
    if (const auto distance = edits(wanted, lower_case(name)); distance <= edits_max(typed)) {
      near.emplace_back(distance, name);
    }
  }
  std::ranges::sort(near);
  std::vector<std::string> nearest;
  for (std::size_t i = 0; i < std::min(near.size(), names_max); ++i) {
    nearest.push_back(std::move(near[i].second));
  }
  return nearest;
}

} // namespace dispatch::wire
