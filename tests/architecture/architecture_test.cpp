// The rules of rules.hpp hold for the source tree; and each of them finds a made-up offender and
// leaves its innocent twin alone, so that a rule which finds nothing is known to look.

#include "tests/architecture/braces.hpp"
#include "tests/architecture/rules.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace dispatch::architecture;

namespace {

const source_tree& project() {
  static const source_tree tree = read_tree(DISPATCH_SOURCE_DIR);
  return tree;
}

void expect_none(const violations& found) {
  for (const auto& violation : found) {
    FAIL_CHECK(violation);
  }
  CHECK(project().contains("tests/architecture/architecture_test.cpp"));
}

using rule = violations (*)(const source_tree&);

/// The rule finds exactly one violation in `offending`, at its place, and none in `innocent`.
void expect_found(rule check, const source_tree& offending, const std::string& place,
                  const source_tree& innocent) {
  const auto found = check(offending);
  REQUIRE(found.size() == 1);
  CHECK(found.front().starts_with(place + ": "));
  CHECK(check(innocent).empty());
}

std::string including(const std::string& header) { return "#include " + header + "\n"; }

} // namespace

TEST_CASE("libraries stay in their folders") {
  expect_none(libraries_outside_their_folders(project()));
}
TEST_CASE("generated protobuf stays in messages/wire") {
  expect_none(generated_headers_leaking(project()));
}
TEST_CASE("dependencies between folders point one way") {
  expect_none(dependencies_against_direction(project()));
}
TEST_CASE("the domain reads no clock and no random number") {
  expect_none(impure_domain(project()));
}
TEST_CASE("lines and files are short") { expect_none(oversized_text(project())); }
TEST_CASE("folders are small") { expect_none(crowded_folders(project())); }
TEST_CASE("no tabs") { expect_none(tabs(project())); }
TEST_CASE("every test case is one to CTest") { expect_none(split_test_names(project())); }
TEST_CASE("every source file is built") { expect_none(unbuilt_sources(project())); }
TEST_CASE("headers begin with #pragma once") { expect_none(headers_without_guard(project())); }
TEST_CASE("the top level is as agreed") { expect_none(unknown_top_level_entries(project())); }
TEST_CASE("folders have a README") { expect_none(folders_without_readme(project())); }
TEST_CASE("bodies have braces") { expect_none(bodies_without_braces(project())); }
TEST_CASE("failpoints are listed") { expect_none(unlisted_failpoints(project())); }
TEST_CASE("no banned words") { expect_none(banned_words(project())); }

TEST_CASE("self-test: foreign libraries are found") {
  const auto check = libraries_outside_their_folders;
  const auto expect = [&](const std::string& header, const std::string& bad,
                          const std::string& good) {
    CAPTURE(header);
    expect_found(check, {{bad, "\n#include " + header}}, bad + ":2", {{good, including(header)}});
  };
  expect("<nats/nats.h>", "actors/zone.cpp", "messages/nats/feed.cpp");
  expect("<nats/nats.h>", "messages/nats/feed.hpp", "messages/nats/feed.cpp");
  expect("<sqlite3.h>", "tests/sqlite/store_test.cpp", "persistence/sqlite/statement.hpp");
  expect("<caf/all.hpp>", "actors/domain/machines/order.hpp", "actors/protocol.hpp");
  expect("<caf/actor_system.hpp>", "cmd/dispatchctl/main.cpp", "cmd/dispatchd/main.cpp");
  expect("<spdlog/spdlog.h>", "actors/zone.cpp", "actors/support/logging.cpp");
  expect("<google/protobuf/util/json_util.h>", "actors/zone.cpp", "messages/wire/codec.cpp");
  expect("\"dispatch/v1/order.pb.h\"", "tests/domain/order_test.cpp", "messages/wire/codec.cpp");
}

TEST_CASE("self-test: generated protobuf is found through other headers") {
  const source_tree innocent = {
      {"messages/wire/private.hpp", including("\"dispatch/v1/order.pb.h\"")},
      {"messages/wire/codec.cpp", including("\"messages/wire/private.hpp\"")},
      {"actors/zone.cpp", including("\"messages/wire/codec.hpp\"")}};
  auto offending = innocent;
  offending["messages/wire/codec.hpp"] = including("\"messages/wire/private.hpp\"");
  expect_found(generated_headers_leaking, offending, "actors/zone.cpp", innocent);
}

TEST_CASE("self-test: dependencies against the direction are found") {
  const auto expect = [](const std::string& bad, const std::string& header,
                         const std::string& good) {
    CAPTURE(bad);
    expect_found(dependencies_against_direction, {{bad, including('"' + header + '"')}}, bad + ":1",
                 {{good, including('"' + header + '"')}});
  };
  expect("messages/entities/order.hpp", "messages/wire/codec.hpp", "messages/nats/feed.cpp");
  expect("messages/memory/log.cpp", "messages/wire/codec.hpp", "messages/wire/codec.cpp");
  expect("messages/wire/codec.cpp", "persistence/store.hpp", "persistence/sqlite/store.cpp");
  expect("persistence/store.hpp", "persistence/sqlite/store.hpp", "cmd/dispatchd/main.cpp");
  expect("persistence/sqlite/store.cpp", "messages/nats/feed.hpp", "cmd/dispatchd/main.cpp");
  expect("actors/domain/machines/order.cpp", "actors/protocol.hpp", "actors/zone.cpp");
  expect("actors/zone.cpp", "messages/nats/feed.hpp", "cmd/dispatchd/main.cpp");
  expect("actors/zone.cpp", "cmd/options.hpp", "tests/cmd/options_test.cpp");
  expect("cmd/main.cpp", "tests/support/fixture.hpp", "tests/domain/order_test.cpp");
  expect("messages/wire/codec.cpp", "codec.hpp", "deploy/x.cpp");
}

