#pragma once

#include "messages/characters.hpp"

#include <cstddef>
#include <initializer_list>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dispatch::cli {

/// The columns that a terminal needs for UTF-8 text: 2 for wide characters, 0 for combining ones.
std::size_t display_width(std::string_view text);

/// Whether the bytes are UTF-8 from beginning to end.
bool is_utf8(std::string_view text);

using dispatch::printable;

enum class align { left, right };

struct column {
  std::string title;
  align side = align::left;
};

/// Rows below titles, each column as wide as its widest cell.
class table {
public:
  table(std::initializer_list<column> columns) : columns_(columns) {}
  explicit table(std::vector<column> columns) : columns_(std::move(columns)) {}

  /// As many cells as there are columns.
  void add_row(std::vector<std::string> cells);

  bool empty() const { return rows_.empty(); }

  void print(std::ostream& to, bool with_titles = true, std::string_view indent = {}) const;

private:
  std::vector<column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

} // namespace dispatch::cli
