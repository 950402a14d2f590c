#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// What the rules read: files, lines, includes, words.
namespace dispatch::architecture {

/// Contents of text files by path relative to the root, with `/` between folders.
using source_tree = std::map<std::string, std::string>;

/// All files below `root` except those in `build` and `.git`. Throws when one cannot be read.
source_tree read_tree(const std::filesystem::path& root);

/// True when the whole path fits: `*` stands for any part of a name, `**` also for folders.
bool matches(std::string_view pattern, std::string_view path);

/// Empty at the top level.
std::string_view folder_of(std::string_view path);

/// Visits lines without their ends, counted from 1.
void for_each_line(std::string_view text,
                   const std::function<void(std::size_t number, std::string_view line)>& visit);

struct inclusion {
  std::size_t line = 0;
  std::string_view header;
  bool quoted = false;
};
std::vector<inclusion> inclusions(std::string_view text);

/// Characters of a line, whose bytes are UTF-8.
std::size_t columns_of(std::string_view line);

/// True when `word` occurs with no letter, digit or underscore beside it.
bool contains_word(std::string_view line, std::string_view word);

} // namespace dispatch::architecture
