#include "tests/sqlite/support.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace dispatch;
using namespace dispatch::testing;

TEST_CASE("a failing write changes nothing, once") {
  memory_store store;
  store.fail_next_write("the disk is full");
  const auto failed = store.write(std::array{make_record(1, {make_row(order_ref("o1"), "a")})});
  REQUIRE_FALSE(failed);
  CHECK(failed.error().what == "the disk is full");
  CHECK(store.position()->number == 0);
  CHECK(store.write(std::array{make_record(1)}));
}

TEST_CASE("a crash takes back the newest records, and what was written behind them") {
  memory_store store;
  auto second_record = make_record(
      2, {make_row(order_ref("o1"), "b", "done", false), make_row(order_ref("o2"), "c")});
  second_record.applied = {applied("s.2", 2)};
  REQUIRE(store.write(std::array{make_record(1, {make_row(order_ref("o1"), "a")})}));
  REQUIRE(store.write_announced({1, 0, 1}));
  const auto live = live_entities(store);
  REQUIRE(store.write({&second_record, 1}));
  REQUIRE(store.write_announced({2, 0, 2}));

  CHECK(store.lose_last(1) == 1);
  CHECK(*store.position() == make_record(1).position);
  CHECK(*store.announced() == announced_position{1, 0, 1});
  CHECK(live_entities(store) == live);
  CHECK(*store.touched(order_ref("o1")) == std::vector<std::uint64_t>{1});
  CHECK_FALSE(*store.get(order_ref("o2")));
  CHECK_FALSE(*store.journal(2));
  CHECK(applied_since(store, second(0)).empty());
  CHECK(store.write({&second_record, 1}));
}

TEST_CASE("a crash loses nothing that was synced") {
  memory_store store;
  REQUIRE(store.write(std::array{make_record(1), make_record(2)}));
  store.sync();
  REQUIRE(store.write(std::array{make_record(3)}));
  CHECK(store.lose_last(10) == 1);
  CHECK(store.position()->number == 2);
}
