#include "tests/support/virtual_city.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>

/// Opening a zone while others do the same, and on streams that have lost something.
namespace {

using namespace dispatch;
using namespace std::chrono_literals;
using testing::virtual_city;
using testing::virtual_node;
using testing::virtual_process;
using call = memory::connection::call;

virtual_process process_of(const virtual_city& city, const std::string& owner,
                           std::shared_ptr<memory_store> kept = std::make_shared<memory_store>()) {
  virtual_process p;
  p.streams = city.streams;
  p.kept = std::move(kept);
  p.clock = city.clock;
  p.owner = owner;
  p.connection->name = owner;
  return p;
}

std::unique_ptr<virtual_node> run(virtual_process process) {
  auto node = std::make_unique<virtual_node>(std::move(process));
  node->run();
  return node;
}

TEST_CASE("an opener that is overtaken before it reads its OPEN back is fenced") {
  for (const auto newer_announces : {true, false}) {
    CAPTURE(newer_announces);
    virtual_city city;
    std::unique_ptr<virtual_node> newer;
    auto process = process_of(city, "older");
    process.connection->before_call = [&, sent = false](call what) mutable {
      if (what == call::read && sent && !newer) {
        city.streams.out->inject(
            {newer_announces ? memory::fault::none : memory::fault::lose_request});
        newer = run(process_of(city, "newer"));
      }
      sent = what == call::append;
    };
    const auto older = run(std::move(process));
    REQUIRE(newer);
    CHECK(older->halted() == newer_announces);
    city.send("order", "o1", "cancel");
    older->run();
    newer->run();
    newer->advance(1s);
    CHECK(older->halted());
    CHECK(older->cured_by() == cure::ownership);
    CHECK_FALSE(newer->halted());
    REQUIRE(city.streams.log->last_sequence() == 3);
    CHECK(city.streams.log->at(3)->sender == "newer");
  }
}

TEST_CASE("nobody opens a log that has lost what is announced, not even without a store") {
  for (std::uint64_t lost = 1; lost <= 3; ++lost) {
    CAPTURE(lost);
    virtual_city city;
    city.start();
    city.begin_shift("r1");
    city.begin_shift("r2");
    city.begin_shift("r3");
    city.crash();
    const auto keep = city.streams.log->last_sequence() - lost;
    city.streams.log->truncate(keep);
    const auto node = run(process_of(city, "new"));
    CHECK(node->halted());
    CHECK(node->cured_by() == cure::person);
    CHECK(node->cause().find("regressed") != std::string::npos);
    CHECK(city.streams.log->last_sequence() == keep);
  }
}

/// The process ends when r2's shift is announced and only the log has it.
void die_before_the_store_knows(virtual_city& city) {
  city.start();
  city.begin_shift("r1");
  city.send("rider", "r2", "start_shift",
            R"({"vehicle":"VEHICLE_CAR","capacity":1,"at":{"latitude":7.1,"longitude":-73.1}})");
  city.kept->fail_next_write("the disk is busy");
  while (city.count_of("rider.r2.shift_started") == 0) {
    REQUIRE(city.node->step());
  }
  city.crash();
  REQUIRE(city.kept->position()->log_sequence < city.streams.log->last_sequence());
}

TEST_CASE("an event that the store did not see is not announced again") {
  virtual_city city;
  die_before_the_store_knows(city);
  city.start();
  CHECK(city.node->running());
  CHECK(city.kept->position()->log_sequence == city.streams.log->last_sequence());
  city.begin_shift("r3");
  for (const auto* rider : {"r1", "r2", "r3"}) {
    CHECK(city.count_of("rider." + std::string{rider} + ".shift_started") == 1);
  }
}

TEST_CASE("a log that lost what its owner announced and had no time to store is not continued") {
  virtual_city city;
  die_before_the_store_knows(city);
  const auto keep = city.streams.log->last_sequence() - 1;
  city.streams.log->truncate(keep);
  city.start();
  CHECK(city.node->halted());
  CHECK(city.node->cured_by() == cure::person);
  const auto lost = "events of record " + std::to_string(keep + 1);
  CHECK_MESSAGE(city.node->cause().find(lost) != std::string::npos, city.node->cause());
  CHECK(city.streams.log->last_sequence() == keep);
  CHECK(city.count_of("rider.r2.shift_started") == 1); // The event tells what is lost.
}

TEST_CASE("nobody opens a log whose record of that number is not the one that was announced") {
  virtual_city lost;
  lost.start();
  lost.begin_shift("r1");
  lost.begin_shift("r2");
  virtual_city city;
  city.start();
  city.start();
  city.begin_shift("r1");
  REQUIRE(city.records().back().number == lost.records().back().number);
  REQUIRE(city.records().back().epoch == 2);
  city.crash();
  city.streams.out = lost.streams.out;
  const auto node = run(process_of(city, "new"));
  CHECK(node->halted());
  CHECK(node->cause().find("of epoch 1, in the log it is of epoch 2") != std::string::npos);
  CHECK(city.records().size() == 3);
}

TEST_CASE("what a log has lost is restored from the journal, to the letter") {
  for (std::uint64_t keep = 0; keep < 4; ++keep) {
    CAPTURE(keep);
    virtual_city city;
    city.start();
    city.begin_shift("r1");
    city.begin_shift("r2");
    city.begin_shift("r3");
    const auto before = city.streams.log->all();
    REQUIRE(before.size() == 4);
    city.crash();
    city.streams.log->truncate(keep);
    SUBCASE("with answers that come") {}
    SUBCASE("with answers that are lost") {
      city.streams.log->inject({memory::fault::lose_answer, memory::fault::lose_request});
    }
    city.start();
    CHECK(city.node->running());
    const auto after = city.streams.log->all();
    REQUIRE(after.size() == before.size() + 1);
    for (std::size_t i = 0; i < before.size(); ++i) {
      CHECK(after[i].id == before[i].id);
      CHECK(after[i].body == before[i].body);
    }
  }
}

TEST_CASE("a log that ends before what another node has read is not opened") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.crash();
  auto process = process_of(city, "new");
  process.known_elsewhere = 3;
  const auto node = run(std::move(process));
  CHECK_FALSE(node->running());
  CHECK_FALSE(node->halted());
  CHECK(city.streams.log->last_sequence() == 2);
}

