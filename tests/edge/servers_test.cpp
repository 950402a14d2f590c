#include "tests/edge/certificate.hpp"
#include "tests/edge/configured_server.hpp"
#include "tests/edge/edge.hpp"

#include <fstream>
#include <string>
#include <vector>

/// Servers that ask who comes, and transports that are not what was asked for.
namespace {

using namespace dispatch;
using namespace dispatch::edge;
using nlohmann::json;

constexpr auto login = "dispatch:right";
const json right_users = one_user("dispatch", "right");
const json other_users = one_user("dispatch", "rotated");

/// Attempts that are refused before the right password is back: two for each connection of a node.
constexpr std::size_t refusals = 12;

TEST_CASE("tls to a server without it is refused by dispatchctl") {
  town f;
  auto url = f.where.url();
  url.replace(0, url.find(':'), "tls");
  const auto told = edge::ctl(url, {"zone", "list"});
  CHECK(told.code == exit_code::unavailable);
  CHECK_MESSAGE(told.out.empty(), told.out);
}

TEST_CASE("tls to a server without it is refused by dispatchd") {
  site where;
  auto url = where.url();
  url.replace(0, url.find(':'), "tls");
  dispatchd node{url, where.data(), {}};
  const auto status = status_within(node.process());
  REQUIRE_MESSAGE(status.has_value(), "dispatchd goes on: " << node.log());
  CHECK(*status != 0);
}

TEST_CASE("a server with TLS sees no hand-shake that fails") {
  const testing::temporary_directory folder;
  const certificate own{folder.path()};
  configured_server server{{{"tls",
                             {{"cert_file", own.file()},
                              {"key_file", own.key_file()},
                              {"ca_file", own.file()},
                              {"verify", true}}}}};
  // The question whether the server has started comes without a certificate.
  REQUIRE(comes([&] { return server.hand_shakes_failed() > 0; }));
  const auto before = server.hand_shakes_failed();
  const std::vector<std::string> trust = {"--tls-ca", own.file(),  "--tls-cert",
                                          own.file(), "--tls-key", own.key_file()};
  std::vector<std::string> words = {"zone", "create", "z"};
  words.insert(words.end(), trust.begin(), trust.end());
  const auto made = edge::ctl(server.tls_url(), words);
  CHECK_MESSAGE(made.code == exit_code::done, made.err);
  dispatchd node{server.tls_url(), server.directory() / "data", {.arguments = trust}};
  CHECK(comes([&] { return node.page("/readyz") == "ready\n"; }));
  CHECK(node.stop() == 0);
  CHECK(server.hand_shakes_failed() == before);
}

/// A file that holds this, for as long as the server lives.
std::string secret_file(const configured_server& server, const std::string& content) {
  const auto file = server.directory() / "secret";
  std::ofstream{file} << content << '\n';
  return file.string();
}

TEST_CASE("a login in files is taken, and a wrong one is refused as not permitted") {
  constexpr auto seed = "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY";
  constexpr auto name = "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4";
  struct kind {
    json users;
    std::vector<std::string> flags;
    std::string secret;
    std::string wrong; ///< empty: none is a secret of this kind
  };
  const std::vector<kind> kinds = {
      {right_users, {"--user", "dispatch", "--password-file"}, "right", "wrong"},
      {{{"authorization", {{"token", "right"}}}}, {"--token-file"}, "right", "wrong"},
      {{{"authorization", {{"users", {{{"nkey", name}}}}}}}, {"--nkey"}, seed, ""}};
  configured_server server{right_users};
  for (const auto& one : kinds) {
    CAPTURE(one.flags.back());
    server.restart(one.users);
    auto words = one.flags;
    words.push_back(secret_file(server, one.secret));
    words.insert(words.begin(), {"zone", "list"});
    const auto taken = edge::ctl(server.url(), words);
    CHECK_MESSAGE(taken.code == exit_code::done, taken.err);
    CHECK(edge::ctl(server.url(), {"zone", "list"}).code == exit_code::not_permitted);
    if (!one.wrong.empty()) {
      secret_file(server, one.wrong);
      CHECK(edge::ctl(server.url(), words).code == exit_code::not_permitted);
    }
  }
}

TEST_CASE("dispatchd takes a login in files, and ends as not permitted with a wrong one") {
  configured_server server{right_users};
  const auto file = secret_file(server, "right");
  const dispatchd::settings how{.arguments = {"--user", "dispatch", "--password-file", file}};
  {
    dispatchd node{server.url(), server.directory() / "data", how};
    CHECK(comes([&] { return node.page("/livez") == "alive\n"; }));
  }
  secret_file(server, "wrong");
  dispatchd refused{server.url(), server.directory() / "data", how};
  const auto status = status_within(refused.process());
  REQUIRE(status.has_value());
  CHECK(*status == static_cast<int>(exit_code::not_permitted));
}

TEST_CASE("a wrong password ends dispatchctl as not permitted") {
  configured_server server{right_users};
  const auto told = edge::ctl(server.url("dispatch:wrong"), {"zone", "list"});
  CHECK_MESSAGE(told.code == exit_code::not_permitted, told.err);
}

TEST_CASE("a missing permission ends dispatchctl as not permitted, and names the subject") {
  const json reader = {{"user", "reader"},
                       {"password", "right"},
                       {"permissions",
                        {{"publish", {{"allow", {"$JS.API.>", "dispatch.admin.>"}}}},
                         {"subscribe", {{"allow", {">"}}}}}}};
  const json owner = {{"user", "dispatch"}, {"password", "right"}};
  configured_server server{{{"authorization", {{"users", {owner, reader}}}}}};
  REQUIRE(edge::ctl(server.url(login), {"zone", "create", "z"}).code == exit_code::done);
  const auto told = edge::ctl(server.url("reader:right"),
                              {"send", "order", "o1", "pay", "--zone", "z", "--timeout", "500ms"});
  CHECK_MESSAGE(told.code == exit_code::not_permitted, told.err);
  CHECK_MESSAGE(told.says("dispatch.in.z.order.o1.pay"), told.err);
}

TEST_CASE("a node whose password was refused for a while comes back") {
  configured_server server{right_users};
  REQUIRE(edge::ctl(server.url(login), {"zone", "create", "z"}).code == exit_code::done);
  dispatchd node{server.url(login), server.directory() / "data", {}};
  const auto works = [&] {
    const auto told = edge::ctl(
        server.url(login), {"send", "station", "s1", "close", "--zone", "z", "--timeout", "500ms"});
    return told.code == exit_code::not_found; // An outcome: there is no such station.
  };
  REQUIRE(comes(works));
  server.restart(other_users);
  REQUIRE(comes([&] { return server.logins_refused() >= refusals; }, 2 * soon));
  server.restart(right_users);
  REQUIRE_MESSAGE(comes(works, 2 * soon), node.log());
  CHECK(comes([&] { return node.page("/readyz") == "ready\n"; }));
}

} // namespace
