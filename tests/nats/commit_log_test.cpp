#include "messages/limits.hpp"
#include "messages/nats/ports/commit_log.hpp"
#include "tests/nats/fixture.hpp"

#include <algorithm>
#include <thread>
#include <vector>

using namespace dispatch;
using namespace dispatch::nats;
using namespace dispatch::nats::testing;

namespace {

append_result append(commit_log& log, std::string bytes, std::uint64_t expected, std::string id) {
  answer<append_result> outcome;
  log.append(std::move(bytes), expected, std::move(id), outcome.receiver());
  return outcome.wait();
}

struct log_fixture : installation {
  log_fixture() { create("LOG_z", "log.z"); }
  nats_commit_log log{connect(true), "LOG_z", "log.z"};
};

} // namespace

TEST_CASE_FIXTURE(log_fixture, "an append is stored exactly behind the expected last record") {
  CHECK(log.state()->last_sequence == 0);
  CHECK(log.state()->first_sequence == 1);

  auto first = append(log, "one", 0, "id-1");
  CHECK(first.outcome == append_outcome::stored);
  CHECK(first.sequence == 1);

  // Expecting an empty log is an expectation like any other.
  const auto late = append(log, "other", 0, "id-2");
  CHECK(late.outcome == append_outcome::conflict);
  CHECK(late.sequence == 1);

  const auto second = append(log, "two", 1, "id-3");
  CHECK(second.outcome == append_outcome::stored);
  CHECK(second.sequence == 2);

  const auto ahead = append(log, "four", 3, "id-4");
  CHECK(ahead.outcome == append_outcome::conflict);
  CHECK(ahead.sequence == 2);
  CHECK(log.state()->last_sequence == 2);
}

TEST_CASE_FIXTURE(log_fixture, "the same append again is not stored again") {
  CHECK(append(log, "one", 0, "id-1").sequence == 1);
  const auto again = append(log, "one", 0, "id-1");
  // Up to 2.10 the id is looked at first, in newer servers the expected sequence.
  CHECK((again.outcome == append_outcome::stored || again.outcome == append_outcome::conflict));
  CHECK(again.sequence == 1);
  CHECK(log.state()->messages == 1);
}

TEST_CASE_FIXTURE(log_fixture, "of racing appenders exactly one wins each place") {
  constexpr int appenders = 4;
  constexpr std::uint64_t rounds = 50;
  std::vector<std::unique_ptr<nats_commit_log>> logs;
  for (int number = 0; number < appenders; ++number) {
    logs.push_back(std::make_unique<nats_commit_log>(connect(true), "LOG_z", "log.z"));
  }
  for (std::uint64_t round = 0; round < rounds; ++round) {
    std::vector<answer<append_result>> outcomes(appenders);
    std::vector<std::thread> threads;
    for (std::size_t number = 0; number < appenders; ++number) {
      threads.emplace_back([&, number] {
        const auto id = std::to_string(round) + "/" + std::to_string(number);
        logs[number]->append(id, round, id, outcomes[number].receiver());
      });
    }
    for (auto& thread : threads) {
      thread.join();
    }
    const auto winners = std::ranges::count_if(
        outcomes, [](auto& each) { return each.wait().outcome == append_outcome::stored; });
    REQUIRE(winners == 1);
  }
  CHECK(log.state()->last_sequence == rounds);
}

TEST_CASE_FIXTURE(log_fixture, "records are read back whole, up to the largest") {
  std::string large(limits::record_bytes_max, '\0');
  for (std::size_t at = 0; at < large.size(); ++at) {
    large[at] = static_cast<char>(at * 31 % 251);
  }
  REQUIRE(append(log, large, 0, "a").outcome == append_outcome::stored);
  REQUIRE(append(log, "", 1, "b").outcome == append_outcome::stored);
  CHECK(value_of(log.read(1)) == large);
  CHECK(value_of(log.read(2)) == "");
  CHECK(value_of(log.read(3)) == std::nullopt);
}

TEST_CASE_FIXTURE(log_fixture, "a scan visits a dense range in order and can be ended") {
  constexpr std::uint64_t records = 20'000;
  fill("log.z", 1, records);
  std::uint64_t next = 11;
  check_ok(log.scan(11, records - 5, [&](std::uint64_t sequence, std::string_view bytes) {
    REQUIRE(sequence == next);
    REQUIRE(bytes == std::to_string(sequence));
    ++next;
    return true;
  }));
  CHECK(next == records - 4);

  int visited = 0;
  check_ok(log.scan(1, records, [&](std::uint64_t, std::string_view) { return ++visited < 3; }));
  CHECK(visited == 3);
}

