#include "cmd/shared/command_line.hpp"
#include "cmd/shared/connection_flags.hpp"
#include "tests/support/temporary_directory.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

using namespace dispatch;
using namespace dispatch::cli;
using dispatch::testing::temporary_directory;

namespace {

struct parsed {
  std::optional<exit_code> end;
  connection_flags flags;
  std::string err;
};

parsed parse_words(std::vector<const char*> words) {
  parsed p;
  CLI::App app{"a program", "program"};
  add_connection_flags(app, p.flags);
  words.insert(words.begin(), "program");
  std::ostringstream out;
  std::ostringstream err;
  p.end = cli::parse(app, static_cast<int>(words.size()), words.data(), out, err);
  p.err = err.str();
  return p;
}

} // namespace

TEST_CASE("A login is of one kind, and its secrets are in files") {
  const temporary_directory folder;
  const auto file = [&](const char* name, const char* content) {
    const auto path = (folder.path() / name).string();
    std::ofstream{path} << content;
    return path;
  };
  const auto password = file("password", "secret\nnot this\n");
  const auto seed = file("seed", "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY\n");
  const auto empty = file("empty", "\n");
  const auto p = parse_words({"--user", "jane", "--password-file", password.c_str()});
  REQUIRE_FALSE(p.end);
  const auto settings = connection_settings_of(p.flags, "name");
  REQUIRE(settings);
  CHECK(settings->user == "jane");
  CHECK(settings->password == "secret");
  CHECK(connection_settings_of(parse_words({"--token-file", password.c_str()}).flags, "name")
            ->token == "secret");
  CHECK(connection_settings_of(parse_words({"--nkey", seed.c_str()}).flags, "name")
            ->nkey_seed.starts_with("SUACSS"));
  using words = std::vector<const char*>;
  for (const auto& wrong :
       {words{"--user", "jane"}, words{"--password-file", password.c_str()},
        words{"--user", "jane", "--password-file", empty.c_str()},
        words{"--nkey", password.c_str()}, words{"--token-file", "/no/such/file"},
        words{"--nkey", seed.c_str(), "--token-file", password.c_str()},
        words{"--user", "jane", "--password-file", password.c_str(), "--creds", "c"}}) {
    const auto refused = parse_words(wrong);
    CHECK_MESSAGE(refused.end == exit_code::usage, wrong.front());
    CHECK(refused.err.find("secret\n") == std::string::npos);
  }
}
