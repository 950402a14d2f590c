#include "messages/nats/ports/position_feed.hpp"
#include "tests/nats/fixture.hpp"

#include <cstdio>
#include <map>

using namespace dispatch;
using namespace dispatch::nats;
using namespace dispatch::nats::testing;

namespace {

result<place> decode(std::string_view content_type, std::string_view body) {
  place at;
  if (!content_type.empty() ||
      std::sscanf(std::string(body).c_str(), "%lf %lf", &at.latitude, &at.longitude) != 2) {
    return failure{"no two numbers"};
  }
  return at;
}

struct position_fixture : installation {
  position_fixture() { create_positions(); }

  void create_positions() {
    value_of(create_stream(*on(), {.name = "POS",
                                   .subjects = {"pos.>"},
                                   .kept_in = storage::memory,
                                   .when_full = discard::old_messages,
                                   .messages_per_subject_max = 1,
                                   .duplicate_window = 1s}));
  }

  void report(const std::string& rider, const std::string& body) {
    value_of(on()->publish_stored(std::string{"pos.z."} + rider, {}, body, patience));
  }

  /// Takes until every rider of `wanted` is at that latitude.
  void wait_for(const std::map<std::string, double>& wanted) {
    std::map<std::string, double> seen;
    while (seen != wanted) {
      const auto taken = feed.take(2);
      for (const auto& position : taken) {
        seen[position.rider] = position.at.latitude;
      }
      if (taken.empty()) {
        REQUIRE(rung.wait());
      }
    }
  }

  nats_position_feed feed{connect(), "POS", "pos.z.*", decode};
  bell rung;
};

} // namespace

TEST_CASE_FIXTURE(position_fixture, "the newest position of each rider comes") {
  for (int latitude = 1; latitude <= 5; ++latitude) {
    report("r1", std::to_string(latitude) + " 0");
  }
  report("r2", "20 0");
  report("r3", "30 0");
  report("r4", "nonsense");
  value_of(on()->publish_stored("pos.y.r5", {}, "50 0", patience));
  feed.start(rung.ringer());
  wait_for({{"r1", 5}, {"r2", 20}, {"r3", 30}});
  CHECK(feed.take(10).empty());

  report("r1", "6 0");
  report("r1", "7 0");
  wait_for({{"r1", 7}});
}

TEST_CASE_FIXTURE(position_fixture, "busy riders do not keep others waiting") {
  for (const auto* rider : {"a", "b", "c"}) {
    report(rider, "1 1");
  }
  feed.start(rung.ringer());
  std::vector<std::string> order;
  while (order.size() < 3) {
    const auto taken = feed.take(1);
    for (const auto& position : taken) {
      order.push_back(position.rider);
    }
    if (taken.empty()) {
      REQUIRE(rung.wait());
    } else if (order.size() < 3) {
      report("a", "2 2");
    }
  }
  CHECK(order == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE_FIXTURE(position_fixture, "it goes on when server and stream come back") {
  report("r1", "1 1");
  feed.start(rung.ringer());
  wait_for({{"r1", 1}});
  crash_server();
  create_positions();
  report("r2", "2 2");
  wait_for({{"r2", 2}});
  feed.stop();
  CHECK(feed.take(10).empty());
}

TEST_CASE_FIXTURE(position_fixture, "a stream that is gone is created again, and again") {
  const auto restore = [this]() -> status {
    try {
      create_positions();
    } catch (const std::runtime_error& error) { // This connection may not be back yet.
      return failure{error.what()};
    }
    return nothing{};
  };
  nats_position_feed restoring{connect(), "POS", "pos.z.*", decode, {.restore = restore}};
  bell moved;
  restoring.start(moved.ringer());
  report("r0", "1 1");
  REQUIRE(moved.wait());
  CHECK(restoring.take(10).size() == 1);
  for (const auto* rider : {"r1", "r2"}) {
    crash_server();
    const auto reported = [&] {
      const auto ack = on()->publish_stored(std::string{"pos.z."} + rider, {}, "2 2", patience);
      return ack && ack->error_code == 0;
    };
    const auto deadline = std::chrono::steady_clock::now() + patience / 2;
    while (!reported()) {
      REQUIRE(std::chrono::steady_clock::now() < deadline);
    }
    REQUIRE(moved.wait());
    CHECK(restoring.take(10).front().rider == rider);
  }
}

TEST_CASE_FIXTURE(position_fixture, "a stream that cannot be created again is told of once") {
  check_ok(delete_stream(*on(), "POS"));
  answer<std::string> told;
  nats_position_feed lacking{
      connect(),
      "POS",
      "pos.z.*",
      decode,
      {.restore = [] { return status{failure{"not permitted"}}; },
       .notice = [tell = told.receiver()](std::string_view what) { tell(std::string{what}); }}};
  bell moved;
  lacking.start(moved.ringer());
  CHECK(told.wait() == "not permitted");
  create_positions();
  report("r1", "1 1");
  CHECK(moved.wait());
}
