#pragma once

#include "messages/time.hpp"
#include "messages/wire/archive.hpp"
#include "messages/wire/near_names.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// One list of keys serves both directions, as in archive.hpp, for what is kept as TOML. For the
/// folder messages/wire only.
namespace dispatch::wire {

/// RFC 3339 in UTC with microseconds.
inline std::string toml_time(timestamp at) {
  using namespace std::chrono;
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss clock{at - day};
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text.data();
}

inline timestamp from_toml_time(const toml::date_time& at) {
  using namespace std::chrono;
  const sys_days day = year{at.date.year} / month{at.date.month} / std::chrono::day{at.date.day};
  return day + hours{at.time.hour} + minutes{at.time.minute - at.offset->minutes} +
         seconds{at.time.second} + floor<microseconds>(nanoseconds{at.time.nanosecond});
}

/// TOML tells a float from an integer by its point or exponent.
inline std::string toml_number(double value) {
  auto text = shown(value);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

inline std::string toml_text(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      text.append(1, '\\').append(1, c);
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      std::array<char, 8> escaped{};
      std::snprintf(escaped.data(), escaped.size(), "\\u%04X", static_cast<unsigned>(c));
      text += escaped.data();
    } else {
      text += c;
    }
  }
  return text + '"';
}

/// Appends `key = value # meaning` lines in the order of the key list; without the meanings when
/// nobody is to read them.
class toml_writer {
public:
  explicit toml_writer(bool with_meanings) : with_meanings_(with_meanings) {}

  void text(std::string_view key, const std::string& value, std::string_view meaning) {
    line(key, toml_text(value), meaning);
  }
  void flag(std::string_view key, bool value, std::string_view meaning) {
    line(key, value ? "true" : "false", meaning);
  }
  /// An expression, or a number.
  void expression(std::string_view key, const std::string& value, std::string_view meaning) {
    line(key, toml_text(value), meaning);
  }
  void integer(std::string_view key, std::integral auto value, std::int64_t, std::int64_t,
               std::string_view meaning) {
    line(key, std::to_string(value), meaning);
  }
  template <class Duration>
  void span(std::string_view key, Duration value, std::int64_t, std::int64_t,
            std::string_view meaning) {
    line(key, std::to_string(value.count()), meaning);
  }
  void number(std::string_view key, double value, double, double, std::string_view meaning) {
    line(key, toml_number(value), meaning);
  }
  void time(std::string_view key, timestamp value, std::string_view meaning) {
    line(key, toml_time(value), meaning);
  }
  void section(std::string_view key, auto&& keys) {
    auto outer =
        std::exchange(path_, path_.empty() ? std::string{key} : path_ + "." + std::string{key});
    text_ += "\n[" + path_ + "]\n";
    keys();
    path_ = std::move(outer);
  }
  /// A key that is left out when it says nothing.
  void optional(bool says_something, auto&& key) {
    if (says_something) {
      key();
    }
  }
  void tables(std::string_view key, const auto& all, auto&& keys) {
    for (const auto& one : all) {
      text_.append("\n[[").append(path_).append(".").append(key).append("]]\n");
      keys(one);
    }
  }
  std::string take() { return std::move(text_); }

private:
  void line(std::string_view key, std::string_view value, std::string_view meaning) {
    text_.append(key).append(" = ").append(value);
    if (with_meanings_) {
      text_.append(" # ").append(meaning);
    }
    text_ += '\n';
  }

  bool with_meanings_;
  std::string text_;
  std::string path_;
};

/// Takes every key of the list out of a table; what is left over is unknown. What lies in a log has
/// passed the rules of its day: it is bound by its structure alone.
class toml_reader {
public:
  toml_reader(const toml::table& table, bool strict) : table_(&table), strict_(strict) {}

  const std::string& failed() const { return failure_; }

  void text(std::string_view key, std::string& to, std::string_view) {
    if (const auto* node = take(key)) {
      if (const auto* value = node->as_string()) {
        to = value->get();
      } else {
        reject(key, "must be a text in quotes");
      }
    }
  }

  void flag(std::string_view key, bool& to, std::string_view) {
    if (const auto* node = take(key)) {
      if (const auto* value = node->as_boolean()) {
        to = value->get();
      } else {
        reject(key, "must be true or false");
      }
    }
  }

  void expression(std::string_view key, std::string& to, std::string_view) {
    if (const auto* node = take(key)) {
      if (node->is_number()) {
        to = shown(*node->value<double>());
      } else if (const auto* value = node->as_string()) {
        to = value->get();
      } else {
        reject(key, "must be a number, or an expression in quotes");
      }
    }
  }

