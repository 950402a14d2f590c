#include "tests/architecture/documents.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <set>
#include <sstream>
#include <utility>

namespace dispatch::architecture {
namespace {

constexpr std::size_t words_max = 40;
constexpr std::size_t columns_max = 100;
constexpr std::size_t lines_of_top_max = 120;
constexpr std::size_t lines_of_folder_max = 60;

bool is_document(std::string_view path) { return path.ends_with(".md"); }
bool is_generated(std::string_view text) { return text.starts_with("<!-- Generated"); }

bool is_fence(std::string_view line) {
  const auto first = line.find_first_not_of(' ');
  return first != line.npos && line.substr(first).starts_with("```");
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  return first == text.npos ? std::string_view{}
                            : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool is_table_row(std::string_view line) { return trimmed(line).starts_with('|'); }

/// Visits lines outside fenced blocks.
void for_each_prose_line(
    std::string_view text,
    const std::function<void(std::size_t number, std::string_view line)>& visit) {
  bool in_fence = false;
  for_each_line(text, [&](std::size_t number, std::string_view line) {
    if (is_fence(line)) {
      in_fence = !in_fence;
    } else if (!in_fence) {
      visit(number, line);
    }
  });
}

/// Length of what begins an item of a list: `- `, `* `, `12. `
std::size_t item_mark(std::string_view line) {
  const auto digits = line.find_first_not_of("0123456789");
  if (digits != 0 && digits != line.npos && line.substr(digits).starts_with(". ")) {
    return digits + 2;
  }
  return line.starts_with("- ") || line.starts_with("* ") ? 2 : 0;
}

/// Every code span becomes one word, every link its text.
std::string read_aloud(std::string_view text) {
  std::string read;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '`') {
      read += "Code";
      i = std::min(text.find('`', i + 1), text.size());
    } else if (text[i] == ']' && i + 1 < text.size() && text[i + 1] == '(') {
      i = std::min(text.find(')', i), text.size());
    } else if (text.substr(i).starts_with("<!--")) {
      i = std::min(text.find("-->", i) + 2, text.size());
    } else {
      read += text[i];
    }
  }
  return read;
}

bool is_word(std::string_view text) {
  return std::ranges::any_of(text,
                             [](unsigned char c) { return std::isalnum(c) != 0 || c >= 0x80; });
}

bool ends_sentence(std::string_view word) {
  constexpr std::array<std::string_view, 5> abbreviations = {"e.g.", "i.e.", "etc.", "vs.", "cf."};
  const auto begin = word.find_first_not_of("(\"'*_");
  const auto bare = word.substr(std::min(begin, word.size()));
  const auto last = bare.find_last_not_of(")\"'*_");
  return last != bare.npos && (bare[last] == '.' || bare[last] == '!' || bare[last] == '?') &&
         std::ranges::find(abbreviations, bare.substr(0, last + 1)) == abbreviations.end();
}

void split(std::size_t line, std::string_view block, std::vector<sentence>& into) {
  std::istringstream words{read_aloud(block)};
  sentence current{line, 0, {}};
  for (std::string word; words >> word;) {
    current.words += is_word(word) ? 1 : 0;
    current.text += (current.text.empty() ? "" : " ") + word;
    if (ends_sentence(word)) {
      into.push_back(std::exchange(current, {line, 0, {}}));
    }
  }
  if (current.words > 0) {
    into.push_back(current);
  }
}

/// As GitHub makes it.
std::string anchor_of(std::string_view heading) {
  std::string anchor;
  for (std::size_t i = 0; i < heading.size(); ++i) {
    const auto c = static_cast<unsigned char>(heading[i]);
    if (heading.substr(i).starts_with("](")) {
      i = std::min(heading.find(')', i), heading.size());
    } else if (std::isalnum(c) != 0 || c == '_' || c == '-' || c >= 0x80) {
      anchor += static_cast<char>(std::tolower(c));
    } else if (c == ' ') {
      anchor += '-';
    }
  }
  return anchor;
}

std::set<std::string> anchors_of(std::string_view text) {
  std::set<std::string> anchors;
  for_each_prose_line(text, [&](std::size_t, std::string_view line) {
    const auto level = line.find_first_not_of('#');
    if (level == 0 || level == line.npos || line[level] != ' ') {
      return;
    }
    const auto anchor = anchor_of(trimmed(line.substr(level)));
    auto unique = anchor;
    for (int again = 1; !anchors.insert(unique).second; ++again) {
      unique = anchor + "-" + std::to_string(again);
    }
  });
  return anchors;
}

struct found_link {
  std::size_t line = 0;
  std::string target;
};

std::vector<found_link> links_of(std::string_view text) {
  std::vector<found_link> links;
  for_each_prose_line(text, [&](std::size_t number, std::string_view line) {
    bool in_code = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      in_code = in_code != (line[i] == '`');
      if (!in_code && line.substr(i).starts_with("](")) {
        const auto end = std::min(line.find(')', i), line.size());
        links.push_back({number, std::string(line.substr(i + 2, end - i - 2))});
      }
    }
  });
  return links;
}

