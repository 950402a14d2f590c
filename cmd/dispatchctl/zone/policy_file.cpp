#include "cmd/dispatchctl/zone/policy_file.hpp"

#include "actors/domain/planning/planner.hpp"
#include "actors/support/local_time.hpp"
#include "cmd/shared/exit_code.hpp"
#include "messages/wire/zone/policy_text.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

namespace dispatch::ctl {

namespace {

using cli::exit_code;
using cli::stop;

using policy_entry = std::pair<std::string, std::string>;

/// The lines of the canonical text as key and value.
std::vector<policy_entry> entries_of(const policy& policy) {
  std::vector<policy_entry> entries;
  std::string prefix;
  bool begins_rule = false;
  std::istringstream lines{wire::canonical_toml(policy)};
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("[[")) {
      begins_rule = true;
    } else if (line.starts_with("[")) {
      constexpr std::string_view table = "[policy";
      prefix = line.substr(table.size(), line.size() - table.size() - 1);
      prefix = prefix.empty() ? "" : prefix.substr(1) + ".";
    } else if (const auto equals = line.find(" = "); equals != std::string::npos) {
      const auto value = line.substr(equals + 3);
      if (std::exchange(begins_rule, false)) {
        prefix = "rule " + value.substr(1, value.size() - 2) + ".";
      } else {
        entries.emplace_back(prefix + line.substr(0, equals), value);
      }
    }
  }
  std::string order;
  for (const auto& rule : policy.rules) {
    order += (order.empty() ? "" : ", ") + rule.name;
  }
  entries.emplace_back("rules", order);
  return entries;
}

} // namespace

policy read_policy_file(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) {
    throw stop(exit_code::usage, path + " cannot be read");
  }
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  auto read = wire::policy_from_toml(text);
  if (!read) {
    throw stop(exit_code::usage, path + ": " + read.error().what);
  }
  if (const auto fault = domain::fault_of(*read)) {
    throw stop(exit_code::usage, path + ": " + *fault);
  }
  if (!is_time_zone(read->time_zone)) {
    throw stop(exit_code::usage,
               path + ": policy.time_zone: is no name of the tz database: " + read->time_zone);
  }
  return *std::move(read);
}

std::vector<policy_difference> differences_of(const policy& before, const policy& after) {
  std::vector<policy_difference> found;
  const auto old_entries = entries_of(before);
  const auto new_entries = entries_of(after);
  const auto value_in = [](const std::vector<policy_entry>& entries, const std::string& key) {
    const auto at = std::ranges::find(entries, key, &policy_entry::first);
    return at == entries.end() ? std::string{} : at->second;
  };
  for (const auto& [key, value] : new_entries) {
    if (auto old_value = value_in(old_entries, key); old_value != value) {
      found.push_back({key, std::move(old_value), value});
    }
  }
  for (const auto& [key, value] : old_entries) {
    if (std::ranges::find(new_entries, key, &policy_entry::first) == new_entries.end()) {
      found.push_back({key, value, {}});
    }
  }
  return found;
}

} // namespace dispatch::ctl