TEST_CASE_FIXTURE(log_fixture, "a scan fails where a record is missing") {
  fill("log.z", 1, 10);
  value_of(on()->request("$JS.API.STREAM.MSG.DELETE.LOG_z", R"({"seq":5})", patience));
  std::uint64_t last = 0;
  const auto scanned = log.scan(1, 10, [&](std::uint64_t sequence, std::string_view) {
    last = sequence;
    return true;
  });
  CHECK(last == 4);
  REQUIRE_FALSE(scanned);
  CHECK(scanned.error().what.find("message 5 is missing") != std::string::npos);
}

TEST_CASE_FIXTURE(installation, "a log at its limit is full and stays usable") {
  create("LOG_z", "log.z", 64 * 1024);
  nats_commit_log log(connect(true), "LOG_z", "log.z");
  const std::string record(10'000, 'x');
  auto last = append(log, record, 0, "0");
  std::uint64_t stored = 0;
  while (last.outcome == append_outcome::stored) {
    stored = last.sequence;
    last = append(log, record, stored, std::to_string(stored));
  }
  CHECK(last.outcome == append_outcome::full);
  CHECK(stored >= 5);
  CHECK(append(log, "small", stored, "s").outcome == append_outcome::stored);
}

TEST_CASE_FIXTURE(installation, "a log that is nearly full keeps its first record") {
  create("LOG_z", "log.z", 64 * 1024);
  nats_commit_log log(connect(true), "LOG_z", "log.z");
  value_of(log.state());
  const std::string record(100, 'x');
  std::uint64_t stored = 0;
  for (auto size = record.size(); size > 0;) {
    const auto last = append(log, record.substr(0, size), stored, std::to_string(stored));
    stored = std::max(stored, last.sequence);
    size -= last.outcome == append_outcome::full ? 1 : 0;
  }
  CHECK(value_of(log.state()).first_sequence == 1);
  CHECK(value_of(log.state()).last_sequence == stored);
  check_ok(resize_stream(*on(), "LOG_z", 128 * 1024, 0s));
  auto outcome = append_outcome::full;
  for (int tries = 0; tries < 100 && outcome == append_outcome::full; ++tries) {
    value_of(log.state());
    outcome = append(log, record, stored, std::to_string(stored)).outcome;
  }
  CHECK(outcome == append_outcome::stored);
  CHECK(value_of(log.state()).messages == stored + 1);
}

TEST_CASE_FIXTURE(installation, "without its stream the outcome is unknown and the state fails") {
  nats_commit_log log(connect(true), "LOG_z", "log.z");
  const auto outcome = append(log, "one", 0, "id");
  CHECK(outcome.outcome == append_outcome::unknown);
  CHECK_FALSE(outcome.detail.empty());
  CHECK_FALSE(log.state());
  CHECK_FALSE(log.read(1));
}

TEST_CASE_FIXTURE(log_fixture, "acknowledged records survive kill -9 of the server") {
  nats_commit_log mine(on(), "LOG_z", "log.z");
  for (std::uint64_t sequence = 0; sequence < 100; ++sequence) {
    REQUIRE(append(mine, std::to_string(sequence), sequence, std::to_string(sequence)).outcome ==
            append_outcome::stored);
  }
  crash_server();
  CHECK(value_of(mine.state()).last_sequence == 100);
  CHECK(append(mine, "next", 100, "next").sequence == 101);
}

TEST_CASE_FIXTURE(log_fixture, "a trimmed log goes on where it was, and is never empty") {
  for (std::uint64_t number = 1; number <= 5; ++number) {
    append(log, "record " + std::to_string(number), number - 1, "id-" + std::to_string(number));
  }
  check_ok(log.trim(3));
  CHECK(log.state()->first_sequence == 3);
  CHECK(value_of(log.read(2)) == std::nullopt);
  CHECK(value_of(log.read(3)) == "record 3");
  check_ok(log.trim(2));
  CHECK(log.state()->first_sequence == 3);
  check_ok(log.trim(100));
  CHECK(log.state()->first_sequence == 5);
  CHECK(log.state()->last_sequence == 5);
  crash_server();
  nats_commit_log after{on(), "LOG_z", "log.z"};
  CHECK(value_of(after.state()).first_sequence == 5);
  CHECK(append(after, "record 6", 5, "id-6").sequence == 6);
}
