#include "cmd/shared/command_line.hpp"
#include "cmd/shared/connection_flags.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <optional>
#include <sstream>
#include <vector>

using namespace dispatch;
using namespace dispatch::cli;
using namespace std::chrono_literals;

namespace {

struct parsed {
  std::optional<exit_code> end;
  connection_flags flags;
  std::int64_t bytes = 1024;
  std::chrono::seconds age{60};
  int count = 1;
  double share = 1.0;
  std::optional<std::uint64_t> sequence;
  std::string out;
  std::string err;
};

parsed parse_words(std::vector<const char*> words) {
  parsed p;
  CLI::App app{"a program", "program"};
  add_connection_flags(app, p.flags);
  add_bytes(app, "--bytes", p.bytes, "size", 17);
  add_span(app, "--age", p.age, "age");
  add_number(app, "--count", p.count, "count", 1, 5);
  add_number(app, "--share", p.share, "share", 0.5, 2.0);
  add_number(app, "--sequence", p.sequence, "sequence", 0);
  words.insert(words.begin(), "program");
  std::ostringstream out;
  std::ostringstream err;
  p.end = cli::parse(app, static_cast<int>(words.size()), words.data(), out, err);
  p.out = out.str();
  p.err = err.str();
  return p;
}

} // namespace

TEST_CASE("Help ends with 0 on stdout, wrong arguments with 2 on stderr") {
  const auto help = parse_words({"--help"});
  CHECK(help.end == exit_code::done);
  CHECK(help.out.find("--server") != std::string::npos);
  CHECK(help.err.empty());
  for (const auto* wrong :
       {"--no-such-flag", "--timeout=5", "--timeout=5parsecs", "--root=a.b", "--bytes=-1",
        "--bytes=ten", "--tls-key=k", "--age=", "--server", "--server=\xff"}) {
    CAPTURE(wrong);
    const auto p = parse_words({wrong});
    CHECK(p.end == exit_code::usage);
    CHECK(p.out.empty());
    CHECK_FALSE(p.err.empty());
  }
}

TEST_CASE("Sizes and spans take units") {
  const auto p = parse_words({"--bytes", "3MiB", "--age", "7d", "--timeout", "1500ms"});
  REQUIRE_FALSE(p.end);
  CHECK(p.bytes == 3 * 1024 * 1024);
  CHECK(p.age == std::chrono::days{7});
  CHECK(p.flags.timeout == 1500ms);
  CHECK(parse_words({"--bytes", "17"}).bytes == 17);
  CHECK(parse_words({"--timeout", "2s"}).flags.timeout == 2s);
}

TEST_CASE("A size is shown in the largest unit that fits, and can be typed so") {
  for (const auto& [bytes, shown] : {std::pair{std::uint64_t{0}, "0 bytes"},
                                     {1023, "1023 bytes"},
                                     {1024, "1 KiB"},
                                     {1536, "1.5 KiB"},
                                     {std::uint64_t{96} << 20, "96 MiB"},
                                     {(std::uint64_t{8} << 30) + 1, "8 GiB"},
                                     {std::uint64_t{1} << 60, "1 EiB"}}) {
    CHECK(size_text(bytes) == shown);
  }
  CHECK(parse_words({"--bytes", size_text(std::uint64_t{96} << 20).c_str()}).bytes == 96 << 20);
}

TEST_CASE("What is no number, or out of the bounds, is refused, and the bounds are named") {
  const auto p = parse_words({"--count", "5", "--share", "0.75", "--sequence",
                              "18446744073709551615", "--age", "0s", "--bytes", "1E"});
  REQUIRE_FALSE(p.end);
  CHECK(p.count == 5);
  CHECK(p.share == 0.75);
  CHECK(p.sequence == std::numeric_limits<std::uint64_t>::max());
  CHECK(p.age == 0s);
  CHECK(p.bytes == std::int64_t{1} << 60);
  CHECK(parse_words({"--help"}).out.find("1 to 5") != std::string::npos);
  for (const auto* wrong : {"--count=0",
                            "--count=6",
                            "--count=1.0",
                            "--count=nan",
                            "--count= 1",
                            "--count=1x",
                            "--count=99999999999999999999",
                            "--share=nan",
                            "--share=inf",
                            "--share=2.5",
                            "--share=1e300",
                            "--sequence=-1",
                            "--sequence=18446744073709551616",
                            "--age=-1s",
                            "--age=99999999999999999999s",
                            "--age=9223372036854775807d",
                            "--age=1.5h",
                            "--bytes=16",
                            "--bytes=8EiB",
                            "--bytes=99999999999999999999",
                            "--timeout=-1ms"}) {
    CAPTURE(wrong);
    CHECK(parse_words({wrong}).end == exit_code::usage);
  }
  CHECK(parse_words({"--share=nan"}).err.find("0.5 to 2, is \"nan\"") != std::string::npos);
}

TEST_CASE("A span has a unit") {
  CHECK(parse_span("90s") == 90s);
  CHECK(parse_span("5min") == 5min);
  CHECK(parse_span("2h") == 2h);
  CHECK(parse_span("7d") == 168h);
  for (const auto* wrong : {"", "7", "h", "-1h", "1.5h", "9999999999h", "2h "}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_span(wrong));
  }
}

TEST_CASE("Connection flags reach the connection's settings") {
  const auto p = parse_words({"--server", "nats://a:1,nats://b:2", "--creds", "c", "--tls-ca", "ca",
                              "--tls-cert", "cert", "--tls-key", "key", "--root", "city"});
  REQUIRE_FALSE(p.end);
  CHECK(p.flags.root == "city");
  const auto settings = connection_settings_of(p.flags, "name");
  REQUIRE(settings);
  CHECK(settings->url == "nats://a:1,nats://b:2");
  CHECK(settings->name == "name");
  CHECK(settings->credentials_file == "c");
  CHECK(settings->tls_ca_file == "ca");
  CHECK(settings->tls_certificate_file == "cert");
  CHECK(settings->tls_key_file == "key");
}

TEST_CASE("Error replies have their exit codes") {
  CHECK(exit_code_of(400) == exit_code::usage);
  CHECK(exit_code_of(403) == exit_code::not_permitted);
  CHECK(exit_code_of(404) == exit_code::not_found);
  CHECK(exit_code_of(409) == exit_code::conflict);
  CHECK(exit_code_of(503) == exit_code::unavailable);
  CHECK(exit_code_of(500) == exit_code::failed);
}
