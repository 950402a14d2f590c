#include "cmd/shared/command_line.hpp"

#include "cmd/shared/table.hpp"
#include "cmd/shared/time_text.hpp"
#include "messages/wire/near_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <functional>
#include <ostream>
#include <span>

namespace dispatch::cli {

namespace {

/// How much a unit stands for.
struct unit {
  std::string_view name;
  std::int64_t size = 1;
};

constexpr std::array second_units = {unit{"s", 1}, unit{"m", 60}, unit{"min", 60}, unit{"h", 3600},
                                     unit{"d", 86'400}};
constexpr std::array millisecond_units = {unit{"ms", 1}, unit{"s", 1000}, unit{"m", 60'000},
                                          unit{"min", 60'000}, unit{"h", 3'600'000}};
/// nullopt when there is no such unit.
std::optional<std::int64_t> size_of(std::string_view name, std::span<const unit> units) {
  const auto found = std::ranges::find(units, name, &unit::name);
  return found == units.end() ? std::nullopt : std::optional{found->size};
}

/// Of `k`, `KB` or `KiB`, and so on.
std::optional<std::int64_t> bytes_of(std::string_view name) {
  constexpr std::string_view prefixes = "kmgtpe";
  std::string unit{name};
  std::ranges::transform(unit, unit.begin(), [](unsigned char c) { return std::tolower(c); });
  if (unit.empty() || unit == "b") {
    return 1;
  }
  const auto power = prefixes.find(unit.front());
  unit.erase(0, 1);
  const bool is_known = power != prefixes.npos && (unit.empty() || unit == "b" || unit == "ib");
  return is_known ? std::optional{std::int64_t{1} << (10 * (power + 1))} : std::nullopt;
}

/// A whole number and its unit. nullopt when the text is none, or out of the bounds.
std::optional<std::int64_t>
parse_amount(std::string_view text,
             const std::function<std::optional<std::int64_t>(std::string_view)>& size_of_unit,
             std::int64_t lowest, std::int64_t highest) {
  const auto digits = text.substr(0, text.find_first_not_of("0123456789"));
  auto unit = text.substr(digits.size());
  unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
  const auto size = size_of_unit(unit);
  if (!size) {
    return std::nullopt;
  }
  const auto count = parse_number<std::int64_t>(digits, 0, highest / *size);
  return count && *count * *size >= lowest ? std::optional{*count * *size} : std::nullopt;
}

/// `Unit` is what the units are multiples of.
template <class Unit, class Span>
CLI::Option* add_any_span(CLI::App& app, const std::string& name, Span& value,
                          const std::string& description, std::span<const unit> units,
                          std::chrono::milliseconds lowest, std::chrono::milliseconds highest) {
  const auto parse = [=](const std::string& text) {
    return parse_amount(
        text, [&](std::string_view unit) { return size_of(unit, units); },
        std::chrono::ceil<Unit>(lowest).count(), std::chrono::floor<Unit>(highest).count());
  };
  return app
      .add_option_function<std::string>(
          name, [&value, parse](const std::string& text) { value = Unit{*parse(text)}; },
          description)
      ->check([=](const std::string& text) {
        return parse(text) ? std::string{}
                           : "must be a span such as 90s, from " + to_text(lowest) + " to " +
                                 to_text(highest) + ", is \"" + text + "\"";
      })
      ->type_name("SPAN")
      ->default_str(to_text(std::chrono::floor<std::chrono::milliseconds>(value)));
}

/// As far as the arguments were understood.
struct understood {
  std::string words; ///< as `program noun verb`
  const CLI::App* last = nullptr;
};

understood understood_of(const CLI::App& app) {
  understood found{app.get_name(), &app};
  while (!found.last->get_subcommands().empty()) {
    found.last = found.last->get_subcommands().front();
    found.words += " " + found.last->get_name();
  }
  return found;
}

std::string one_of(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) {
    text += (text.empty() ? "" : ", ") + word;
  }
  return text;
}

/// What is wrong with the word in the place of a noun or a verb; empty: there is none.
std::string fault_of_word(const CLI::App& app, const understood& until) {
  std::vector<std::string> words;
  for (const auto* each : until.last->get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(each->get_name());
  }
  const auto rest = app.remaining(true);
  const auto typed = std::ranges::find_if(
      rest, [](const std::string& argument) { return !argument.starts_with("-"); });
  return words.empty() || typed == rest.end()
             ? std::string{}
             : "must be followed by one of " + one_of(words) + ", is followed by \"" + *typed +
                   "\"" + meant(*typed, words);
}

} // namespace

std::optional<exit_code> parse(CLI::App& app, int argc, const char* const* argv, std::ostream& out,
                               std::ostream& err) {
  for (int i = 1; i < argc; ++i) {
    if (!is_utf8(argv[i])) {
      err << app.get_name() << ": argument " << i << " must be UTF-8, is \"" << printable(argv[i])
          << "\"; see " << app.get_name() << " --help\n";
      return exit_code::usage;
    }
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    if (problem.get_exit_code() == 0) {
      app.exit(problem, out, err);
      return exit_code::done;
    }
    const auto until = understood_of(app);
    const auto word = fault_of_word(app, until);
    err << printable(until.words + (word.empty() ? std::string{": "} + problem.what() : " " + word))
        << "; see " << until.words << " --help\n";
    return exit_code::usage;
  }
  return std::nullopt;
}

std::string meant(const std::string& typed, const std::vector<std::string>& words) {
  const auto near = wire::near_names(typed, words);
  std::string text;
  for (const auto& word : near) {
    text += (text.empty() ? "; did you mean " : " or ") + word;
  }
  return near.empty() ? text : text + "?";
}

CLI::Validator word_rule(std::vector<std::string> words) {
  const auto all = one_of(words);
  return {[words = std::move(words), all](const std::string& typed) {
            return std::ranges::find(words, typed) != words.end()
                       ? std::string{}
                       : "must be one of " + all + ", is \"" + typed + "\"" + meant(typed, words);
          },
          "{" + all + "}"};
}

std::string number_text(double value) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

CLI::Option* add_bytes(CLI::App& app, const std::string& name, std::int64_t& value,
                       const std::string& description, std::int64_t lowest) {
  const auto parse = [lowest](const std::string& text) {
    return parse_amount(text, bytes_of, lowest, std::numeric_limits<std::int64_t>::max());
  };
  return app
      .add_option_function<std::string>(
          name, [&value, parse](const std::string& text) { value = *parse(text); }, description)
      ->check([parse, lowest](const std::string& text) {
        return parse(text)
                   ? std::string{}
                   : "must be a size such as 512MiB, of at least " +
                         size_text(static_cast<std::uint64_t>(lowest)) + ", is \"" + text + "\"";
      })
      ->type_name("SIZE")
      ->default_str(size_text(static_cast<std::uint64_t>(value)));
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array names = {" KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
  constexpr auto step = 1024.0;
  if (bytes < static_cast<std::uint64_t>(step)) {
    return std::to_string(bytes) + " bytes";
  }
  auto count = static_cast<double>(bytes) / step;
  std::size_t unit = 0;
  for (; count >= step && unit + 1 < names.size(); ++unit) {
    count /= step;
  }
  const auto tenths = std::round(count * 10.0) / 10.0;
  return number_text(tenths) + names.at(unit);
}

std::optional<std::chrono::seconds> parse_span(std::string_view text) {
  constexpr std::chrono::days longest{1'000'000};
  const auto count = parse_amount(
      text, [](std::string_view unit) { return size_of(unit, second_units); }, 0,
      std::chrono::seconds{longest}.count());
  return count ? std::optional{std::chrono::seconds{*count}} : std::nullopt;
}

CLI::Option* add_span(CLI::App& app, const std::string& name, std::chrono::seconds& value,
                      const std::string& description, std::chrono::seconds lowest,
                      std::chrono::seconds highest) {
  return add_any_span<std::chrono::seconds>(app, name, value, description, second_units, lowest,
                                            highest);
}

CLI::Option* add_span(CLI::App& app, const std::string& name, duration& value,
                      const std::string& description, std::chrono::seconds lowest,
                      std::chrono::seconds highest) {
  return add_any_span<std::chrono::seconds>(app, name, value, description, second_units, lowest,
                                            highest);
}

CLI::Option* add_span(CLI::App& app, const std::string& name, std::chrono::milliseconds& value,
                      const std::string& description) {
  return add_any_span<std::chrono::milliseconds>(app, name, value, description, millisecond_units,
                                                 std::chrono::milliseconds{}, longest_span);
}

} // namespace dispatch::cli
