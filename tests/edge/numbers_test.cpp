#include "cmd/dispatch-sim/options.hpp"
#include "cmd/dispatchctl/invocation.hpp"
#include "cmd/dispatchd/options.hpp"
#include "cmd/shared/command_line.hpp"
#include "tests/edge/edge_values.hpp"
#include "tests/edge/environment.hpp"
#include "tests/edge/option_table.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

/// Options that take numbers take nothing that is none, in every program.
namespace {

using namespace dispatch;
using namespace dispatch::edge;

using words_of_a_call = std::vector<std::string>;

/// A program as its command line has it: its tables, and whether it takes these words.
struct program {
  std::vector<verb_row> verbs;
  std::function<bool(const words_of_a_call&)> takes;
};

/// A program whose `describe` is that of its options.
template <class Options> program program_of() {
  Options asked;
  CLI::App app;
  describe(app, asked);
  return {verbs_of(app), [](const words_of_a_call& words) {
            Options parsed;
            CLI::App parser;
            describe(parser, parsed);
            std::vector<const char*> arguments = {"program"};
            for (const auto& word : words) {
              arguments.push_back(word.c_str());
            }
            std::ostringstream ignored;
            return !cli::parse(parser, static_cast<int>(arguments.size()), arguments.data(),
                               ignored, ignored);
          }};
}

/// A call of the verb in which all that is required has a value, and `hostile`, unless null, has
/// this one. `file` is one that exists.
words_of_a_call call_of(const verb_row& verb, const option_row* hostile, const std::string& value,
                        const std::string& file) {
  auto words = verb.words;
  words_of_a_call by_position;
  for (const auto& option : verb.own) {
    const bool is_hostile = hostile != nullptr && option.name == hostile->name;
    if (!is_hostile && !option.required) {
      continue;
    }
    const auto sane = option.name == "kind"                                    ? "order"
                      : option.name == "file" || option.name == "--public-key" ? file
                                                                               : "1";
    (option.by_position ? by_position : words)
        .push_back(with_value(option, is_hostile ? value : sane));
  }
  words.emplace_back("--");
  words.insert(words.end(), by_position.begin(), by_position.end());
  return words;
}

/// Takes a number in some form, and no word.
std::string good_number_of(const program& of, const verb_row& verb, const option_row& option,
                           const std::string& file) {
  if (of.takes(call_of(verb, &option, "word", file))) {
    return {};
  }
  const auto found = std::ranges::find_if(good_numbers, [&](const std::string& number) {
    return of.takes(call_of(verb, &option, number, file));
  });
  return found == good_numbers.end() ? std::string{} : *found;
}

/// Gives the option what is none, with the unit of the good number, on the command line and, if
/// there is a variable for the option, in the environment.
void check_option(const program& of, const verb_row& verb, const option_row& option,
                  const std::string& good, const std::string& file) {
  const auto unit = good.substr(std::min(good.size(), good.find_first_not_of("0123456789.:")));
  const auto without = call_of(verb, nullptr, {}, file);
  if (!option.environment.empty()) {
    const variable set{option.environment, good};
    CHECK_MESSAGE(of.takes(without), option.environment, "=", good, " is refused");
  }
  for (const auto& number : numbers_that_are_none) {
    const auto words = call_of(verb, &option, number + unit, file);
    CHECK_MESSAGE(!of.takes(words), text_of(words), "is taken");
    if (!option.environment.empty()) {
      const variable set{option.environment, number + unit};
      CHECK_MESSAGE(!of.takes(without), option.environment, "=", number + unit, " is taken");
    }
  }
}

/// Every option of the program that takes numbers is given what is none.
void check_numbers(const program& of, std::size_t expected_at_least) {
  const testing::temporary_directory folder;
  const auto file = folder.path().string();
  std::size_t options = 0;
  for (const auto& verb : of.verbs) {
    for (const auto& option : verb.own) {
      if (const auto good = good_number_of(of, verb, option, file); !good.empty()) {
        ++options;
        check_option(of, verb, option, good, file);
      }
    }
  }
  CHECK(options >= expected_at_least);
}

TEST_CASE("dispatchctl takes no number that is none") {
  auto ctl = program_of<ctl::invocation>();
  ctl::invocation asked;
  CLI::App app;
  describe(app, asked);
  ctl.verbs.push_back({{"doctor"}, options_of(app)});
  check_numbers(ctl, 20);
}

TEST_CASE("dispatchd takes no number that is none") {
  check_numbers(program_of<daemon::options>(), 5);
}

TEST_CASE("dispatch-sim takes no number that is none") {
  check_numbers(program_of<sim::options>(), 20);
}

} // namespace
