#include "messages/limits.hpp"
#include "messages/nats/ports/event_sink.hpp"
#include "messages/nats/ports/input_feed.hpp"
#include "tests/nats/fixture.hpp"

using namespace dispatch;
using namespace dispatch::nats;
using namespace dispatch::nats::testing;

namespace {

std::vector<announcement> events(const std::string& prefix, std::size_t count,
                                 const std::string& body = "body") {
  std::vector<announcement> made;
  for (std::size_t index = 0; index < count; ++index) {
    made.push_back({.subject = "out.z.order",
                    .id = prefix + "/" + std::to_string(index),
                    .trace = {},
                    .body = body});
  }
  return made;
}

publish_result publish(event_sink& sink, std::vector<announcement> what, std::uint64_t expected) {
  answer<publish_result> outcome;
  sink.publish(std::move(what), expected, outcome.receiver());
  return outcome.wait();
}

struct sink_fixture : installation {
  sink_fixture() { create("OUT_z", "out.z"); }
  nats_event_sink sink{connect(), "OUT_z"};

  /// The ids in the stream, in order.
  std::vector<std::string> ids() {
    nats_input_feed feed(on(), "OUT_z");
    const auto last = value_of(feed.state()).last_sequence;
    std::vector<std::string> found;
    bell rung;
    feed.start(0, rung.ringer());
    while (found.size() < last) {
      const auto batch = feed.take(limits::batch_commands, limits::feed_bytes_max);
      for (const auto& message : batch.messages) {
        found.push_back(message.id);
      }
      if (batch.messages.empty()) {
        REQUIRE(rung.wait());
      }
    }
    return found;
  }
};

} // namespace

TEST_CASE_FIXTURE(sink_fixture, "batches are stored in order, with their header fields") {
  CHECK(value_of(sink.tail()).last_sequence == 0);
  auto first = events("a", 1000);
  first[999].trace = "00-aa-bb-01";
  answer<publish_result> outcome_a, outcome_b, outcome_c;
  sink.publish(first, 0, outcome_a.receiver());
  sink.publish(events("b", 1), 1000, outcome_b.receiver());
  sink.publish(events("c", 100), 1001, outcome_c.receiver());
  CHECK(outcome_a.wait().last_sequence == 1000);
  CHECK(outcome_b.wait().last_sequence == 1001);
  const auto last = outcome_c.wait();
  CHECK(last.outcome == publish_outcome::stored);
  CHECK(last.last_sequence == 1101);

  const auto stored = ids();
  REQUIRE(stored.size() == 1101);
  for (std::size_t index = 0; index < 1000; ++index) {
    CHECK(stored[index] == "a/" + std::to_string(index));
  }
  CHECK(stored[1000] == "b/0");
  CHECK(stored[1100] == "c/99");
  const auto tail = value_of(sink.tail());
  CHECK(tail.last_sequence == 1101);
  CHECK(value_of(sink.id_at(1101)) == "c/99");
  CHECK_FALSE(value_of(sink.id_at(1102)));
  nats_input_feed feed(on(), "OUT_z");
  const auto traced = value_of(feed.read(1000));
  REQUIRE(traced);
  CHECK(traced->trace == "00-aa-bb-01");
  CHECK(traced->content_type == "application/protobuf");
}

TEST_CASE_FIXTURE(sink_fixture, "nothing is nothing to publish") {
  const auto none = publish(sink, {}, 7);
  CHECK(none.outcome == publish_outcome::stored);
  CHECK(none.last_sequence == 7);
}

TEST_CASE_FIXTURE(sink_fixture, "after another writer nothing more gets in") {
  REQUIRE(publish(sink, events("old", 10), 0).outcome == publish_outcome::stored);
  nats_event_sink other(connect(), "OUT_z");
  CHECK(value_of(other.id_at(10)) == "old/9");
  REQUIRE(publish(other, events("new", 1), 10).outcome == publish_outcome::stored);

  // The first is refused. The second expects the end as it is now, but not that last message.
  CHECK(publish(sink, events("late", 200), 10).outcome == publish_outcome::conflict);
  CHECK(ids().size() == 11);

  // Until the tail is read, not even a right expectation helps.
  CHECK(publish(sink, events("blind", 1), 11).outcome == publish_outcome::conflict);
  const auto tail = value_of(sink.tail());
  CHECK(value_of(other.id_at(tail.last_sequence)) == "new/0");
  CHECK(publish(sink, events("again", 1), tail.last_sequence).outcome == publish_outcome::stored);
}

