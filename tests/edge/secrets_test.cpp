#include "cmd/shared/endpoint_file.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/edge/canary.hpp"
#include "tests/edge/configured_server.hpp"
#include "tests/edge/edge.hpp"

#include <string>

/// Passwords and delivery codes are nowhere but where they have to be.
namespace {

using namespace dispatch;
using namespace dispatch::edge;

/// A delivery code that no hash of anything resembles.
constexpr auto spoken_code = "canary-code-4711";

/// Looks wherever a node leaves anything. The node is stopped, so that all is written.
void look_everywhere(canary& secret, town& f) {
  for (const auto* page : {"/metrics", "/livez", "/readyz"}) {
    secret.look_into(page, f.node->page(page));
  }
  secret.look_into(cli::endpoint_path(f.where.data()));
  CHECK(f.node->stop() == 0);
  secret.look_into("log", f.node->log());
  secret.look_into(f.where.data());
  secret.look_into(*f.where.on());
  CHECK(secret.bytes() > 0);
}

std::string order_with(const std::string& field) {
  auto body = order_body();
  return body.insert(1, field + ",");
}

TEST_CASE("a password is in no file, log line or page of a node") {
  canary secret{"canary-password-1"};
  configured_server server{one_user("dispatch", secret.secret())};
  const auto data = server.directory() / "data";
  dispatchd node{server.url("dispatch:" + secret.secret()), data, {}};
  for (const auto* page : {"/metrics", "/livez", "/readyz"}) {
    secret.look_into(page, node.page(page));
  }
  secret.look_into(data);
  CHECK(node.stop() == 0);
  secret.look_into(data);
  secret.look_into("log", node.log());
  CHECK(secret.bytes() > 0);
  CHECK_MESSAGE(secret.found().empty(), secret.found());
}

TEST_CASE("a password is in nothing that dispatchctl says") {
  canary secret{"canary-password-2"};
  configured_server server{one_user("dispatch", "another")};
  for (const auto* verb : {"list", "verify"}) {
    const auto told =
        edge::ctl(server.url("dispatch:" + secret.secret()), {"zone", verb, "--timeout", "500ms"});
    CHECK(told.code != exit_code::done);
    secret.look_into(verb, told.out + told.err);
  }
  CHECK(secret.bytes() > 0);
  CHECK_MESSAGE(secret.found().empty(), secret.found());
}

TEST_CASE("the delivery code of an order is in nothing but its command") {
  town f;
  canary secret{spoken_code};
  const auto placed = ask_soon(*f.client, "order.o1.place",
                               order_with(R"("delivery_code":")" + secret.secret() + '"'));
  REQUIRE(placed);
  CHECK(event_name(placed->body) == "placed");
  look_everywhere(secret, f);
  CHECK_MESSAGE(secret.found().empty(), secret.found());
}

TEST_CASE("the delivery code of a command that is not understood is in nothing but the command") {
  town f;
  canary secret{spoken_code};
  const auto ack =
      f.client->publish("order.o1.place", order_with(R"("no_such_field":1,"delivery_code":")" +
                                                     secret.secret() + '"'));
  REQUIRE(ack.error_code == 0);
  CHECK_FALSE(f.client->burial(ack.sequence).reason.empty());
  look_everywhere(secret, f);
  CHECK_MESSAGE(secret.found().empty(), secret.found());
}

TEST_CASE("what a rider is sent does not let the delivery code be guessed") {
  town f;
  REQUIRE(ask_soon(*f.client, "rider.r1.start_shift", shift_body()));
  REQUIRE(ask_soon(*f.client, "order.o1.place", order_with(R"("delivery_code":"4711")")));
  const auto offered = wire::encode_event(f.client->await_event("rider.r1.offer_received"));
  constexpr int codes = 10'000;
  for (int code = 0; code < codes; ++code) {
    auto digits = std::to_string(code);
    digits.insert(0, 4 - digits.size(), '0');
    if (offered.find(wire::sealed_code("o1", digits)) != std::string::npos) {
      FAIL_CHECK("the offer gives " << digits << " away, after " << code + 1 << " guesses");
    }
  }
  for (const auto* verb : {"get", "history"}) {
    const auto told = f.client->admin(verb, {{"kind", "order"}, {"id", "o1"}}).dump();
    CHECK(told.find(wire::sealed_code("o1", "4711")) == std::string::npos);
    CHECK(told.find("***") != std::string::npos);
  }
}

} // namespace
