#include "tests/support/virtual_city.hpp"

#include <caf/send.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>

/// Output streams whose events have expired, or that hold messages of strangers.
namespace {

using namespace dispatch;
using namespace std::chrono_literals;
using testing::virtual_city;

/// Another node takes the zone over, without a store of its own.
void move_to_empty_store(virtual_city& city) {
  city.crash();
  city.kept = std::make_shared<memory_store>();
  city.start();
}

void publish_as_stranger(virtual_city& city, int count, const std::string& id = {}) {
  for (int i = 0; i < count; ++i) {
    (void)city.streams.out->write({"dispatch.out.z.test", id, "hello", "stranger"},
                                  city.streams.out->last_sequence(), {});
  }
}

TEST_CASE("a zone goes on when its events have expired") {
  for (const auto empty_store : {false, true}) {
    for (const auto drained : {false, true}) {
      CAPTURE(empty_store);
      CAPTURE(drained);
      virtual_city city;
      city.start();
      city.begin_shift("r1");
      city.begin_shift("r2");
      if (drained) {
        caf::anon_send(city.node->actor(), drain_zone{});
        city.node->run();
      }
      for (int move = 1; move <= 3; ++move) {
        city.streams.out->expire();
        if (empty_store) {
          move_to_empty_store(city);
        } else {
          city.start();
        }
        REQUIRE(city.node->running());
        CHECK(city.count_of("zone.z.opened") == 1 + move);
      }
      city.begin_shift("r3");
      for (const auto* rider : {"r1", "r2", "r3"}) {
        CHECK(city.count_of("rider." + std::string{rider} + ".shift_started") == 1);
      }
    }
  }
}

TEST_CASE("what was not announced before the events expired is announced") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.streams.out->inject({memory::fault::lose_request});
  city.begin_shift("r2");
  REQUIRE(city.count_of("rider.r2.shift_started") == 0);
  city.streams.out->expire();
  move_to_empty_store(city);
  CHECK(city.count_of("rider.r1.shift_started") == 1);
  CHECK(city.count_of("rider.r2.shift_started") == 1);
}

TEST_CASE("an owner whose events have expired goes on announcing") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.streams.out->expire();
  city.begin_shift("r2");
  city.streams.out->inject({memory::fault::lose_answer});
  city.begin_shift("r3");
  city.streams.out->expire();
  city.node->advance(1s);
  if (!city.node->running()) {
    city.start(); // The owner cannot tell whether they were its own.
  }
  city.begin_shift("r4");
  for (const auto* rider : {"r1", "r2", "r3", "r4"}) {
    CHECK(city.count_of("rider." + std::string{rider} + ".shift_started") == 1);
  }
}

TEST_CASE("a stranger's messages in the output stream are passed over") {
  for (const auto expired : {false, true}) {
    for (const auto reopened : {false, true}) {
      CAPTURE(expired);
      CAPTURE(reopened);
      virtual_city city;
      city.start();
      city.begin_shift("r1");
      if (expired) {
        city.streams.out->expire();
      }
      publish_as_stranger(city, 3);
      if (reopened) {
        move_to_empty_store(city);
        REQUIRE(city.node->running());
        publish_as_stranger(city, 2);
      }
      city.begin_shift("r2");
      city.node->advance(1s);
      REQUIRE(city.node->running());
      city.begin_shift("r3");
      for (const auto* rider : {"r1", "r2", "r3"}) {
        CHECK(city.count_of("rider." + std::string{rider} + ".shift_started") == 1);
      }
    }
  }
}

TEST_CASE("a stranger's ids of epochs that are not the log's are passed over") {
  for (const std::string id : {"z/9999/1/0", "z/9999/99999/0", "z/3/2/0"}) {
    for (const auto reopened : {false, true}) {
      CAPTURE(id);
      CAPTURE(reopened);
      virtual_city city;
      city.start();
      city.begin_shift("r1");
      publish_as_stranger(city, 1, id);
      if (reopened) {
        move_to_empty_store(city);
        REQUIRE_MESSAGE(city.node->running(), city.node->cause());
        publish_as_stranger(city, 1, id);
      }
      city.begin_shift("r2");
      city.node->advance(1s);
      REQUIRE_MESSAGE(city.node->running(), city.node->cause());
      city.start();
      city.begin_shift("r3");
      for (const auto* rider : {"r1", "r2", "r3"}) {
        CHECK(city.count_of("rider." + std::string{rider} + ".shift_started") == 1);
      }
    }
  }
}

TEST_CASE("a log that lost its end is told from a stranger's ids") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  const auto kept = city.streams.log->last_sequence();
  for (int opening = 0; opening < 2; ++opening) {
    city.start();
    city.begin_shift("r" + std::to_string(opening + 2));
  }
  city.crash();
  publish_as_stranger(city, 1, "z/9999/99999/0");
  city.streams.log->truncate(kept);
  move_to_empty_store(city);
  REQUIRE(city.node->halted());
  CHECK(city.node->cause().find("the log regressed") != std::string::npos);
}

TEST_CASE("an event that was stored between messages of strangers is not announced twice") {
  virtual_city city;
  city.start();
  publish_as_stranger(city, 1);
  city.begin_shift("r1");
  city.node->advance(1s);
  city.streams.out->inject({memory::fault::lose_answer});
  city.begin_shift("r2");
  publish_as_stranger(city, 2);
  city.node->advance(1s);
  CHECK(city.node->running());
  city.begin_shift("r3");
  for (const auto* rider : {"r1", "r2", "r3"}) {
    CHECK(city.count_of("rider." + std::string{rider} + ".shift_started") == 1);
  }
}

} // namespace
