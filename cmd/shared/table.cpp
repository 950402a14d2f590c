#include "cmd/shared/table.hpp"

#include "messages/characters.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <ostream>

namespace dispatch::cli {

namespace {

constexpr std::string_view gap = "  ";

struct code_range {
  char32_t first;
  char32_t last;
};

/// Of Unicode's categories Mn and Cf, what occurs in names.
constexpr std::array invisible_ranges = {code_range{0x0300, 0x036F}, code_range{0x200B, 0x200F},
                                         code_range{0x20D0, 0x20F0}, code_range{0xFE00, 0xFE0F}};

/// Of Unicode's EastAsianWidth.txt, the blocks of width W and F.
constexpr std::array wide_ranges = {
    code_range{0x1100, 0x115F},   code_range{0x2E80, 0x303E},   code_range{0x3041, 0x4DBF},
    code_range{0x4E00, 0xA4CF},   code_range{0xAC00, 0xD7A3},   code_range{0xF900, 0xFAFF},
    code_range{0xFE30, 0xFE6F},   code_range{0xFF00, 0xFF60},   code_range{0xFFE0, 0xFFE6},
    code_range{0x1F300, 0x1F64F}, code_range{0x1F680, 0x1F6FF}, code_range{0x1F900, 0x1F9FF},
    code_range{0x20000, 0x3FFFD}};

template <std::size_t Count>
bool within(const std::array<code_range, Count>& ranges, char32_t code) {
  return std::ranges::any_of(
      ranges, [code](const code_range& r) { return code >= r.first && code <= r.last; });
}

} // namespace

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto next = first_of(text);
    if (!within(invisible_ranges, next.code)) {
      width += within(wide_ranges, next.code) ? 2 : 1;
    }
    text.remove_prefix(next.bytes);
  }
  return width;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto next = first_of(text);
    if (!next.valid) {
      return false;
    }
    text.remove_prefix(next.bytes);
  }
  return true;
}

void table::add_row(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (auto& cell : cells) {
    cell = cell.empty() ? "-" : printable(cell);
  }
  rows_.push_back(std::move(cells));
}

void table::print(std::ostream& to, bool with_titles, std::string_view indent) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    auto width = with_titles ? display_width(columns_[i].title) : 0;
    for (const auto& row : rows_) {
      width = std::max(width, display_width(row[i]));
    }
    widths.push_back(width);
  }
  const auto print_row = [&](const auto& cell_of) {
    std::string line{indent};
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const std::string& cell = cell_of(i);
      const std::string padding(widths[i] - display_width(cell), ' ');
      line += i == 0 ? "" : gap;
      line += columns_[i].side == align::right ? padding + cell : cell + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    to << line << '\n';
  };
  if (with_titles) {
    print_row([&](std::size_t i) -> const std::string& { return columns_[i].title; });
  }
  for (const auto& row : rows_) {
    print_row([&](std::size_t i) -> const std::string& { return row[i]; });
  }
}

} // namespace dispatch::cli
