#include "messages/entities/order.hpp"
#include "tests/ctl/support.hpp"
#include "tests/edge/environment.hpp"
#include "tests/edge/option_table.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace dispatch;
using namespace dispatch::testing;
using namespace std::chrono_literals;
using cli::exit_code;

namespace {

ctl::invocation parsed(const std::vector<std::string>& words) {
  std::istringstream in;
  std::ostringstream out;
  std::ostringstream err;
  ctl::console io{in, out, err};
  auto asked = parse(words, io);
  INFO(err.str());
  REQUIRE(std::holds_alternative<ctl::invocation>(asked));
  return std::get<ctl::invocation>(asked);
}

template <class Request> Request request_of(const std::vector<std::string>& words) {
  const auto asked = parsed(words);
  REQUIRE(std::holds_alternative<Request>(asked.what));
  return std::get<Request>(asked.what);
}

} // namespace

TEST_CASE("Every verb explains itself with an example") {
  CLI::App program{"", "dispatchctl"};
  ctl::invocation asked;
  ctl::describe(program, asked);
  const auto verbs = edge::verbs_of(program);
  REQUIRE(verbs.size() > 50);
  for (const auto& verb : verbs) {
    std::string call = "\n  dispatchctl";
    for (const auto& word : verb.words) {
      call += " " + word;
    }
    CAPTURE(call);
    auto words = verb.words;
    words.emplace_back("--help");
    const auto help = run_ctl(words);
    CHECK(help.code == exit_code::done);
    CHECK(help.shows("Example"));
    CHECK(help.shows(call));
    CHECK(help.err.empty());
  }
}

TEST_CASE("Wrong arguments end with 2, and say whose help to read") {
  const std::vector<std::vector<std::string>> wrong = {
      {},
      {"order"},
      {"order", "lst"},
      {"order", "get"},
      {"order", "get", "a.b"},
      {"order", "list", "--limit", "0"},
      {"order", "list", "--limit", "1001"},
      {"order", "list", "-o", "yaml"},
      {"zone", "create"},
      {"zone", "create", "a.b"},
      {"zone", "create", "z", "--speed", "0"},
      {"zone", "create", "z", "--simulated-origin", "yesterday"},
      {"zone", "create", "z", "--simulated-origin", "1969-12-31T23:00:00Z"},
      {"zone", "create", "z", "--simulated-origin", "9999-01-01T00:00:00Z"},
      {"zone", "create", "z", "--policy", "/no/such/file"},
      {"zone", "create", "z", "--in-age", "7"},
      {"zone", "policy"},
      {"zone", "policy", "set", "/no/such/file"},
      {"zone", "policy", "rollback", "0"},
      {"events", "tail", "--from-start", "--since-sequence", "3"},
      {"dead", "list", "--since", "noon"},
      {"dead", "show"},
      {"dead", "replay", "4", "--all", "--operator", "jane"},
      {"dead", "drop", "--reason", "bad_body", "--operator", "jane"},
      {"send", "horse", "h1", "ride"},
      {"send", "order", "o1"}};
  for (const auto& words : wrong) {
    const auto end = run_ctl(words);
    CAPTURE(end.err);
    CHECK(end.code == exit_code::usage);
    CHECK(end.says("--help"));
    CHECK(end.out.empty());
  }
  CHECK(run_ctl({"order", "lst"}).says("see dispatchctl order --help"));
}

