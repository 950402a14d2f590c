#pragma once

#include "cmd/shared/exit_code.hpp"
#include "messages/time.hpp"

#include <CLI/CLI.hpp>

#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <iosfwd>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace dispatch::cli {

/// Parses the arguments, which have to be UTF-8. A code when the program is to end: `done` after
/// --help, which goes to `out`, and `usage` after a wrong argument, which is named on `err`.
std::optional<exit_code> parse(CLI::App& app, int argc, const char* const* argv, std::ostream& out,
                               std::ostream& err);

/// The number that the whole text is. nullopt when the text is none, such as `nan` or `1x`, when
/// the type cannot hold the number, and when the number is out of the bounds.
template <class Number>
std::optional<Number> parse_number(std::string_view text, Number lowest, Number highest) {
  Number value{};
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  // `nan` is within no bounds.
  const bool is_good = error == std::errc{} && rest == end && value >= lowest && value <= highest;
  return is_good ? std::optional{value} : std::nullopt;
}

/// `; did you mean a or b?`, of the words that are near to what was typed; empty when none is.
std::string meant(const std::string& typed, const std::vector<std::string>& words);

/// The rule of an option that takes one of these words.
CLI::Validator word_rule(std::vector<std::string> words);

/// As people read it.
std::string number_text(double value);
std::string number_text(std::integral auto value) { return std::to_string(value); }

/// The rule of an option that takes a number within these bounds.
template <class Number> CLI::Validator number_rule(Number lowest, Number highest) {
  auto bounds =
      number_text(lowest) +
      (highest == std::numeric_limits<Number>::max() ? " and more" : " to " + number_text(highest));
  return {[=](const std::string& text) {
            return parse_number(text, lowest, highest)
                       ? std::string{}
                       : "must be a number, " + bounds + ", is \"" + text + "\"";
          },
          bounds};
}

/// A number within the bounds. Every option that takes a number is added by this.
template <class Number>
CLI::Option* add_number(CLI::App& app, const std::string& name, Number& value,
                        const std::string& description, std::type_identity_t<Number> lowest,
                        std::type_identity_t<Number> highest = std::numeric_limits<Number>::max()) {
  const auto set = [&value, lowest, highest](const std::string& text) {
    value = *parse_number<Number>(text, lowest, highest);
  };
  return app.add_option_function<std::string>(name, set, description)
      ->check(number_rule<Number>(lowest, highest))
      ->type_name("N")
      ->default_str(number_text(value));
}

/// The same, for a number that need not be given.
template <class Number>
CLI::Option* add_number(CLI::App& app, const std::string& name, std::optional<Number>& value,
                        const std::string& description, std::type_identity_t<Number> lowest,
                        std::type_identity_t<Number> highest = std::numeric_limits<Number>::max()) {
  const auto set = [&value, lowest, highest](const std::string& text) {
    value = parse_number<Number>(text, lowest, highest);
  };
  return app.add_option_function<std::string>(name, set, description)
      ->check(number_rule<Number>(lowest, highest))
      ->type_name("N");
}

/// A size such as 512MiB or 4g, of at least `lowest` bytes; without a unit, bytes. Units are powers
/// of 1024.
CLI::Option* add_bytes(CLI::App& app, const std::string& name, std::int64_t& value,
                       const std::string& description, std::int64_t lowest);

/// A size for people, in the largest unit that fits: `8 GiB`, `1.5 MiB`, `512 bytes`.
std::string size_text(std::uint64_t bytes);

/// Longer than anything that is set in spans.
inline constexpr std::chrono::weeks longest_span{520};

/// Of a span such as 30s, 20min, 2h or 7d. nullopt when the text is none.
std::optional<std::chrono::seconds> parse_span(std::string_view text);

/// A span such as 30s, 2h or 7d; the unit is required.
CLI::Option* add_span(CLI::App& app, const std::string& name, std::chrono::seconds& value,
                      const std::string& description, std::chrono::seconds lowest = {},
                      std::chrono::seconds highest = longest_span);

/// The same for zone time.
CLI::Option* add_span(CLI::App& app, const std::string& name, duration& value,
                      const std::string& description, std::chrono::seconds lowest = {},
                      std::chrono::seconds highest = longest_span);

/// A span such as 500ms or 5s; the unit is required.
CLI::Option* add_span(CLI::App& app, const std::string& name, std::chrono::milliseconds& value,
                      const std::string& description);

} // namespace dispatch::cli