TEST_CASE_FIXTURE(sink_fixture, "batches behind a refused one fail with it") {
  answer<publish_result> first, second;
  sink.publish(events("a", 10), 5, first.receiver());
  sink.publish(events("b", 10), 15, second.receiver());
  CHECK(first.wait().outcome == publish_outcome::conflict);
  CHECK(second.wait().outcome == publish_outcome::conflict);
  CHECK(value_of(sink.tail()).last_sequence == 0);
}

TEST_CASE_FIXTURE(sink_fixture, "a fenced writer among racing ones leaves no hole") {
  nats_event_sink other(connect(), "OUT_z");
  std::uint64_t end = 0;
  for (int round = 0; round < 20; ++round) {
    const auto name = std::to_string(round);
    answer<publish_result> mine, theirs;
    sink.publish(events("m" + name, 300), end, mine.receiver());
    other.publish(events("t" + name, 3), end, theirs.receiver());
    const auto a = mine.wait(), b = theirs.wait();
    REQUIRE((a.outcome == publish_outcome::stored) + (b.outcome == publish_outcome::stored) <= 1);
    end = value_of(sink.tail()).last_sequence;
    value_of(other.tail());
  }
  // Each writer's ids of a round are a run from 0 on.
  std::string before;
  std::size_t next = 0;
  for (const auto& id : ids()) {
    const auto writer = id.substr(0, id.find('/'));
    next = writer == before ? next + 1 : 0;
    REQUIRE(id == writer + "/" + std::to_string(next));
    before = writer;
  }
}

TEST_CASE_FIXTURE(installation, "without its stream a batch's outcome is unknown") {
  nats_event_sink sink(connect(), "OUT_z");
  CHECK(publish(sink, events("a", 3), 0).outcome == publish_outcome::unknown);
  CHECK_FALSE(sink.tail());
}

TEST_CASE_FIXTURE(installation, "a stream at its limit is full") {
  create("OUT_z", "out.z", 64 * 1024);
  nats_event_sink sink(connect(), "OUT_z");
  auto outcome = publish(sink, events("0", 1, std::string(10'000, 'x')), 0);
  while (outcome.outcome == publish_outcome::stored) {
    const auto end = outcome.last_sequence;
    outcome = publish(sink, events(std::to_string(end), 1, std::string(10'000, 'x')), end);
  }
  CHECK(outcome.outcome == publish_outcome::full);
}

TEST_CASE_FIXTURE(sink_fixture, "a crash of the server leaves a prefix, behind which one goes on") {
  constexpr std::size_t count = 50'000;
  answer<publish_result> outcome;
  const auto all = events("a", count);
  sink.publish(all, 0, outcome.receiver());
  crash_server();
  const auto told = outcome.wait();
  auto tail = sink.tail();
  while (!tail) {
    tail = sink.tail();
  }
  if (told.outcome == publish_outcome::stored) {
    CHECK(tail->last_sequence == count);
  }
  if (tail->last_sequence > 0) {
    CHECK(value_of(sink.id_at(tail->last_sequence)) ==
          "a/" + std::to_string(tail->last_sequence - 1));
  }
  const auto done = static_cast<std::ptrdiff_t>(tail->last_sequence);
  auto rest = publish(sink, {all.begin() + done, all.end()}, tail->last_sequence);
  CHECK(rest.outcome == publish_outcome::stored);
  const auto stored = ids();
  REQUIRE(stored.size() == count);
  for (std::size_t index = 0; index < count; ++index) {
    REQUIRE(stored[index] == all[index].id);
  }
}