TEST_CASE("A text that no command has room for is refused with its field and the limit") {
  const std::string text(100'000, 'x');
  const std::vector<std::string> by = {"--zone", "z", "--operator", "jane"};
  for (std::vector<std::string> words :
       {std::vector<std::string>{"order", "hold", "o1", "--reason", text},
        {"send", "order", "o1", "hold", R"({"reason":")" + text + R"("})"}}) {
    words.insert(words.end(), by.begin(), by.end());
    const auto end = run_ctl(words);
    CAPTURE(end.err);
    CHECK(end.code == exit_code::usage);
    CHECK(end.says("reason: is too large: a command has at most 65536 bytes, this one 100013"));
  }
}

TEST_CASE("A word that is none is named, with what may have been meant") {
  struct typo {
    std::vector<std::string> words;
    std::string told;
  };
  for (const auto& [words, told] : std::vector<typo>{
           {{"zone", "lst"}, "is followed by \"lst\"; did you mean list?"},
           {{"zone", "policy", "shw"}, "is followed by \"shw\"; did you mean show?"},
           {{"order", "asign", "o1", "r1"}, "is followed by \"asign\"; did you mean assign"},
           {{"zonne", "list"}, "is followed by \"zonne\"; did you mean zone?"},
           {{"order", "list", "--status", "watiing"}, "is \"watiing\"; did you mean waiting?"},
           {{"order", "list", "--status", "idle"},
            "undeliverable, returning, returned, written_off, is"},
           {{"rider", "list", "--status", "waiting"}, "must be one of idle, considering"},
           {{"station", "list", "--status", "opn"}, "did you mean open?"},
           {{"dead", "list", "--reason", "bad_feild"}, "did you mean bad_field"},
           {{"dead", "drop", "--all", "--reason", "bad"}, "must be one of bad_subject"},
           {{"send", "oder", "o1", "pay"}, "did you mean order?"}}) {
    const auto end = run_ctl(words);
    CHECK_MESSAGE(end.code == exit_code::usage, end.err);
    CHECK_MESSAGE(end.says(told), end.err);
  }
}

TEST_CASE("Every status of an order can be listed, and help tells it") {
  const auto help = run_ctl({"order", "list", "--help"}).out;
  for (auto code = 1; code <= static_cast<int>(order_status::written_off); ++code) {
    const std::string name{to_string(static_cast<order_status>(code))};
    CHECK_MESSAGE(help.find(name) != std::string::npos, name);
    CHECK(request_of<ctl::entity_list>({"order", "list", "--status", name}).status == name);
  }
}

TEST_CASE("The help of send tells with which codes a refusal ends") {
  const auto help = run_ctl({"send", "--help"}).out;
  CHECK(help.find("of an entity of which nobody has spoken with 3") != std::string::npos);
  CHECK(help.find("what only an operator may do with 6") != std::string::npos);
}

TEST_CASE("Common options may stand anywhere") {
  const auto asked = parsed({"order", "list", "--zone", "z1", "-o", "json", "--server",
                             "nats://a:1", "--no-headers", "-y", "--timeout", "250ms"});
  CHECK(asked.options.zone == "z1");
  CHECK(asked.options.as_json);
  CHECK(asked.options.no_headers);
  CHECK(asked.options.yes);
  CHECK(asked.options.connection.server == "nats://a:1");
  CHECK(asked.options.connection.timeout == 250ms);
  CHECK(parsed({"-z", "z2", "zone", "list"}).options.zone == "z2");
  CHECK_FALSE(parsed({"zone", "list"}).options.as_json);
}

TEST_CASE("DISPATCH_DATA stands for --data, unless a server is typed") {
  const edge::variable data{"DISPATCH_DATA", "/from/environment"};
  CHECK(parsed({"zone", "list"}).options.connection.data == "/from/environment");
  CHECK(parsed({"zone", "list", "--data", "/typed"}).options.connection.data == "/typed");
  CHECK(parsed({"zone", "list", "--server", "nats://a:1"}).options.connection.data.empty());
  CHECK(parsed({"--server=nats://a:1", "zone", "list"}).options.connection.data.empty());
  CHECK(parsed({"zone", "list", "--server", "nats://a:1", "--data", "/typed"})
            .options.connection.data == "/typed");
  const edge::variable server{"NATS_URL", "nats://b:1"};
  CHECK(parsed({"zone", "list"}).options.connection.data == "/from/environment");
  CHECK(run_ctl({"zone", "list", "--help"}).code == exit_code::done);
  CHECK(run_ctl({"--help"}).shows("DISPATCH_DATA"));
}

TEST_CASE("Help speaks English, and says what becomes of a deleted zone's files") {
  CHECK(run_ctl({"order", "get", "--help"}).shows("Show the state of an order"));
  CHECK(run_ctl({"rider", "history", "--help"}).shows("what happened to a rider"));
  const auto help = run_ctl({"zone", "delete", "--help"});
  CHECK(help.shows("Nodes remove their files of the zone"));
  CHECK_FALSE(help.shows("stays on its disk"));
}

TEST_CASE("A verb's arguments become its request") {
  CHECK(request_of<ctl::entity_list>({"rider", "list", "--status", "idle", "--after", "r5"}) ==
        ctl::entity_list{entity_kind::rider, "idle", "r5", 100});
  CHECK(request_of<ctl::entity_get>({"station", "get", "s1"}) ==
        ctl::entity_get{entity_kind::station, "s1"});
  CHECK(request_of<ctl::entity_history>({"order", "history", "o1", "--limit", "7"}) ==
        ctl::entity_history{entity_kind::order, "o1", 7});
  CHECK(request_of<ctl::order_explain>({"order", "explain", "o1"}) == ctl::order_explain{"o1", 5});
  CHECK(request_of<ctl::order_assign>({"order", "assign", "o1", "r2", "--operator", "jane"}) ==
        ctl::order_assign{"o1", "r2", "jane"});
  CHECK(request_of<ctl::zone_pause>({"zone", "pause", "z", "--reason", "flood", "--operator",
                                     "jane"}) == ctl::zone_pause{"z", "jane", "flood"});
  CHECK(request_of<ctl::events_tail>({"events", "tail", "--kind", "order", "--id", "o1",
                                      "--since-sequence", "9", "--limit", "3", "-f"}) ==
        ctl::events_tail{"order", "o1", false, 9, 3, true});
  CHECK(request_of<ctl::dead_list>({"dead", "list"}) == ctl::dead_list{50});
  CHECK(request_of<ctl::dead_replay>({"dead", "replay", "7", "--operator", "jane"}) ==
        ctl::dead_replay{{7, false, ""}, "jane"});
  CHECK(request_of<ctl::dead_drop>({"dead", "drop", "--all", "--reason", "bad_body", "--operator",
                                    "jane", "--note", "old"}) ==
        ctl::dead_drop{{std::nullopt, true, "bad_body"}, "jane", "old", ""});
  CHECK(request_of<ctl::send_command>(
            {"send", "rider", "r1", "accept", R"({"offer":"x"})", "--command-id", "app.1"}) ==
        ctl::send_command{{entity_kind::rider, "r1"}, "accept", R"({"offer":"x"})", "", "app.1"});
  CHECK(request_of<ctl::rider_accept>({"rider", "accept", "r1"}) == ctl::rider_accept{"r1", ""});
  CHECK(request_of<ctl::rider_accept>({"rider", "accept", "r1", "f4-0"}) ==
        ctl::rider_accept{"r1", "f4-0"});
  const auto resize = request_of<ctl::zone_resize>({"zone", "resize", "z", "--out-age", "3d"});
  CHECK(resize.output_age_max == 72h);
  CHECK(resize.log_bytes_max == 0);
}

TEST_CASE("A zone's definition follows from the arguments") {
  const timestamp now = std::chrono::sys_days{std::chrono::year{2026} / 5 / 1} + 9h;
  const auto plain = request_of<ctl::zone_create>({"zone", "create", "z"});
  CHECK(ctl::definition_of(plain, now) == zone_definition{"z", "", 1, {}, 0, {}, {}});

  const auto fast =
      request_of<ctl::zone_create>({"zone", "create", "z", "--speed", "30", "--simulated-origin",
                                    "2026-01-31T08:00:00Z", "--log-bytes", "3MiB"});
  CHECK(fast.sizes.log_bytes_max == 3 * 1024 * 1024);
  const auto made = ctl::definition_of(fast, now);
  CHECK(made.clock.factor == 30.0);
  CHECK(made.clock.wall_origin == now);
  CHECK(made.clock.simulated_origin ==
        std::chrono::sys_days{std::chrono::year{2026} / 1 / 31} + 8h);

  CHECK(ctl::differences(made, ctl::definition_of(fast, now + 1h), fast).empty());
  const auto other = ctl::differences(made, ctl::definition_of(plain, now), plain);
  REQUIRE_FALSE(other.empty());
  CHECK(other.back() == "factor = 30.0, not 1.0");
  const auto free_origin = request_of<ctl::zone_create>({"zone", "create", "z", "--speed", "30"});
  CHECK(ctl::differences(made, ctl::definition_of(free_origin, now), free_origin).empty());
}

TEST_CASE("A policy file holds a policy and nothing else") {
  const temporary_directory folder;
  const auto file = (folder.path() / "p.toml").string();
  const auto asked = [&] {
    return request_of<ctl::zone_create>({"zone", "create", "z", "--policy", file});
  };
  const auto written = [&](const char* text) { std::ofstream{file} << text; };
  written("[policy]\nversion = 4\nradius_m = 2500.0\n[policy.speed_m_per_s]\nbicycle = 5.0\n");
  const auto made = ctl::definition_of(asked(), {});
  CHECK(made.name == "z");
  CHECK(made.policy.version == 4);
  CHECK(made.policy.radius_m == 2500.0);
  CHECK(made.policy.speed_m_per_s[1] == 5.0);
  const auto different = ctl::differences({"z", "", 1, {}, 0, {}, {}}, made, asked());
  REQUIRE(different.size() == 2);
  CHECK(different[0] == "policy radius_m = 5000.0, not 2500.0");
  for (const auto* wrong :
       {"[policy]\nradius = 5.0\n", "[policy]\nradius_m = -1.0\n", "[clock]\nfactor = 2.0\n",
        "name = \"x\"\n[policy]\n", "policy\n", "[policy]\ntime_zone = \"Mars/Base\"\n",
        "[policy]\n[[policy.rules]]\nname = \"a\"\nwhen = \"1 +\"\n"
        "forbid = true\n"}) {
    CAPTURE(wrong);
    written(wrong);
    try {
      (void)ctl::definition_of(asked(), {});
      FAIL("was accepted");
    } catch (const cli::stop& end) {
      CHECK(end.code() == exit_code::usage);
      CHECK(std::string{end.what()}.find(file) != std::string::npos);
    }
  }
}
