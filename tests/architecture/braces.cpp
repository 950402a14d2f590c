#include "tests/architecture/braces.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

namespace dispatch::architecture {
namespace {

bool is_word_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

/// Where a literal ends that begins with a quote here.
std::size_t end_of_literal(std::string_view text, std::size_t from) {
  const auto quote = text[from];
  if (quote == '"' && from > 0 && text[from - 1] == 'R') {
    const auto open = text.find('(', from);
    const auto end = ")" + std::string(text.substr(from + 1, open - from - 1)) + "\"";
    const auto found = text.find(end, open);
    return found == text.npos ? text.size() : found + end.size();
  }
  auto at = from + 1;
  while (at < text.size() && text[at] != quote) {
    at += text[at] == '\\' ? 2 : 1;
  }
  return std::min(at + 1, text.size());
}

/// Where a line of the preprocessor ends, with the lines that continue it.
std::size_t end_of_directive(std::string_view text, std::size_t from) {
  auto end = text.find('\n', from);
  while (end != text.npos && text[end - 1] == '\\') {
    end = text.find('\n', end + 1);
  }
  return std::min(end, text.size());
}

/// Where that ends which is no code and begins here; `from` itself: code begins.
std::size_t end_of_other(std::string_view text, std::size_t from, bool at_line_begin) {
  const auto rest = text.substr(from);
  if (rest.starts_with("//")) {
    return std::min(text.find('\n', from), text.size());
  }
  if (rest.starts_with("/*")) {
    return std::min(text.find("*/", from), text.size() - 2) + 2;
  }
  if (rest.starts_with('#') && at_line_begin) {
    return end_of_directive(text, from);
  }
  const auto separates_digits = from > 0 && is_word_part(text[from - 1]);
  if (rest.starts_with('"') || (rest.starts_with('\'') && !separates_digits)) {
    return end_of_literal(text, from);
  }
  return from;
}

/// The text with blanks for what is no code. Lines stay where they are.
std::string code_of(std::string_view text) {
  std::string code{text};
  auto at_line_begin = true;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = end_of_other(text, at, at_line_begin);
    for (auto i = at; i < end; ++i) {
      code[i] = text[i] == '\n' ? '\n' : ' ';
    }
    at_line_begin = text[at] == '\n' || (at_line_begin && is_blank(text[at]));
    at = std::max(end, at + 1);
  }
  return code;
}

std::size_t skip_blanks(std::string_view code, std::size_t at) {
  while (at < code.size() && is_blank(code[at])) {
    ++at;
  }
  return at;
}

/// Behind the parenthesis that closes the one here.
std::size_t end_of_head(std::string_view code, std::size_t at) {
  auto depth = 0;
  for (; at < code.size(); ++at) {
    depth += code[at] == '(' ? 1 : code[at] == ')' ? -1 : 0;
    if (depth == 0) {
      return at + 1;
    }
  }
  return at;
}

/// Whether the word at this place, which ends at `end`, begins a body without a brace.
bool lacks_brace(std::string_view code, std::string_view word, std::size_t end) {
  auto at = skip_blanks(code, end);
  const auto follows = [&](std::string_view what) { return code.substr(at).starts_with(what); };
  if (word == "else") {
    return !follows("{") && !follows("if ");
  }
  if (follows("constexpr ")) {
    at = skip_blanks(code, at + std::string_view{"constexpr"}.size());
  }
  if (!follows("(")) {
    return false;
  }
  at = skip_blanks(code, end_of_head(code, at));
  return !follows("{") && !follows(";"); // As at the end of `do {} while (so);`.
}

} // namespace

violations bodies_without_braces(const source_tree& tree) {
  constexpr std::array<std::string_view, 4> words = {"if", "for", "while", "else"};
  violations found;
  for (const auto& [path, text] : tree) {
    if (!path.ends_with(".cpp") && !path.ends_with(".hpp")) {
      continue;
    }
    const auto code = code_of(text);
    std::size_t line = 1;
    for (std::size_t at = 0; at < code.size(); ++at) {
      line += code[at] == '\n' ? 1 : 0;
      if (!is_word_part(code[at]) || (at > 0 && is_word_part(code[at - 1]))) {
        continue;
      }
      const auto end = static_cast<std::size_t>(
          std::find_if_not(code.begin() + static_cast<long>(at), code.end(), is_word_part) -
          code.begin());
      const auto word = std::string_view{code}.substr(at, end - at);
      if (std::ranges::find(words, word) != words.end() && lacks_brace(code, word, end)) {
        found.push_back(path + ":" + std::to_string(line) + ": " + std::string(word) +
                        " without braces");
      }
    }
  }
  return found;
}

} // namespace dispatch::architecture
