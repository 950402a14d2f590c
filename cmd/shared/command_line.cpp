#include "cmd/shared/command_line.hpp"

#include "cmd/shared/time_text.hpp"

#include <map>
#include <ostream>

namespace dispatch::cli {

namespace {

using units = std::map<std::string, std::int64_t>;

template <class Span>
CLI::Option* add_any_span(CLI::App& app, const std::string& name, Span& value,
                          const std::string& description, const units& known) {
  using CLI::AsNumberWithUnit;
  constexpr auto rules = static_cast<AsNumberWithUnit::Options>(AsNumberWithUnit::CASE_SENSITIVE |
                                                                AsNumberWithUnit::UNIT_REQUIRED);
  AsNumberWithUnit convert(known, rules);
  convert.description("");
  return app
      .add_option_function<std::int64_t>(
          name, [&value](const std::int64_t& count) { value = Span{count}; }, description)
      ->transform(convert)
      ->type_name("SPAN")
      ->default_str(to_text(std::chrono::milliseconds{value}));
}

/// As `program noun verb`, as far as the arguments were understood.
std::string understood(const CLI::App& app) {
  std::string words = app.get_name();
  const auto* at = &app;
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    words += " " + at->get_name();
  }
  return words;
}

} // namespace

std::optional<exit_code> parse(CLI::App& app, int argc, const char* const* argv, std::ostream& out,
                               std::ostream& err) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    if (problem.get_exit_code() == 0) {
      app.exit(problem, out, err);
      return exit_code::done;
    }
    const auto words = understood(app);
    err << words << ": " << problem.what() << "; see " << words << " --help\n";
    return exit_code::usage;
  }
  return std::nullopt;
}

CLI::Option* add_bytes(CLI::App& app, const std::string& name, std::int64_t& value,
                       const std::string& description) {
  CLI::AsSizeValue convert(false);
  convert.description("");
  return app.add_option(name, value, description)
      ->transform(convert)
      ->check(CLI::PositiveNumber)
      ->type_name("SIZE")
      ->capture_default_str();
}

CLI::Option* add_span(CLI::App& app, const std::string& name, std::chrono::seconds& value,
                      const std::string& description) {
  return add_any_span(app, name, value, description,
                      {{"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}, {"d", 86'400}});
}

CLI::Option* add_span(CLI::App& app, const std::string& name, std::chrono::milliseconds& value,
                      const std::string& description) {
  return add_any_span(app, name, value, description,
                      {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"min", 60'000}, {"h", 3'600'000}});
}

} // namespace dispatch::cli
