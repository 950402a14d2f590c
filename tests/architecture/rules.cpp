#include "tests/architecture/rules.hpp"

#include "tests/architecture/layers.hpp"
#include "tests/architecture/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string_view>

namespace dispatch::architecture {
namespace {

using namespace std::string_view_literals;
const names domain_must_not_say = {"::now(", "<random>", "<ctime>", "<thread>", "<iostream>"};

constexpr std::size_t columns_max = 100;
constexpr std::size_t lines_max = 400;
constexpr std::size_t sources_per_folder_max = 20;

const names top_level = {
    "CMakeLists.txt", "CMakePresets.json", "actors",  "messages",    "persistence", "cmd", "tests",
    "deploy",         "README.md",         "LICENSE", "CHANGELOG.md"};

const names folders_with_readme = {"actors",
                                   "actors/domain",
                                   "messages",
                                   "messages/wire",
                                   "messages/memory",
                                   "messages/nats",
                                   "messages/signing",
                                   "messages/osrm",
                                   "persistence",
                                   "persistence/files",
                                   "persistence/sqlite",
                                   "cmd",
                                   "tests",
                                   "deploy"};

/// Split, so that this file does not contain them.
const std::array<std::string, 4> banned = {"TO"
                                           "DO",
                                           "FIX"
                                           "ME",
                                           "XX"
                                           "X",
                                           "HA"
                                           "CK"};

bool matches_any(const names& patterns, std::string_view path) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](std::string_view pattern) { return matches(pattern, path); });
}

bool is_header(std::string_view path) { return path.ends_with(".hpp"); }
bool is_code(std::string_view path) { return is_header(path) || path.ends_with(".cpp"); }

const folder_rule* rule_of(std::string_view path) {
  const folder_rule* best = nullptr;
  for (const auto& rule : folder_rules) {
    const bool inside = path.starts_with(rule.folder) && path.size() > rule.folder.size() &&
                        path[rule.folder.size()] == '/';
    if (inside && (best == nullptr || rule.folder.size() > best->folder.size())) {
      best = &rule;
    }
  }
  return best;
}

std::string at(std::string_view path, std::size_t line, std::string_view what) {
  return std::string(path) + ":" + std::to_string(line) + ": " + std::string(what);
}

/// Runs `visit` for every line of the files that `wanted` admits.
violations check_lines(const source_tree& tree, const std::function<bool(std::string_view)>& wanted,
                       const std::function<std::string(std::string_view line)>& complaint) {
  violations found;
  for (const auto& file : tree) {
    if (!wanted(file.first)) {
      continue;
    }
    for_each_line(file.second, [&](std::size_t number, std::string_view line) {
      if (const auto what = complaint(line); !what.empty()) {
        found.push_back(at(file.first, number, what));
      }
    });
  }
  return found;
}

bool generated(std::string_view header) { return header.ends_with(".pb.h"); }

} // namespace

violations libraries_outside_their_folders(const source_tree& tree) {
  violations found;
  for (const auto& [path, text] : tree) {
    if (!is_code(path)) {
      continue;
    }
    for (const auto& include : inclusions(text)) {
      for (const auto& rule : library_rules) {
        if (include.header.starts_with(rule.header) && !matches_any(rule.allowed, path)) {
          found.push_back(
              at(path, include.line, "must not include " + std::string(include.header)));
        }
      }
    }
  }
  return found;
}

violations generated_headers_leaking(const source_tree& tree) {
  std::set<std::string_view> reached;
  for (bool grown = true; grown;) {
    grown = false;
    for (const auto& [path, text] : tree) {
      if (!is_code(path) || reached.contains(path)) {
        continue;
      }
      const auto all = inclusions(text);
      if (std::any_of(all.begin(), all.end(), [&](const inclusion& include) {
            return generated(include.header) || reached.contains(include.header);
          })) {
        grown = reached.insert(path).second;
      }
    }
  }
  violations found;
  for (const auto path : reached) {
    if (!matches_any(generated_headers_reach, path)) {
      found.push_back(std::string(path) + ": includes generated protobuf, maybe indirectly");
    }
  }
  return found;
}

violations dependencies_against_direction(const source_tree& tree) {
  violations found;
  for (const auto& [path, text] : tree) {
    const auto* from = rule_of(path);
    if (!is_code(path) || from == nullptr) {
      continue;
    }
    for (const auto& include : inclusions(text)) {
      if (!include.quoted || generated(include.header)) {
        continue;
      }
      const auto* to = rule_of(include.header);
      if (to == nullptr) {
        found.push_back(at(path, include.line, "include it relative to the root"));
      } else if (to != from && std::find(from->may_include.begin(), from->may_include.end(),
                                         to->folder) == from->may_include.end()) {
        found.push_back(
            at(path, include.line,
               std::string(from->folder) + " must not include " + std::string(include.header)));
      }
    }
  }
  return found;
}

violations impure_domain(const source_tree& tree) {
  return check_lines(
      tree,
      [](std::string_view path) { return is_code(path) && path.starts_with("actors/domain/"); },
      [](std::string_view line) {
        line = line.substr(0, line.find("//"));
        for (const auto text : domain_must_not_say) {
          if (line.find(text) != line.npos) {
            return "the domain must not use " + std::string(text);
          }
        }
        return std::string();
      });
}