TEST_CASE("self-test: an impure domain is found") {
  for (const std::string line :
       {"auto t = std::chrono::system_clock::now();", "#include <random>", "#include <ctime>"}) {
    CAPTURE(line);
    expect_found(impure_domain, {{"actors/domain/machines/order.cpp", line}},
                 "actors/domain/machines/order.cpp:1",
                 {{"actors/zone.cpp", line}, {"actors/domain/machines/order.cpp", "// " + line}});
  }
}

TEST_CASE("self-test: names of tests that would be split are found") {
  expect_found(split_test_names,
               {{"a_test.cpp", "\nTEST_"
                               "CASE(\"one; \"\n\"two\") {}"}},
               "a_test.cpp:2",
               {{"b_test.cpp", "TEST_"
                               "CASE(\"one\") { two(); }"}});
}

TEST_CASE("self-test: long lines, long files and tabs are found") {
  std::string umlauts;
  std::string lines;
  for (int i = 0; i < 100; ++i) {
    umlauts += "\u00e4";
    lines += "\n\n\n\n";
  }
  expect_found(oversized_text, {{"a.cpp", std::string(101, 'x')}}, "a.cpp:1", {{"a.cpp", umlauts}});
  expect_found(oversized_text, {{"a.hpp", lines + "\n"}}, "a.hpp", {{"a.hpp", lines}});
  expect_found(tabs, {{"a.proto", "x\n\ty"}}, "a.proto:2", {{"Makefile", "\ty"}});
}

TEST_CASE("self-test: bodies without braces are found") {
  const auto in_function = [](const std::string& body) {
    return source_tree{{"a.cpp", "void f() {\n" + body + "\n}\n"}};
  };
  const source_tree innocent = {
      {"a.cpp", "#define X if (a) \\\n  b();\n// if (a) b();\n/* else b(); */\n"
                "const auto* text = \"if (a) b();\";\nconst auto* raw = R\"(for (;;) c(\")\";\n"
                "int n = 1'000;\nvoid f() {\n  if (g(\")\") == ')') {\n  } else if (h) {\n"
                "  } else {\n  }\n  do {\n  } while (a);\n  if constexpr (a) {\n  }\n}\n"},
      {"a.md", "if (a) b();"}};
  for (const auto* body : {"if (a)\n  b();", "if (a) b();", "for (const auto& x : f(\")\")) b();",
                           "while (a(1'000))\n  b();", "if constexpr (a)\n  b();",
                           "if (auto x = a(); x) // {\n b();"}) {
    CAPTURE(body);
    expect_found(bodies_without_braces, in_function(body), "a.cpp:2", innocent);
  }
  expect_found(bodies_without_braces, in_function("if (a) {\n} else\n  b();"), "a.cpp:3", innocent);
}

TEST_CASE("self-test: failpoints that are not listed are found") {
  const std::string call = "\nvoid f() { failpoint(\"before_lunch\"); }\n";
  const std::string list = "/// Steps: before_open, before_lunch.\n";
  expect_found(unlisted_failpoints, {{"actors/a.cpp", call}}, "actors/a.cpp:2",
               {{"actors/a.cpp", call}, {"actors/support/failpoint.hpp", list}});
}

TEST_CASE("self-test: crowded folders are found") {
  source_tree full;
  source_tree tests;
  for (int i = 0; i < 20; ++i) {
    full["actors/" + std::to_string(i) + ".cpp"] = "";
    tests["tests/" + std::to_string(i) + ".cpp"] = "";
  }
  auto crowded = full;
  crowded["actors/20.hpp"] = "";
  expect_found(crowded_folders, crowded, "actors", full);
  tests["tests/20.cpp"] = "";
  expect_none(crowded_folders(tests));
}

TEST_CASE("self-test: unbuilt sources are found") {
  const source_tree innocent = {
      {"cmd/CMakeLists.txt", "x(SOURCES main.cpp ${CMAKE_SOURCE_DIR}/tests/main.cpp\n  b/c.cpp)"},
      {"cmd/main.cpp", ""},
      {"cmd/b/c.cpp", ""},
      {"tests/main.cpp", ""}};
  auto offending = innocent;
  offending["tests/CMakeLists.txt"] = "# main.cpp other.cpp";
  offending["tests/other.cpp"] = "";
  expect_found(unbuilt_sources, offending, "tests/other.cpp", innocent);
}

TEST_CASE("self-test: unguarded headers are found") {
  expect_found(headers_without_guard, {{"a.hpp", "struct a;\n#pragma once\n"}}, "a.hpp",
               {{"a.hpp", "#pragma once\nstruct a;\n"}, {"a.cpp", ""}});
}

TEST_CASE("self-test: unknown top-level entries are found") {
  expect_found(unknown_top_level_entries, {{"scripts/a.sh", ""}, {"scripts/b.sh", ""}}, "scripts",
               {{"cmd/a.cpp", ""}, {".ci/run", ""}, {"README.md", ""}});
}

TEST_CASE("self-test: folders without README are found") {
  expect_found(folders_without_readme,
               {{"messages/wire/codec.hpp", ""}, {"messages/README.md", ""}},
               "messages/wire/README.md",
               {{"messages/README.md", ""}, {"messages/wire/README.md", ""}, {"tests2/a.cpp", ""}});
}

TEST_CASE("self-test: banned words are found") {
  const std::string word = "TO"
                           "DO";
  std::string harmless = "S ";
  harmless.insert(0, word).append(word).append("_LIST MY").append(word);
  expect_found(banned_words, {{"deploy/demo", "a\n# " + word + ": b"}}, "deploy/demo:2",
               {{"deploy/demo", harmless}, {"LICENSE", word}});
}
