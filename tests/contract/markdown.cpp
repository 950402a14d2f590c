#include "tests/contract/markdown.hpp"

#include <algorithm>
#include <cctype>

namespace dispatch::contract {

namespace {

/// A bar would end the cell.
std::string cell(const std::string& text) {
  std::string escaped;
  for (const auto c : text) {
    escaped += c == '|' ? "\\|" : std::string(1, c);
  }
  return escaped;
}

} // namespace

markdown_page::markdown_page(const std::string& title) : text_(generated_line) {
  heading(1, title);
}

void markdown_page::heading(int level, const std::string& text) {
  text_ += (level == 1 ? "" : "\n") + std::string(static_cast<std::size_t>(level), '#') + " " +
           text + "\n";
}

void markdown_page::text(const std::string& paragraph) { text_ += "\n" + paragraph + "\n"; }

void markdown_page::table(const table_row& header, const std::vector<table_row>& rows) {
  std::vector<std::size_t> widths(header.size());
  const auto each_row = [&](auto&& visit) {
    visit(header);
    std::ranges::for_each(rows, visit);
  };
  each_row([&](const table_row& row) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      widths[i] = std::max(widths[i], cell(row[i]).size());
    }
  });
  const auto line = [&](const table_row& row) {
    text_ += "|";
    for (std::size_t i = 0; i < row.size(); ++i) {
      auto shown = cell(row[i]);
      shown.resize(std::max(shown.size(), widths[i]), ' ');
      text_ += " " + shown + " |";
    }
    text_ += "\n";
  };
  text_ += "\n";
  line(header);
  line(table_row(header.size(), "---"));
  std::ranges::for_each(rows, line);
}

void markdown_page::code(const std::string& language, const std::string& block) {
  text_ += "\n```" + language + "\n" + block + "\n```\n";
}

std::string quoted(const std::string& text) { return text.empty() ? text : "`" + text + "`"; }

std::string joined(const std::vector<std::string>& parts, const std::string& separator) {
  std::string all;
  for (const auto& part : parts) {
    all += part.empty() ? "" : (all.empty() ? "" : separator) + part;
  }
  return all;
}

std::string anchor_of(std::string_view heading) {
  std::string anchor;
  for (const auto c : heading) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalnum(u) != 0 || c == '_' || c == '-') {
      anchor += static_cast<char>(std::tolower(u));
    } else if (c == ' ') {
      anchor += '-';
    }
  }
  return anchor;
}

std::string link(const std::string& text, const std::string& page, std::string_view heading) {
  return "[" + text + "](" + page + "#" + anchor_of(heading) + ")";
}

} // namespace dispatch::contract
