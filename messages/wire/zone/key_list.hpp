#pragma once

#include "messages/wire/contract.hpp"
#include "messages/wire/zone/toml_fields.hpp"

#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// For the folder messages/wire only.
namespace dispatch::wire {

/// Goes through a list of keys as toml_writer does, and notes what each of them is.
class key_list {
public:
  void text(std::string_view key, const std::string& value, std::string_view meaning) {
    add(key, "text", toml_text(value), meaning);
  }
  void flag(std::string_view key, bool value, std::string_view meaning) {
    add(key, "true or false", value ? "true" : "false", meaning);
  }
  void expression(std::string_view key, const std::string& value, std::string_view meaning) {
    add(key, "expression", toml_text(value), meaning);
  }
  void integer(std::string_view key, std::integral auto value, std::int64_t lowest,
               std::int64_t highest, std::string_view meaning) {
    add(key, "whole number", std::to_string(value), meaning, std::to_string(lowest),
        std::to_string(highest));
  }
  template <class Duration>
  void span(std::string_view key, Duration value, std::int64_t lowest, std::int64_t highest,
            std::string_view meaning) {
    integer(key, value.count(), lowest, highest, meaning);
  }
  void number(std::string_view key, double value, double lowest, double highest,
              std::string_view meaning) {
    add(key, "number", plain(value), meaning, plain(lowest), plain(highest));
  }
  void time(std::string_view key, timestamp value, std::string_view meaning) {
    add(key, "time", toml_time(value), meaning);
  }
  void section(std::string_view key, auto&& keys) {
    auto outer = std::exchange(path_, path_ + std::string{key} + ".");
    keys();
    path_ = std::move(outer);
  }
  void optional(bool /*says_something*/, auto&& key) { key(); }
  template <class List> void tables(std::string_view key, const List& /*all*/, auto&& keys) {
    typename List::value_type blank{};
    section(std::string{key} + "[]", [&] { keys(std::as_const(blank)); });
  }

  std::vector<key_contract> take() { return std::move(keys_); }

private:
  /// Without an exponent.
  static std::string plain(double value) {
    std::array<char, 64> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    return {text.data(), end.ptr};
  }

  void add(std::string_view key, std::string type, std::string standard, std::string_view meaning,
           std::string lowest = {}, std::string highest = {}) {
    keys_.push_back({path_ + std::string{key}, std::move(type), std::move(standard),
                     std::move(lowest), std::move(highest), std::string{meaning}});
  }

  std::vector<key_contract> keys_;
  std::string path_;
};

} // namespace dispatch::wire