violations oversized_text(const source_tree& tree) {
  const auto wanted = [](std::string_view path) {
    return is_code(path) || path.ends_with(".proto");
  };
  auto found = check_lines(tree, wanted, [](std::string_view line) {
    const auto columns = columns_of(line);
    return columns > columns_max ? std::to_string(columns) + " columns" : std::string();
  });
  for (const auto& [path, text] : tree) {
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    if (wanted(path) && lines > lines_max) {
      found.push_back(path + ": " + std::to_string(lines) + " lines");
    }
  }
  return found;
}

violations crowded_folders(const source_tree& tree) {
  std::map<std::string_view, std::size_t> sources;
  for (const auto& file : tree) {
    const std::string_view path = file.first;
    if (is_code(path) && !path.starts_with("tests/")) {
      ++sources[folder_of(path)];
    }
  }
  violations found;
  for (const auto& [folder, count] : sources) {
    if (count > sources_per_folder_max) {
      found.push_back(std::string(folder) + ": " + std::to_string(count) + " sources");
    }
  }
  return found;
}

violations split_test_names(const source_tree& tree) {
  violations found;
  for (const auto& [path, text] : tree) {
    constexpr std::string_view begin = "\nTEST_CASE(";
    for (auto at_case = text.find(begin); is_code(path) && at_case != text.npos;
         at_case = text.find(begin, at_case + 1)) {
      const auto name = text.substr(at_case, text.find(") {", at_case) - at_case);
      if (name.find(';') != name.npos) {
        const auto line = std::count(text.begin(), text.begin() + static_cast<long>(at_case), '\n');
        found.push_back(
            at(path, static_cast<std::size_t>(line) + 2, "a semicolon in a test's name"));
      }
    }
  }
  return found;
}

violations tabs(const source_tree& tree) {
  return check_lines(
      tree, [](std::string_view path) { return is_code(path) || path.ends_with(".proto"); },
      [](std::string_view line) { return line.find('\t') == line.npos ? "" : "tab"; });
}

violations unbuilt_sources(const source_tree& tree) {
  std::set<std::string> built;
  for (const auto& file : tree) {
    const std::string_view path = file.first;
    if (!path.ends_with("CMakeLists.txt") && !path.ends_with(".cmake")) {
      continue;
    }
    for_each_line(file.second, [&](std::size_t, std::string_view line) {
      line = line.substr(0, line.find('#'));
      for (auto from = line.find_first_not_of(" ()\"\t"); from != line.npos;
           from = line.find_first_not_of(" ()\"\t", from)) {
        const auto end = std::min(line.find_first_of(" ()\"\t", from), line.size());
        auto word = line.substr(from, end - from);
        from = end;
        auto base = std::filesystem::path(folder_of(path));
        if (word.starts_with("${CMAKE_SOURCE_DIR}/")) {
          base.clear();
          word.remove_prefix("${CMAKE_SOURCE_DIR}/"sv.size());
        } else if (word.starts_with("${CMAKE_CURRENT_SOURCE_DIR}/")) {
          word.remove_prefix("${CMAKE_CURRENT_SOURCE_DIR}/"sv.size());
        }
        built.insert((base / word).lexically_normal().generic_string());
      }
    });
  }
  violations found;
  for (const auto& [path, text] : tree) {
    if (path.ends_with(".cpp") && !built.contains(path)) {
      found.push_back(path + ": is in no CMakeLists.txt");
    }
  }
  return found;
}

violations headers_without_guard(const source_tree& tree) {
  violations found;
  for (const auto& [path, text] : tree) {
    if (is_header(path) && !text.starts_with("#pragma once\n")) {
      found.push_back(path + ": does not begin with #pragma once");
    }
  }
  return found;
}

violations unknown_top_level_entries(const source_tree& tree) {
  std::set<std::string> entries;
  for (const auto& [path, text] : tree) {
    entries.insert(path.substr(0, path.find('/')));
  }
  violations found;
  for (const auto& entry : entries) {
    if (!entry.starts_with('.') &&
        std::find(top_level.begin(), top_level.end(), entry) == top_level.end()) {
      found.push_back(entry + ": is not part of the agreed layout");
    }
  }
  return found;
}

violations folders_without_readme(const source_tree& tree) {
  violations found;
  for (const auto folder : folders_with_readme) {
    const auto prefix = std::string(folder) + "/";
    const auto first = tree.lower_bound(prefix);
    if (first != tree.end() && first->first.starts_with(prefix) &&
        !tree.contains(prefix + "README.md")) {
      found.push_back(prefix + "README.md: is missing");
    }
  }
  return found;
}

violations unlisted_failpoints(const source_tree& tree) {
  const auto list = tree.find("actors/support/failpoint.hpp");
  const std::string_view listed = list == tree.end() ? std::string_view{} : list->second;
  return check_lines(
      tree, [](std::string_view path) { return is_code(path) && path.starts_with("actors/"); },
      [&](std::string_view line) {
        constexpr auto call = "failpoint(\""sv;
        const auto begin = line.find(call);
        if (begin == line.npos) {
          return std::string();
        }
        line.remove_prefix(begin + call.size());
        const auto name = line.substr(0, line.find('"'));
        return contains_word(listed, name) ? std::string()
                                           : "failpoint.hpp does not list " + std::string(name);
      });
}

violations banned_words(const source_tree& tree) {
  return check_lines(
      tree, [](std::string_view path) { return path != "LICENSE"; },
      [](std::string_view line) {
        for (const auto& word : banned) {
          if (contains_word(line, word)) {
            return "says " + word;
          }
        }
        return std::string();
      });
}

} // namespace dispatch::architecture