TEST_CASE("an input stream that lost its end is read again from where it is the same") {
  virtual_city city;
  city.start();
  for (int i = 1; i <= 4; ++i) {
    city.tell(
        "rider", "r" + std::to_string(i), "start_shift",
        R"({"vehicle":"VEHICLE_MOTORCYCLE","capacity":1,"at":{"latitude":7.1,"longitude":-73.1}})",
        "sender." + std::to_string(i));
  }
  city.crash();
  city.streams.in->truncate(2);
  const auto repeated = city.send("rider", "r4", "end_shift", "{}", "sender.5");
  CHECK(repeated == 3);
  SUBCASE("filled up less far than before") {}
  SUBCASE("filled up further than before") {
    city.send("rider", "r2", "end_shift", "{}", "sender.2"); // An id that is used already.
    city.send("rider", "r1", "end_shift", "{}", "sender.6");
  }
  city.start();
  REQUIRE(city.node->running());
  const auto opened = city.records().at(5);
  CHECK(opened.kind == record_kind::open);
  CHECK(opened.input_position == 2);
  CHECK(std::ranges::count(city.announced(), "rider.r4.shift_ended") == 1);
  CHECK(std::ranges::count(city.announced(), "rider.r2.shift_ended") == 0);
}

TEST_CASE("an input stream that has nothing in common with what was consumed is not read") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.crash();
  city.streams.in->recreate(city.clock->now());
  city.clock->advance(1s);
  city.send("rider", "r2", "end_shift");
  city.start();
  CHECK(city.node->halted());
  CHECK(city.node->cured_by() == cure::person);
  CHECK(city.node->cause().find("recreated") != std::string::npos);
}

TEST_CASE("a log that was continued behind a lost end is not opened") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.crash();
  city.streams.log->truncate(1);
  city.streams.out->truncate(1);
  auto continued = run(process_of(city, "new"));
  REQUIRE_FALSE(continued->halted());
  continued.reset();
  city.start();
  CHECK(city.node->halted());
  CHECK(city.node->cured_by() == cure::person);
}

TEST_CASE("a store that cannot be written while the log is read is opened anew") {
  virtual_city city;
  city.start();
  for (int i = 0; i < 100; ++i) {
    city.begin_shift("r" + std::to_string(i));
  }
  city.crash();
  const auto empty = std::make_shared<memory_store>();
  empty->fail_next_write("injected");
  {
    const auto node = run(process_of(city, "new", empty));
    REQUIRE(node->halted());
    CHECK(node->cured_by() == cure::reopening);
  }
  CHECK(run(process_of(city, "new", empty))->running());
}

} // namespace
