#include "tests/contract/limits_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace dispatch::contract {

namespace {

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  return first == text.npos
             ? std::string{}
             : std::string{text.substr(first, text.find_last_not_of(" \t") + 1 - first)};
}

/// A number with a unit, or with none.
struct quantity {
  double value = 1.0;
  std::string unit;
};

std::optional<quantity> factor_of(std::string text) {
  std::erase(text, '\'');
  quantity read;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read.value);
  read.unit = std::string(static_cast<const char*>(end));
  constexpr std::array units = {"", "us", "ms", "s", "min", "h"};
  const auto is_known = std::ranges::find(units, read.unit) != units.end();
  return error == std::errc{} && is_known ? std::optional{read} : std::nullopt;
}

/// nullopt when it is no product of numbers.
std::optional<quantity> product_of(std::string_view expression) {
  quantity product;
  std::istringstream factors{std::string{expression}};
  for (std::string text; std::getline(factors, text, '*');) {
    const auto factor = factor_of(trimmed(text));
    if (!factor) {
      return std::nullopt;
    }
    product.value *= factor->value;
    product.unit += factor->unit;
  }
  return product;
}

std::string with_commas(std::int64_t value) {
  auto digits = std::to_string(value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), ",");
  }
  return digits;
}

/// In the largest unit in which it is whole.
std::string in_units(std::int64_t value, std::string unit,
                     std::initializer_list<std::pair<std::int64_t, std::string>> larger) {
  for (const auto& [count, name] : larger) {
    if (value % count != 0 || value == 0) {
      break;
    }
    value /= count;
    unit = name;
  }
  return with_commas(value) + (unit.empty() ? "" : " " + unit);
}

} // namespace

std::string shown_bytes(std::int64_t bytes) {
  return in_units(bytes, "bytes", {{1024, "KiB"}, {1024, "MiB"}, {1024, "GiB"}});
}

std::string shown_limit(std::string_view name, std::string_view expression) {
  const auto product = product_of(expression);
  if (!product) {
    return "`" + std::string{expression} + "`";
  }
  const auto value = static_cast<std::int64_t>(product->value);
  if (product->unit == "h" && value > 24) {
    return in_units(value, "h", {{24, "days"}});
  }
  if (product->unit.empty() && name.find("bytes") != name.npos) {
    return shown_bytes(value);
  }
  return in_units(value, product->unit, {});
}

std::vector<limit_group> limits_in(std::string_view header) {
  std::vector<limit_group> groups;
  limit_group current;
  std::istringstream lines{std::string{header}};
  std::string declaration;
  const auto close = [&] {
    if (!current.names.empty()) {
      groups.push_back(current);
    }
    current = {};
  };
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) {
      close();
    } else if (line.starts_with("/// ")) {
      current.reason += (current.reason.empty() ? "" : " ") + line.substr(4);
    } else if (line.starts_with("inline constexpr ") || !declaration.empty()) {
      declaration += trimmed(line) + " ";
      const auto end = declaration.find(';');
      if (end == declaration.npos) {
        continue;
      }
      const auto equals = declaration.find(" = ");
      const auto before = declaration.substr(0, equals);
      const auto name = before.substr(before.rfind(' ') + 1);
      if (current.reason.empty()) {
        throw std::runtime_error("messages/limits.hpp: " + name + " has no comment");
      }
      const auto value = trimmed(declaration.substr(equals + 3, end - equals - 3));
      current.names.push_back(name);
      current.values.push_back(shown_limit(name, value));
      declaration.clear();
    }
  }
  close();
  return groups;
}

} // namespace dispatch::contract