  void integer(std::string_view key, std::integral auto& to, std::int64_t lowest,
               std::int64_t highest, std::string_view) {
    std::int64_t value = to;
    if (whole(key, value, lowest, highest)) {
      to = static_cast<std::remove_cvref_t<decltype(to)>>(value);
    }
  }

  template <class Duration>
  void span(std::string_view key, Duration& to, std::int64_t lowest, std::int64_t highest,
            std::string_view) {
    std::int64_t value = to.count();
    if (whole(key, value, lowest, highest)) {
      to = Duration{value};
    }
  }

  void number(std::string_view key, double& to, double lowest, double highest, std::string_view) {
    const auto* node = take(key);
    if (node == nullptr) {
      return;
    }
    if (!node->is_number()) {
      return reject(key, "must be a number");
    }
    const auto value = *node->value<double>();
    if (strict_ && !(value >= lowest && value <= highest)) { // also true for what is not a number
      return reject(key, "must be within [" + shown(lowest) + ", " + shown(highest) + "], is " +
                             shown(value));
    }
    to = value;
  }

  void time(std::string_view key, timestamp& to, std::string_view) {
    if (const auto* node = take(key)) {
      const auto* value = node->as_date_time();
      if (value == nullptr || !value->get().offset) {
        return reject(key, "must be a time with an offset, such as 2026-01-31T08:00:00.000000Z");
      }
      to = from_toml_time(value->get());
    }
  }

  void section(std::string_view key, auto&& keys) {
    const auto* node = take(key);
    if (node == nullptr) {
      return;
    }
    if (!node->is_table()) {
      return reject(key, "must be a table");
    }
    within(std::string{key}, *node->as_table(), keys);
  }

  void optional(bool, auto&& key) { key(); }

  void tables(std::string_view key, auto& all, auto&& keys) {
    const auto* node = take(key);
    if (node == nullptr) {
      return;
    }
    const auto* listed = node->as_array();
    if (listed == nullptr || !listed->is_homogeneous(toml::node_type::table)) {
      if (listed == nullptr || !listed->empty()) {
        reject(key, "must be a list of tables");
      }
      return;
    }
    for (std::size_t i = 0; i < listed->size(); ++i) {
      auto& one = all.emplace_back();
      within(std::string{key} + "[" + std::to_string(i) + "]", *listed->get_as<toml::table>(i),
             [&] { keys(one); });
    }
  }

  /// To be called behind the last key of a table.
  void refuse_unknown_keys() {
    if (!strict_) {
      return;
    }
    for (const auto& entry : *table_) {
      const auto key = entry.first.str();
      if (std::ranges::find(known_, key) == known_.end()) {
        const auto nearest = std::ranges::min_element(
            known_, {}, [&](std::string_view one) { return edits(key, one); });
        reject(quoted(key), "is not a key, did you mean " + std::string{*nearest} + "?");
      }
    }
  }

  void reject(std::string_view key, std::string_view rule) {
    if (failure_.empty()) {
      failure_.append(path_).append(key).append(": ").append(rule);
    }
  }

private:
  void within(const std::string& step, const toml::table& table, auto&& keys) {
    const auto* outer_table = std::exchange(table_, &table);
    auto outer_known = std::exchange(known_, {});
    const auto path_bytes = path_.size();
    path_.append(step).append(".");
    keys();
    refuse_unknown_keys();
    path_.resize(path_bytes);
    known_ = std::move(outer_known);
    table_ = outer_table;
  }

  const toml::node* take(std::string_view key) {
    known_.push_back(key);
    return table_->get(key);
  }

  bool whole(std::string_view key, std::int64_t& value, std::int64_t lowest, std::int64_t highest) {
    const auto* node = take(key);
    if (node == nullptr) {
      return false;
    }
    if (!node->is_integer()) {
      reject(key, "must be a whole number");
      return false;
    }
    value = node->as_integer()->get();
    if (strict_ && (value < lowest || value > highest)) {
      reject(key, "must be within [" + std::to_string(lowest) + ", " + std::to_string(highest) +
                      "], is " + std::to_string(value));
      return false;
    }
    return true;
  }

  const toml::table* table_;
  bool strict_;
  std::vector<std::string_view> known_; ///< keys of the table that were asked for
  std::string path_;
  std::string failure_;
};

} // namespace dispatch::wire
