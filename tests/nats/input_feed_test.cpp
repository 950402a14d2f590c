#include "messages/limits.hpp"
#include "messages/nats/ports/input_feed.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/nats/fixture.hpp"

#include <algorithm>
#include <atomic>
#include <vector>

using namespace dispatch;
using namespace dispatch::nats;
using namespace dispatch::nats::testing;

namespace {

/// Takes from a feed, and checks that nothing is missing, repeated or out of order.
class reader {
public:
  explicit reader(input_feed& feed, std::uint64_t after = 0) : feed_(feed), last_(after) {
    feed_.start(after, bell_.ringer());
  }

  /// Until the feed has delivered `last`.
  void read_to(std::uint64_t last) {
    while (last_ < last) {
      auto batch = feed_.take(std::min<std::size_t>(limits::batch_commands, last - last_),
                              limits::record_bytes_max);
      for (const auto& message : batch.messages) {
        if (message.sequence != ++last_) {
          FAIL("message " << message.sequence << " came instead of " << last_);
        }
      }
      REQUIRE_FALSE(batch.broken);
      if (batch.messages.empty()) {
        REQUIRE(bell_.wait());
      } else {
        newest = std::move(batch.messages.back());
      }
    }
  }

  /// Until the feed is over; what comes before counts as delivered.
  std::string read_to_break() {
    for (;;) {
      const auto batch = feed_.take(limits::batch_commands, limits::record_bytes_max);
      if (!batch.messages.empty()) {
        last_ = batch.messages.back().sequence;
      }
      if (batch.broken) {
        return batch.broken->what;
      }
      if (batch.messages.empty()) {
        REQUIRE(bell_.wait());
      }
    }
  }

  std::uint64_t last() const { return last_; }

  stored_message newest;

private:
  input_feed& feed_;
  bell bell_;
  std::uint64_t last_;
};

struct feed_fixture : installation {
  feed_fixture() { create("IN_z", "in.z"); }
  nats_input_feed feed{connect(), "IN_z"};

