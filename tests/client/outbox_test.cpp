#include "cmd/client/outbox.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>
#include <vector>

namespace dispatch::client {

namespace {

using namespace std::chrono_literals;

/// An outbox, and what came out of it.
struct bench {
  explicit bench(outbox_settings settings = {.in_flight_max = 10}) : box(settings) {}

  status add(const std::string& id) {
    return box.add({.subject = "dispatch.in.z.order.o1.place", .id = id, .body = "{}"});
  }

  void send(steady::time_point now) {
    for (const auto& each : box.due(now)) {
      sent.push_back(each->id);
    }
  }

  std::vector<std::string> sent;
  outbox box;
  steady::time_point start;
};

using ids = std::vector<std::string>;

announced event_of(const std::string& command, const std::string& order = "o1") {
  event e;
  e.entity = {entity_kind::order, order};
  e.command_id = command;
  return {.sequence = 1, .what = e};
}

announced letter_about(std::uint64_t input) {
  dead_letter letter;
  letter.sequence = input;
  return {.sequence = 1, .what = letter};
}

} // namespace

TEST_CASE("a command is forgotten when its outcome was seen, not when it was stored") {
  bench t;
  CHECK(t.add("t.1"));
  t.send(t.start);
  CHECK(t.sent == ids{"t.1"});
  t.box.stored("t.1", 5, t.start);
  t.box.hear(event_of("someone.else"));
  CHECK(t.box.waiting() == 1);
  t.box.hear(event_of("t.1"));
  CHECK(t.box.waiting() == 0);
  t.send(t.start + 1h);
  CHECK(t.sent == ids{"t.1"});
  CHECK(t.box.tally().outcomes == 1);
}

TEST_CASE("an event of another entity is no outcome") {
  bench t;
  REQUIRE(t.add("t.1"));
  t.box.hear(event_of("t.1", "o2"));
  CHECK(t.box.waiting() == 1);
  t.box.hear(event_of("t.1", "o1"));
  CHECK(t.box.waiting() == 0);
}

TEST_CASE("what was not stored is sent again soon, what has no outcome later") {
  bench t;
  REQUIRE(t.add("t.1"));
  t.send(t.start);
  t.box.failed("t.1", t.start);
  CHECK(t.box.next_due() == t.start + 500ms);
  t.send(t.start + 499ms);
  CHECK(t.sent.size() == 1);
  t.send(t.start + 500ms);
  CHECK(t.sent.size() == 2);
  t.box.stored("t.1", 5, t.start + 1s);
  t.send(t.start + 10s);
  CHECK(t.sent.size() == 2);
  t.send(t.start + 11s);
  CHECK(t.sent == ids{"t.1", "t.1", "t.1"});
  CHECK(t.box.tally().commands == 1);
  CHECK(t.box.tally().sent_again == 2);
}

TEST_CASE("only so many commands are in flight, the others go in order when there is room") {
  bench t{{.in_flight_max = 2}};
  for (const auto* id : {"t.1", "t.2", "t.3", "t.4"}) {
    REQUIRE(t.add(id));
  }
  t.send(t.start);
  CHECK(t.sent == ids{"t.1", "t.2"});
  t.box.stored("t.1", 1, t.start);
  t.send(t.start);
  CHECK(t.sent == ids{"t.1", "t.2", "t.3"});
  t.box.hear(event_of("t.2")); // its outcome may overtake its acknowledgement
  t.send(t.start);
  CHECK(t.sent == ids{"t.1", "t.2", "t.3", "t.4"});
  t.box.stored("t.2", 2, t.start);
  CHECK(t.box.waiting() == 3);
}

TEST_CASE("a dead letter ends its command, whichever is heard of first") {
  bench t;
  REQUIRE(t.add("t.1"));
  REQUIRE(t.add("t.2"));
  t.send(t.start);
  t.box.stored("t.1", 5, t.start);
  t.box.hear(letter_about(5));
  t.box.hear(letter_about(6));
  t.box.stored("t.2", 6, t.start);
  CHECK(t.box.waiting() == 0);
  CHECK(t.box.tally().dead == 2);
  CHECK(t.box.tally().outcomes == 0);
}

TEST_CASE("a dead letter is not forgotten while the answer of its command is lost") {
  bench t;
  REQUIRE(t.add("t.1"));
  t.send(t.start);
  t.box.failed("t.1", t.start);
  t.box.hear(letter_about(5));
  t.send(t.start + 500ms);
  t.box.stored("t.1", 5, t.start + 1s); // The stream has it already, and says where.
  CHECK(t.box.waiting() == 0);
  CHECK(t.box.tally().dead == 1);
}

TEST_CASE("there is room for so many commands, and an id waits once") {
  bench t{{.waiting_max = 2}};
  REQUIRE(t.add("t.1"));
  CHECK_FALSE(t.add("t.1"));
  REQUIRE(t.add("t.2"));
  CHECK_FALSE(t.add("t.3"));
  t.box.hear(event_of("t.1"));
  CHECK(t.add("t.3"));
  t.box.hear(event_of("t.2"));
  CHECK(t.add("t.1"));
}

} // namespace dispatch::client
