#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dispatch::contract {

/// The first line of every page that is made from the code.
inline constexpr std::string_view generated_line =
    "<!-- Generated from the code: `cmake --build build/release --target update_contract` writes "
    "this page. -->\n";

using table_row = std::vector<std::string>;

/// A page of Markdown, written from above.
class markdown_page {
public:
  explicit markdown_page(const std::string& title);

  void heading(int level, const std::string& text);
  void text(const std::string& paragraph);
  /// Columns but the last are padded, so that the text is readable as it is.
  void table(const table_row& header, const std::vector<table_row>& rows);
  void code(const std::string& language, const std::string& block);

  std::string take() { return std::move(text_); }

private:
  std::string text_;
};

/// `text`, or nothing.
std::string quoted(const std::string& text);

/// Joins what is not empty.
std::string joined(const std::vector<std::string>& parts, const std::string& separator);

/// What a link to a heading ends in.
std::string anchor_of(std::string_view heading);

/// [text](page#anchor of the heading)
std::string link(const std::string& text, const std::string& page, std::string_view heading);

} // namespace dispatch::contract
