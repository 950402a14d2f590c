#include "cmd/dispatch-sim/outbox.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace dispatch::sim {

namespace {

using namespace std::chrono_literals;

/// An outbox with a wire that only takes notes.
struct bench {
  explicit bench(std::size_t in_flight_max = 10)
      : box({.sender = "t",
             .in_flight_max = in_flight_max,
             .again_after_failure = 500ms,
             .again_without_outcome = 10s},
            [this](const outgoing& what) { sent.push_back(what.id); }) {}

  std::vector<std::string> sent;
  outbox box;
  outbox::clock::time_point start;
};

using ids = std::vector<std::string>;

} // namespace

TEST_CASE("a command is forgotten when its outcome was seen, not when it was stored") {
  bench t;
  CHECK(t.box.add("subject", "body") == "t.1");
  t.box.pump(t.start);
  CHECK(t.sent == ids{"t.1"});
  t.box.stored("t.1", 5, t.start);
  CHECK(t.box.waiting() == 1);
  t.box.outcome("someone.else");
  CHECK(t.box.waiting() == 1);
  t.box.outcome("t.1");
  CHECK(t.box.waiting() == 0);
  t.box.pump(t.start + 1h);
  CHECK(t.sent == ids{"t.1"});
  CHECK(t.box.tally().outcomes == 1);
}

TEST_CASE("what was not stored is sent again soon, what has no outcome later") {
  bench t;
  t.box.add("subject", "body");
  t.box.pump(t.start);
  t.box.failed("t.1", t.start);
  CHECK(t.box.next_due() == t.start + 500ms);
  t.box.pump(t.start + 499ms);
  CHECK(t.sent.size() == 1);
  t.box.pump(t.start + 500ms);
  CHECK(t.sent.size() == 2);
  t.box.stored("t.1", 5, t.start + 1s);
  t.box.pump(t.start + 10s);
  CHECK(t.sent.size() == 2);
  t.box.pump(t.start + 11s);
  CHECK(t.sent == ids{"t.1", "t.1", "t.1"});
  CHECK(t.box.tally().commands == 1);
  CHECK(t.box.tally().sent_again == 2);
}

TEST_CASE("only so many commands are in flight, the others go in order when there is room") {
  bench t{2};
  for (int i = 0; i < 4; ++i) {
    t.box.add("subject", "body");
  }
  t.box.pump(t.start);
  CHECK(t.sent == ids{"t.1", "t.2"});
  t.box.stored("t.1", 1, t.start);
  t.box.pump(t.start);
  CHECK(t.sent == ids{"t.1", "t.2", "t.3"});
  t.box.outcome("t.2"); // its outcome may overtake its acknowledgement
  t.box.pump(t.start);
  CHECK(t.sent == ids{"t.1", "t.2", "t.3", "t.4"});
  t.box.stored("t.2", 2, t.start);
  CHECK(t.box.waiting() == 3);
}

TEST_CASE("a dead letter ends its command, whichever is heard of first") {
  bench t;
  t.box.add("subject", "body");
  t.box.add("subject", "body");
  t.box.pump(t.start);
  t.box.stored("t.1", 5, t.start);
  t.box.dead_letter(5);
  t.box.dead_letter(6);
  t.box.stored("t.2", 6, t.start);
  CHECK(t.box.waiting() == 0);
  CHECK(t.box.tally().dead == 2);
  CHECK(t.box.tally().outcomes == 0);
}

} // namespace dispatch::sim