  /// A trim is only asked for; the server does it when it likes.
  void wait_for_first(std::uint64_t sequence) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (value_of(feed.state()).first_sequence != sequence) {
      REQUIRE(std::chrono::steady_clock::now() < until);
    }
  }
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE_FIXTURE(feed_fixture, "50,000 messages come in order without a gap") {
  constexpr std::uint64_t messages = 50'000;
  fill("in.z", 1, messages);
  reader from_start(feed);
  from_start.read_to(messages);
  CHECK(from_start.newest.body == std::to_string(messages));
  CHECK(from_start.newest.subject == "in.z");
  CHECK(feed.take(10, 10).messages.empty());

  reader from_middle(feed, 30'000);
  from_middle.read_to(messages);
  fill("in.z", messages + 1, messages + 10);
  from_middle.read_to(messages + 10);
}

TEST_CASE_FIXTURE(feed_fixture, "header fields, times and the bounds of take") {
  const std::array headers{header{"Nats-Msg-Id", "app.1"}, header{"Content-Type", "text/plain"},
                           header{"traceparent", "00-aa-bb-01"}};
  value_of(on()->publish_stored("in.z.order", headers, "body", patience));
  const std::array own{header{wire::command_id_header, "app.2"}, header{"Nats-Msg-Id", "server.1"}};
  value_of(on()->publish_stored("in.z.order", own, "2", patience));
  fill("in.z", 3, 4);
  reader all(feed);
  all.read_to(1);
  CHECK(all.newest.id == "app.1");
  CHECK(all.newest.content_type == "text/plain");
  CHECK(all.newest.trace == "00-aa-bb-01");
  CHECK(all.newest.subject == "in.z.order");
  CHECK(all.newest.body == "body");
  const auto now = std::chrono::floor<duration>(std::chrono::system_clock::now());
  CHECK(all.newest.stored_at <= now);
  CHECK(all.newest.stored_at > now - 1min);

  all.read_to(2);
  CHECK(all.newest.id == "app.2");
  CHECK(value_of(feed.read(2))->id == "app.2");
  all.read_to(4);
  CHECK(all.newest.id.empty());
  const auto same = value_of(feed.read(1));
  REQUIRE(same);
  CHECK(same->id == "app.1");
  CHECK(same->trace == "00-aa-bb-01");
  CHECK_FALSE(value_of(feed.read(5)));
}

TEST_CASE_FIXTURE(feed_fixture, "take stops at its bounds, but gives one message in any case") {
  fill("in.z", 1001, 1100);
  bell rung;
  feed.start(0, rung.ringer());
  for (std::size_t taken = 0; taken < 40;) {
    const auto one = feed.take(10, 1).messages.size();
    REQUIRE(one <= 1);
    taken += one;
    if (one == 0) {
      REQUIRE(rung.wait());
    }
  }
  for (std::size_t taken = 40; taken < 100;) {
    const auto some = feed.take(3, 11).messages.size(); // bodies have 4 bytes
    REQUIRE(some <= 2);
    taken += some;
    if (some == 0) {
      REQUIRE(rung.wait());
    }
  }
}

TEST_CASE_FIXTURE(feed_fixture, "large messages are bounded by bytes and all come") {
  const std::string body(limits::command_bytes_max, 'x');
  constexpr std::uint64_t messages = 300;
  for (std::uint64_t number = 1; number <= messages; ++number) {
    value_of(on()->publish_stored("in.z", {}, body, patience));
  }
  reader all(feed);
  all.read_to(messages);
}

TEST_CASE_FIXTURE(feed_fixture, "nothing is lost or repeated when the server is killed") {
  constexpr std::uint64_t messages = 30'000;
  fill("in.z", 1, messages);
  reader all(feed);
  all.read_to(10'000);
  crash_server();
  all.read_to(messages);
  crash_server();
  fill("in.z", messages + 1, messages + 100);
  all.read_to(messages + 100);
}

TEST_CASE_FIXTURE(feed_fixture, "a lost consumer is replaced") {
  fill("in.z", 1, 10);
  reader all(feed);
  all.read_to(10);
  const auto names = value_of(on()->request("$JS.API.CONSUMER.NAMES.IN_z", "", patience));
  const auto begin = names.find("\"consumers\":[\"") + 14;
  const auto name = names.substr(begin, names.find('"', begin) - begin);
  value_of(on()->request("$JS.API.CONSUMER.DELETE.IN_z." + name, "", patience));
  fill("in.z", 11, 20);
  all.read_to(20);
}

TEST_CASE_FIXTURE(feed_fixture, "what was purged before it was read breaks the feed") {
  constexpr std::uint64_t messages = 20'000;
  fill("in.z", 1, messages);
  reader all(feed);
  all.read_to(100);
  value_of(on()->request("$JS.API.STREAM.PURGE.IN_z", "", patience));
  fill("in.z", messages + 1, messages + 1);
  CHECK(contains(all.read_to_break(), "keeps only messages from 20001 on"));
}

TEST_CASE_FIXTURE(feed_fixture, "a position that is not kept any more breaks the feed") {
  fill("in.z", 1, 100);
  check_ok(feed.trim(51));
  wait_for_first(51);
  reader kept(feed, 50);
  kept.read_to(100);
  reader lost(feed, 49);
  CHECK(contains(lost.read_to_break(), "50 was to be read next"));
}

TEST_CASE_FIXTURE(feed_fixture, "trimming never empties the stream") {
  fill("in.z", 1, 10);
  check_ok(feed.trim(1000));
  wait_for_first(10);
  CHECK(value_of(feed.state()).last_sequence == 10);
}

TEST_CASE_FIXTURE(feed_fixture, "a deleted message breaks the feed where it was") {
  fill("in.z", 1, 10);
  value_of(on()->request("$JS.API.STREAM.MSG.DELETE.IN_z", R"({"seq":5})", patience));
  reader all(feed);
  CHECK(contains(all.read_to_break(), "message 5 is missing"));
  CHECK(all.last() == 4);
}

TEST_CASE_FIXTURE(feed_fixture, "a deleted stream breaks the feed") {
  fill("in.z", 1, 10);
  reader all(feed);
  all.read_to(10);
  check_ok(delete_stream(*on(), "IN_z"));
  CHECK(contains(all.read_to_break(), "does not exist"));
}

TEST_CASE_FIXTURE(feed_fixture, "a stream shorter than the position breaks the feed") {
  fill("in.z", 1, 10);
  reader beyond(feed, 11);
  CHECK(contains(beyond.read_to_break(), "ends at 10"));
  reader at_end(feed, 10);
  fill("in.z", 11, 11);
  at_end.read_to(11);
}

TEST_CASE_FIXTURE(feed_fixture, "the last sequence is told, and a failure when there is none") {
  fill("in.z", 1, 7);
  answer<result<std::uint64_t>> last;
  feed.ask_last_sequence(last.receiver());
  CHECK(value_of(last.wait()) == 7);
  check_ok(delete_stream(*on(), "IN_z"));
  feed.ask_last_sequence(last.receiver());
  CHECK_FALSE(last.wait());
}

TEST_CASE_FIXTURE(feed_fixture, "no call comes after stop") {
  fill("in.z", 1, 5000);
  bell rung;
  for (std::uint64_t after = 0; after < 20; ++after) {
    auto alive = std::make_shared<std::atomic<bool>>(true);
    feed.start(after, [alive, ring = rung.ringer()] {
      REQUIRE(*alive);
      ring();
    });
    feed.ask_last_sequence([alive](const result<std::uint64_t>&) { REQUIRE(*alive); });
    REQUIRE(rung.wait());
    feed.stop();
    *alive = false;
    CHECK(feed.take(10, 1000).messages.empty());
  }
}

TEST_CASE_FIXTURE(feed_fixture, "a filtered feed skips what it does not want") {
  for (int number = 1; number <= 1000; ++number) {
    check_ok(on()->publish(number % 10 == 0 ? "in.z.ten" : "in.z.other", nullptr, {},
                           std::to_string(number)));
  }
  fill("in.z", 1001, 1001);
  nats_input_feed tens(connect(), "IN_z", "in.z.ten");
  bell rung;
  tens.start(500, rung.ringer());
  std::vector<std::uint64_t> sequences;
  while (sequences.size() < 50) {
    const auto batch = tens.take(100, 10'000);
    for (const auto& message : batch.messages) {
      sequences.push_back(message.sequence);
    }
    if (batch.messages.empty()) {
      REQUIRE(rung.wait());
    }
  }
  for (std::size_t index = 0; index < sequences.size(); ++index) {
    CHECK(sequences[index] == 510 + 10 * index);
  }
}
