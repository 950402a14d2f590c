#include "tests/architecture/text.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace dispatch::architecture {
namespace {

using namespace std::string_view_literals;

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

} // namespace

source_tree read_tree(const std::filesystem::path& root) {
  source_tree tree;
  auto entry = std::filesystem::recursive_directory_iterator(root);
  for (; entry != std::filesystem::recursive_directory_iterator(); ++entry) {
    const auto path = entry->path().lexically_relative(root).generic_string();
    if (path == "build" || path == ".git") {
      entry.disable_recursion_pending();
    } else if (entry->is_regular_file()) {
      std::ifstream file(entry->path(), std::ios::binary);
      tree[path].assign(std::istreambuf_iterator<char>(file), {});
      if (!file) {
        throw std::runtime_error("cannot read " + entry->path().string());
      }
    }
  }
  return tree;
}

bool matches(std::string_view pattern, std::string_view path) {
  if (pattern.empty()) {
    return path.empty();
  }
  if (pattern.front() != '*') {
    return !path.empty() && path.front() == pattern.front() &&
           matches(pattern.substr(1), path.substr(1));
  }
  const bool folders = pattern.starts_with("**");
  const auto rest = pattern.substr(folders ? 2 : 1);
  for (std::size_t used = 0; used <= path.size(); ++used) {
    if (matches(rest, path.substr(used))) {
      return true;
    }
    if (used < path.size() && path[used] == '/' && !folders) {
      return false;
    }
  }
  return false;
}

std::string_view folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : path.substr(0, slash);
}

void for_each_line(std::string_view text,
                   const std::function<void(std::size_t number, std::string_view line)>& visit) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    visit(number, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::vector<inclusion> inclusions(std::string_view text) {
  std::vector<inclusion> found;
  for_each_line(text, [&](std::size_t number, std::string_view line) {
    line = trim(line);
    if (!line.starts_with('#')) {
      return;
    }
    line = trim(line.substr(1));
    if (!line.starts_with("include")) {
      return;
    }
    line = trim(line.substr("include"sv.size()));
    const auto end = line.empty() ? line.npos : line.find_first_of("\">", 1);
    if (end != line.npos) {
      found.push_back({number, line.substr(1, end - 1), line.front() == '"'});
    }
  });
  return found;
}

std::size_t columns_of(std::string_view line) {
  return static_cast<std::size_t>(std::ranges::count_if(
      line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

bool contains_word(std::string_view line, std::string_view word) {
  const auto boundary = [&](std::size_t index) {
    return index >= line.size() ||
           (std::isalnum(static_cast<unsigned char>(line[index])) == 0 && line[index] != '_');
  };
  for (auto from = line.find(word); from != line.npos; from = line.find(word, from + 1)) {
    if ((from == 0 || boundary(from - 1)) && boundary(from + word.size())) {
      return true;
    }
  }
  return false;
}

} // namespace dispatch::architecture
