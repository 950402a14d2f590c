#include "messages/wire/codec.hpp"
#include "tests/edge/edge.hpp"
#include "tests/integration/sender_ledger.hpp"

#include <array>
#include <string>

/// Messages of people who should not have sent them.
namespace {

using namespace dispatch;
using namespace dispatch::edge;

void publish(const town& f, const std::string& subject, const std::string& body) {
  const auto ack = value_of(f.where.on()->publish_stored(subject, {}, body, soon));
  REQUIRE_MESSAGE(ack.error_code == 0, ack.error);
}

TEST_CASE("a stranger's message in the output stream does not stop the zone") {
  town f;
  REQUIRE(f.answers());
  publish(f, "dispatch.out.untouched.order.test.paid",
          wire::encode_event(
              {{entity_kind::order, "test"}, {}, "test.1", "", order_event{order_paid{}}}));
  REQUIRE_MESSAGE(f.answers(), f.node->page("/readyz"));
  f.check_untouched();
  f.node->kill();
  f.node.emplace(f.where);
  f.check_untouched();
}

TEST_CASE("a stranger's message with the id of an epoch to come does not stop the zone") {
  town f;
  REQUIRE(f.answers());
  const auto body = wire::encode_event(
      {{entity_kind::order, "test"}, {}, "test.1", "", order_event{order_paid{}}});
  for (const std::string id : {"untouched/9999/1/0", "untouched/9999/99999/0"}) {
    const std::array headers{nats::header{"Nats-Msg-Id", id.c_str()}};
    const auto ack = value_of(f.where.on()->publish_stored("dispatch.out.untouched.order.test.paid",
                                                           headers, body, soon));
    REQUIRE_MESSAGE(ack.error_code == 0, ack.error);
    REQUIRE_MESSAGE(f.answers(), f.node->page("/readyz"));
  }
  f.check_untouched();
  f.node->kill();
  f.node.emplace(f.where);
  f.check_untouched();
}

TEST_CASE("what strangers wrote steers no terminal") {
  town f;
  const auto told = f.ctl(
      {"send", "order", "o1", "place", R"({"\u001b[2J\u202ex":1})", "--zone", town::untouched});
  CHECK(told.code != exit_code::done);
  CHECK_MESSAGE(told.err.find("[2J") != std::string::npos, told.err);
  CHECK(told.err.find('\x1b') == std::string::npos);
  CHECK(told.err.find("\u202e") == std::string::npos);
  nats::bucket zones{f.where.on(), wire::zones_bucket(wire::default_root)};
  REQUIRE(zones.put("\x1b[2Jkey", "no definition", 0));
  REQUIRE(comes([&] { return f.node->log().find("[2Jkey") != std::string::npos; }));
  CHECK(f.node->log().find('\x1b') == std::string::npos);
}

TEST_CASE("a stranger's message in the log is repaired by an operator, if it stops the zone") {
  town f;
  REQUIRE(f.answers());
  publish(f, "dispatch.log.untouched", "{}");
  if (!f.answers()) {
    const auto repaired = f.ctl({"zone", "repair", town::untouched, "--yes"});
    REQUIRE_MESSAGE(repaired.code == exit_code::done, repaired.err, f.node->page("/readyz"));
  }
  f.check_untouched();
}

/// Two senders at the input stream of a running zone, and what the stream told each of them.
struct senders : town {
  /// `server_id`: for the server's own header, which a command does not need.
  std::string send(sender_ledger& own, const std::string& what, const std::string& id,
                   const std::string& body, const std::string& server_id = {}) {
    const auto ack = client->publish(what, body, {.id = server_id, .command_id = id});
    own.note(std::string{"dispatch.in."} + untouched + "." + what, id, body, ack);
    return id;
  }
  std::vector<std::string> suppressed(const sender_ledger& own) const {
    return own.suppressed(*where.on(), wire::input_stream(wire::default_root, untouched));
  }

  sender_ledger shop;
  sender_ledger rider;
};

TEST_CASE_FIXTURE(senders, "a ledger tells a sender's own repetition from another's message") {
  send(shop, "order.o1.place", "shop.1", order_body());
  send(shop, "order.o1.place", "shop.1", order_body());
  CHECK(suppressed(shop).empty());
  const nats::publish_ack first{1, true, 0, {}};
  shop.note("dispatch.in.untouched.order.o2.place", "shop.2", order_body(), first);
  CHECK(suppressed(shop).size() == 1);
  shop.note("dispatch.in.untouched.order.o1.place", "shop.1", order_body(false), first);
  CHECK(suppressed(shop).size() == 2);
}

TEST_CASE_FIXTURE(senders, "no sender suppresses another's command by its id") {
  send(rider, "rider.r1.start_shift", "shop.100", shift_body(), "shop.100");
  send(shop, "order.o100.place", "shop.100", order_body());
  for (const auto& line : suppressed(shop)) {
    FAIL_CHECK(line);
  }
  const auto placed = comes([&] {
    client->look();
    return std::ranges::any_of(client->events(), [](const event& e) {
      return e.entity.id == "o100" && event_name(e.body) == "placed";
    });
  });
  CHECK(placed);
  CHECK(suppressed(rider).empty());
  check_untouched();
}

TEST_CASE_FIXTURE(senders, "in the server's own header an id is taken for a moment only") {
  const auto publish = [&](const std::string& what, const std::string& body) {
    return client->publish(what, body, {.id = "shop.100"});
  };
  REQUIRE_FALSE(publish("rider.r1.start_shift", shift_body()).duplicate);
  CHECK(comes([&] { return !publish("order.o100.place", order_body()).duplicate; }));
  client->await_event("order.o100.placed");
  check_untouched();
}

} // namespace
