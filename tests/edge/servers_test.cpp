#include "tests/edge/configured_server.hpp"
#include "tests/edge/edge.hpp"

#include <string>

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
