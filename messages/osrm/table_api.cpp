#include "messages/osrm/table_api.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <cmath>

namespace dispatch::osrm {

namespace {

using nlohmann::json;

/// A tenth of a metre.
constexpr int decimals = 6;

constexpr double travel_max_s = 7.0 * 24 * 3600;

std::string_view profile_of(vehicle by) {
  switch (by) {
  case vehicle::walking:
    return "foot";
  case vehicle::bicycle:
    return "bike";
  case vehicle::motorcycle:
  case vehicle::car:
    break;
  }
  return "driving";
}

/// Whatever the locale.
void append_number(std::string& text, double number) {
  std::array<char, 32> digits{}; // Degrees: of 4 characters, a point and the decimals.
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number,
                                 std::chars_format::fixed, decimals);
  text.append(digits.data(), end.ptr);
}

void append_places(std::string& text, const std::vector<place>& places) {
  for (const auto& at : places) {
    text += text.back() == '/' ? "" : ";";
    append_number(text, at.longitude);
    text += ',';
    append_number(text, at.latitude);
  }
}

void append_indices(std::string& text, std::size_t first, std::size_t count) {
  for (std::size_t i = first; i < first + count; ++i) {
    text += (i == first ? "" : ";") + std::to_string(i);
  }
}

const json* find(const json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

bool append_row(travel_table& table, const json& row, std::size_t columns) {
  if (!row.is_array() || row.size() != columns) {
    return false;
  }
  for (const auto& one : row) {
    if (one.is_null()) {
      table.emplace_back();
      continue;
    }
    const auto seconds = one.is_number() ? one.get<double>() : -1.0;
    if (!std::isfinite(seconds) || seconds < 0.0) {
      return false;
    }
    // A ride of more than a week is none.
    table.push_back(seconds <= travel_max_s ? std::optional{seconds} : std::nullopt);
  }
  return true;
}

} // namespace

std::string request_path(const travel_question& question) {
  std::string path = "/table/v1/";
  path += profile_of(question.by);
  path += '/';
  append_places(path, question.from);
  append_places(path, question.to);
  path += "?sources=";
  append_indices(path, 0, question.from.size());
  path += "&destinations=";
  append_indices(path, question.from.size(), question.to.size());
  return path;
}

std::optional<travel_table> parse_table(std::string_view body, std::size_t rows,
                                        std::size_t columns) {
  const auto answer = json::parse(body, nullptr, false);
  const auto* code = answer.is_object() ? find(answer, "code") : nullptr;
  if (code != nullptr && (*code == "NoSegment" || *code == "NoTable")) {
    return travel_table(rows * columns);
  }
  const auto* durations = answer.is_object() ? find(answer, "durations") : nullptr;
  if (code == nullptr || *code != "Ok" || durations == nullptr || !durations->is_array() ||
      durations->size() != rows) {
    return std::nullopt;
  }
  travel_table table;
  table.reserve(rows * columns);
  for (const auto& row : *durations) {
    if (!append_row(table, row, columns)) {
      return std::nullopt;
    }
  }
  return table;
}

} // namespace dispatch::osrm
