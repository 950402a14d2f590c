#include "messages/nats/stream_admin.hpp"
#include "tests/edge/edge.hpp"
#include "tests/edge/edge_values.hpp"
#include "tests/edge/environment.hpp"
#include "tests/edge/option_table.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Every option of every verb of dispatchctl with every hostile value, beside a zone that notices
/// nothing of it.
namespace {

using namespace dispatch;
using namespace dispatch::edge;

/// The zone that the calls name.
constexpr auto named_zone = "named";

/// A town with the zone that the calls name.
struct sweep : town {
  sweep() {
    auto definition = quick_zone();
    definition.name = named_zone;
    where.create_zone(definition);
    std::ofstream{file()} << "[policy]\nmatch_interval_ms = 20\n";
    std::filesystem::current_path(where.directory()); // Values may be names of files.
    REQUIRE(comes([&] {
      return ctl({"station", "list", "--zone", named_zone}).code == exit_code::done;
    }));
    before = decided_by_operators(where.on());
  }
  sweep(const sweep&) = delete;
  sweep& operator=(const sweep&) = delete;
  ~sweep() { std::filesystem::current_path("/"); }

  std::string file() const { return (where.directory() / "policy.toml").string(); }

  /// What a required option gets while another one is hostile.
  std::string sane(const verb_row& verb, const option_row& option) const {
    if (option.name == "zone") {
      // A name that was never there: what is made twice is a matter of its own.
      return verb.words.back() == "create" ? "made" + std::to_string(calls) : named_zone;
    }
    if (option.name == "kind") {
      return "order";
    }
    return option.name == "file" || option.name == "--public-key" ? file() : "1";
  }

  std::vector<std::string> call_of(const verb_row& verb, const option_row& hostile,
                                   const std::string& value) const {
    auto words = verb.words;
    std::vector<std::string> by_position;
    const auto give = [&](const option_row& option, const std::string& what) {
      (option.by_position ? by_position : words).push_back(with_value(option, what));
    };
    for (const auto& option : verb.own) {
      if (option.name == hostile.name) {
        give(option, value);
      } else if (option.required) {
        give(option, sane(verb, option));
      }
    }
    if (!std::ranges::any_of(verb.own, [&](const auto& o) { return o.name == hostile.name; })) {
      give(hostile, value);
    }
    for (const auto& [name, common] : {std::pair{"--zone", std::string{named_zone}},
                                       {"--timeout", "300ms"},
                                       {"--server", where.url()}}) {
      if (hostile.name != name) {
        words.push_back(std::string{name} + "=" + common);
      }
    }
    words.emplace_back("--");
    words.insert(words.end(), by_position.begin(), by_position.end());
    return words;
  }

  /// How a call ended; nullopt when an exception ended it, as it would have the program.
  std::optional<ended> end_of(const std::vector<std::string>& words) {
    ++calls;
    try {
      return testing::run_ctl(words);
    } catch (const std::exception& error) {
      FAIL_CHECK(text_of(words) << "is ended by an exception: " << std::string{error.what()});
      return std::nullopt;
    }
  }

  /// Looks at what the others notice of a call. Wrong arguments reach no server.
  void look_after(const std::string& text, const std::optional<ended>& end) {
    if (end && end->code == exit_code::usage) {
      return;
    }
    CAPTURE(text);
    ++effective;
    auto now = decided_by_operators(where.on());
    if (!end || end->code != exit_code::done) {
      CHECK(differences(before, now) == "");
    }
    check_untouched();
    before = take_back() ? decided_by_operators(where.on()) : std::move(now);
  }

  /// Deletes the zones that a successful call made. Tells whether there was one.
  bool take_back() {
    bool any = false;
    nats::bucket zones{where.on(), wire::zones_bucket(wire::default_root)};
    for (const auto& entry : value_of(zones.list())) {
      if (entry.key != untouched && entry.key != named_zone) {
        value_of(zones.erase(entry.key, entry.revision));
        value_of(nats::delete_zone_streams(*where.on(), wire::default_root, entry.key));
        any = true;
      }
    }
    return any;
  }

  /// Calls each verb that is wanted, with each of the values for each of its own options.
  void each_call(const std::function<bool(const verb_row&)>& wanted,
                 const std::vector<std::string>& values) {
    ctl::invocation asked;
    CLI::App app;
    ctl::describe(app, asked);
    for (const auto& verb : verbs_of(app)) {
      for (const auto& option : wanted(verb) ? verb.own : std::vector<option_row>{}) {
        for (const auto& value : values) {
          const auto words = call_of(verb, option, value);
          look_after(text_of(words), end_of(words));
        }
      }
    }
    CHECK(calls > 0);
    MESSAGE(calls << " calls, " << effective << " of them beyond the arguments");
  }

  void all_of(const std::string& noun) {
    each_call([&](const verb_row& verb) { return verb.words.front() == noun; }, hostile_texts);
  }

  decisions before;
  int calls = 0;
  int effective = 0;
};

TEST_CASE_FIXTURE(sweep, "hostile values for zones") { all_of("zone"); }
TEST_CASE_FIXTURE(sweep, "hostile values for nodes") { all_of("node"); }
TEST_CASE_FIXTURE(sweep, "hostile values for orders") { all_of("order"); }
TEST_CASE_FIXTURE(sweep, "hostile values for riders") { all_of("rider"); }
TEST_CASE_FIXTURE(sweep, "hostile values for stations") { all_of("station"); }
TEST_CASE_FIXTURE(sweep, "hostile values for waybills") { all_of("waybill"); }
TEST_CASE_FIXTURE(sweep, "hostile values for events") { all_of("events"); }
TEST_CASE_FIXTURE(sweep, "hostile values for dead letters") { all_of("dead"); }
TEST_CASE_FIXTURE(sweep, "hostile values for commands sent by hand") { all_of("send"); }

TEST_CASE_FIXTURE(sweep, "hostile values for what every verb takes, and in the environment") {
  ctl::invocation asked;
  CLI::App app;
  ctl::describe(app, asked);
  for (const auto& option : options_of(app)) {
    for (const verb_row& verb : {verb_row{{"zone", "list"}, {}}, verb_row{{"order", "list"}, {}}}) {
      for (const auto& value : hostile_texts) {
        const auto words = call_of(verb, option, value);
        look_after(text_of(words), end_of(words));
        if (!option.environment.empty()) {
          const auto end = [&] {
            const variable set{option.environment, value};
            return end_of({verb.words[0], verb.words[1], "--timeout=300ms"});
          }();
          look_after(option.environment + "=" + value, end);
        }
      }
    }
  }
  CHECK(effective > 0);
}

TEST_CASE_FIXTURE(sweep, "no verb is ended by an exception, whatever bytes it is given") {
  each_call([](const verb_row&) { return true; }, broken_texts);
}

} // namespace
