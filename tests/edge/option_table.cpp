#include "tests/edge/option_table.hpp"

#include "cmd/shared/table.hpp"

namespace dispatch::edge {

namespace {

void add_verbs(const CLI::App& app, const std::vector<std::string>& words,
               std::vector<verb_row>& found) {
  const auto below = app.get_subcommands([](const CLI::App*) { return true; });
  if (below.empty()) {
    found.push_back({words, options_of(app)});
  }
  for (const auto* each : below) {
    auto longer = words;
    longer.push_back(each->get_name());
    add_verbs(*each, longer, found);
  }
}

} // namespace

std::vector<verb_row> verbs_of(const CLI::App& program) {
  std::vector<verb_row> found;
  add_verbs(program, {}, found);
  return found;
}

std::vector<option_row> options_of(const CLI::App& app) {
  std::vector<option_row> found;
  for (const auto* option : app.get_options()) {
    if (option != app.get_help_ptr() && option->get_items_expected_max() > 0) {
      found.push_back({option->get_name(option->get_positional()), option->get_positional(),
                       option->get_required(), option->get_envname()});
    }
  }
  return found;
}

std::string with_value(const option_row& option, const std::string& value) {
  return option.by_position ? value : option.name + "=" + value;
}

std::string text_of(const std::vector<std::string>& words) {
  constexpr std::size_t enough = 60;
  std::string text;
  for (const auto& word : words) {
    text += cli::printable(word.substr(0, enough)) + " ";
  }
  return text;
}

} // namespace dispatch::edge