bool leads_outside(std::string_view target) {
  return target.find("://") != target.npos || target.starts_with("mailto:");
}

/// Why a link leads nowhere; empty: it leads somewhere.
std::string fault_of_link(const source_tree& tree, const std::string& from,
                          const std::string& target) {
  const auto hash = std::min(target.find('#'), target.size());
  auto to = from;
  if (hash > 0) {
    to = (std::filesystem::path(folder_of(from)) / target.substr(0, hash))
             .lexically_normal()
             .generic_string();
  }
  if (to.ends_with('/')) {
    to.pop_back();
  }
  const auto file = tree.find(to);
  const auto inside = tree.lower_bound(to + "/");
  if (file == tree.end() && (inside == tree.end() || !inside->first.starts_with(to + "/"))) {
    return target + " is not there";
  }
  if (file == tree.end() || hash == target.size() || !is_document(to)) {
    return {};
  }
  return anchors_of(file->second).contains(target.substr(hash + 1)) ? ""
                                                                    : target + " is no heading";
}

/// Runs `visit` for every document that is written by hand.
void for_each_document(
    const source_tree& tree,
    const std::function<void(const std::string& path, const std::string& text)>& visit) {
  for (const auto& [path, text] : tree) {
    if (is_document(path) && !is_generated(text)) {
      visit(path, text);
    }
  }
}

std::string place(const std::string& path, std::size_t line) {
  return path + ":" + std::to_string(line) + ": ";
}

} // namespace

std::vector<sentence> sentences_of(std::string_view markdown) {
  std::vector<sentence> all;
  std::string block;
  std::size_t begin = 0;
  const auto end_block = [&] {
    split(begin, block, all);
    block.clear();
  };
  std::size_t before = 0;
  for_each_prose_line(markdown, [&](std::size_t number, std::string_view whole_line) {
    auto line = trimmed(whole_line);
    while (line.starts_with('>')) {
      line = trimmed(line.substr(1));
    }
    const auto mark = item_mark(line);
    const bool alone = line.starts_with('#') || line.starts_with('|');
    if (line.empty() || mark > 0 || alone || number != before + 1) {
      end_block();
    }
    before = number;
    if (line.empty()) {
      return;
    }
    if (line.starts_with('|')) {
      while (!line.empty()) {
        line.remove_prefix(1);
        const auto end = std::min(line.find('|'), line.size());
        split(number, line.substr(0, end), all);
        line.remove_prefix(end);
      }
      return;
    }
    if (block.empty()) {
      begin = number;
    }
    block.append(line.substr(mark)).append(" ");
    if (alone) {
      end_block();
    }
  });
  end_block();
  return all;
}

violations long_sentences(const source_tree& tree) {
  violations found;
  for_each_document(tree, [&](const std::string& path, const std::string& text) {
    for (const auto& one : sentences_of(text)) {
      if (one.words > words_max) {
        found.push_back(place(path, one.line) + std::to_string(one.words) +
                        " words in a sentence: " + one.text);
      }
    }
  });
  return found;
}

violations dead_links(const source_tree& tree) {
  violations found;
  for (const auto& [path, text] : tree) {
    if (!is_document(path)) {
      continue;
    }
    for (const auto& link : links_of(text)) {
      if (leads_outside(link.target)) {
        continue;
      }
      if (const auto fault = fault_of_link(tree, path, link.target); !fault.empty()) {
        found.push_back(place(path, link.line) + fault);
      }
    }
  }
  return found;
}

violations oversized_documents(const source_tree& tree) {
  violations found;
  for_each_document(tree, [&](const std::string& path, const std::string& text) {
    const auto is_index =
        path == "actors/decisions/README.md"; // It gets a line with each decision.
    const auto most = path == "README.md"                         ? lines_of_top_max
                      : path.ends_with("/README.md") && !is_index ? lines_of_folder_max
                                                                  : text.size();
    const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n'));
    if (lines > most) {
      found.push_back(path + ": " + std::to_string(lines) + " lines instead of " +
                      std::to_string(most));
    }
  });
  return found;
}

violations wide_documents(const source_tree& tree) {
  violations found;
  for_each_document(tree, [&](const std::string& path, const std::string& text) {
    for_each_line(text, [&](std::size_t number, std::string_view line) {
      const auto columns = columns_of(line);
      if (columns > columns_max && !is_table_row(line)) {
        found.push_back(place(path, number) + std::to_string(columns) + " columns");
      }
    });
  });
  return found;
}

} // namespace dispatch::architecture
