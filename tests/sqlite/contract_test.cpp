#include "messages/limits.hpp"
#include "tests/sqlite/support.hpp"

#include <doctest/doctest.h>

#include <array>
#include <memory>

// The contract of dispatch::store, run over each implementation.

using namespace dispatch;
using namespace dispatch::testing;

TEST_CASE_TEMPLATE("an empty store knows nothing", fixture, in_memory, in_sqlite) {
  fixture made;
  auto& store = made.get();
  CHECK(*store.position() == store_position{});
  CHECK(*store.announced() == announced_position{});
  CHECK(store.load(std::array{order_ref("o1")})->front() == std::nullopt);
  CHECK(live_entities(store).empty());
  CHECK(store.list(entity_kind::order, "", "", 10)->empty());
  CHECK_FALSE(*store.get(order_ref("o1")));
  CHECK(store.touched(order_ref("o1"))->empty());
  CHECK_FALSE(*store.journal(1));
}

TEST_CASE_TEMPLATE("what a record changes is read back", fixture, in_memory, in_sqlite) {
  fixture made;
  auto& store = made.get();
  auto first = make_record(
      1, {make_row(order_ref("o1"), std::string("a\0b", 3)), make_row(order_ref("o2"), "")});
  first.entities[1].deadline = std::nullopt;
  first.applied = {applied("s.1", 1)};
  first.waiting = {{"o1", waiting_reason::riders_busy}};
  REQUIRE(store.write({&first, 1}));

  CHECK(*store.position() == first.position);
  CHECK(*store.journal(1) == first.bytes);
  const auto states = *store.load(std::array{order_ref("o2"), order_ref("none"), order_ref("o1")});
  CHECK(states[0] == "");
  CHECK(states[1] == std::nullopt);
  CHECK(states[2] == first.entities[0].state);
  const auto found = **store.get(order_ref("o1"));
  CHECK(found.snapshot == first.entities[0]);
  CHECK(found.record == 1);
  CHECK(found.waiting == waiting_reason::riders_busy);
  CHECK((*store.get(order_ref("o2")))->snapshot == first.entities[1]);
  std::vector<applied_id> ids;
  REQUIRE(store.for_each_applied(second(0), [&](const applied_id& id) { ids.push_back(id); }));
  CHECK(ids == first.applied);
}

TEST_CASE_TEMPLATE("the announced position is separate", fixture, in_memory, in_sqlite) {
  fixture made;
  auto& store = made.get();
  REQUIRE(store.write_announced({4, 2, ~std::uint64_t{0}}));
  CHECK(*store.announced() == announced_position{4, 2, ~std::uint64_t{0}});
  const auto first = make_record(1);
  REQUIRE(store.write({&first, 1}));
  CHECK(store.announced()->number == 4);
}

TEST_CASE_TEMPLATE("what is being decided is noted until it has been", fixture, in_memory,
                   in_sqlite) {
  fixture made;
  auto& store = made.get();
  CHECK(*store.attempted() == std::nullopt);
  const attempted_command deadline{command_source::deadline, order_ref("o1"), 0, 7};
  REQUIRE(store.write_attempted(deadline));
  CHECK(*store.attempted() == deadline);
  const attempted_command input{command_source::input, {}, 12, 8};
  REQUIRE(store.write_attempted(input));
  CHECK(*store.attempted() == input);
  REQUIRE(store.write_attempted(std::nullopt));
  CHECK(*store.attempted() == std::nullopt);
}

TEST_CASE_TEMPLATE("only the next record is accepted", fixture, in_memory, in_sqlite) {
  fixture made;
  auto& store = made.get();
  REQUIRE(store.write(std::array{make_record(1), make_record(2)}));
  CHECK(store.write({}));
  CHECK_FALSE(store.write(std::array{make_record(2)}));
  CHECK_FALSE(store.write(std::array{make_record(4)}));
  CHECK_FALSE(
      store.write(std::array{make_record(3, {make_row(order_ref("o1"), "a")}), make_record(5)}));
  CHECK(store.position()->number == 2);
  CHECK_FALSE(*store.get(order_ref("o1")));
  CHECK(store.write(std::array{make_record(3)}));
}

TEST_CASE_TEMPLATE("several records at once equal one by one", fixture, in_memory, in_sqlite) {
  fixture made;
  auto& store = made.get();
  auto third = make_record(3, {make_row(order_ref("o1"), "c")});
  third.waiting = {{"o2", waiting_reason::riders_busy}};
  REQUIRE(store.write(std::array{make_record(1, {make_row(order_ref("o1"), "a")}),
                                 make_record(2, {make_row(order_ref("o2"), "b")}), third}));
  CHECK(*store.touched(order_ref("o1")) == std::vector<std::uint64_t>{1, 3});
  CHECK((*store.get(order_ref("o1")))->record == 3);
  CHECK((*store.get(order_ref("o2")))->record == 2);
  CHECK(live_entities(store) == std::vector<std::string>{"order/o1=c:0", "order/o2=b:7"});
}

TEST_CASE_TEMPLATE("a waiting reason stays until the next or the end", fixture, in_memory,
                   in_sqlite) {
  fixture made;
  auto& store = made.get();
  auto first = make_record(1, {make_row(order_ref("o1"), "a")});
  first.waiting = {{"o1", waiting_reason::too_early}, {"none", waiting_reason::too_early}};
  REQUIRE(store.write({&first, 1}));
  REQUIRE(store.write(std::array{make_record(2, {make_row(order_ref("o1"), "b")})}));
  CHECK((*store.get(order_ref("o1")))->waiting == waiting_reason::too_early);
  CHECK_FALSE(*store.get(order_ref("none")));

  SUBCASE("the next") {
    auto third = make_record(3);
    third.waiting = {{"o1", waiting_reason::riders_busy}};
    REQUIRE(store.write({&third, 1}));
    CHECK((*store.get(order_ref("o1")))->waiting == waiting_reason::riders_busy);
    CHECK(*store.touched(order_ref("o1")) == std::vector<std::uint64_t>{1, 2, 3});
  }
  SUBCASE("the end, and a return") {
    REQUIRE(
        store.write(std::array{make_record(3, {make_row(order_ref("o1"), "c", "delivered", false)}),
                               make_record(4, {make_row(order_ref("o1"), "d")})}));
    CHECK(live_entities(store) == std::vector<std::string>{"order/o1=d:0"});
  }
}

TEST_CASE_TEMPLATE("final entities are not live but known", fixture, in_memory, in_sqlite) {
  fixture made;
  auto& store = made.get();
  REQUIRE(store.write(std::array{
      make_record(1, {make_row({entity_kind::rider, "r1"}, "r"), make_row(order_ref("o2"), "b"),
                      make_row(order_ref("o1"), "a")})}));
  CHECK(live_entities(store) ==
        std::vector<std::string>{"order/o1=a:0", "order/o2=b:0", "rider/r1=r:0"});
  REQUIRE(store.write(
      std::array{make_record(2, {make_row(order_ref("o1"), "z", "delivered", false)})}));
  CHECK(live_entities(store) == std::vector<std::string>{"order/o2=b:0", "rider/r1=r:0"});
  CHECK((*store.get(order_ref("o1")))->snapshot ==
        make_row(order_ref("o1"), "z", "delivered", false));
  REQUIRE(store.write(std::array{make_record(3, {make_row(order_ref("o1"), "y")})}));
  CHECK(live_entities(store).front() == "order/o1=y:0");
}

TEST_CASE_TEMPLATE("a listing is in id order, by status and page", fixture, in_memory, in_sqlite) {
  fixture made;
  auto& store = made.get();
  REQUIRE(store.write(std::array{make_record(
      1, {make_row(order_ref("d"), "", "late", false), make_row(order_ref("b"), "", "late"),
          make_row(order_ref("a"), ""), make_row(order_ref("c"), "", "late"),
          make_row({entity_kind::rider, "a"}, "", "late")})}));
  const auto ids = [&](std::string_view status, std::string_view after, std::size_t limit) {
    std::string all;
    const auto page = *store.list(entity_kind::order, status, after, limit);
    for (const auto& found : page) {
      all += found.snapshot.entity.id;
    }
    return all;
  };
  CHECK(ids("", "", 10) == "abcd");
  CHECK(ids("", "b", 10) == "cd");
  CHECK(ids("", "", 3) == "abc");
  CHECK(ids("late", "", 10) == "bcd");
  CHECK(ids("late", "b", 10) == "cd");
  CHECK(ids("late", "", 2) == "bc");
  CHECK(ids("late", "", 0).empty());
  CHECK(ids("none", "", 10).empty());
}

TEST_CASE_TEMPLATE("riders who leave are listed as they come and go", fixture, in_memory,
                   in_sqlite) {
  fixture made;
  auto& store = made.get();
  const auto row = [](const char* id, const char* status) {
    return make_row({entity_kind::rider, id}, "", status);
  };
  REQUIRE(store.write(
      std::array{make_record(1, {row("a", "idle"), row("d", "leaving"), row("b", "leaving"),
                                 row("c", "leaving"), make_row(order_ref("e"), "", "leaving")})}));
  const auto leaving = [&](std::string_view after, std::size_t limit) {
    std::string all;
    const auto page = *store.list(entity_kind::rider, "leaving", after, limit);
    for (const auto& found : page) {
      all += found.snapshot.entity.id;
    }
    return all;
  };
  CHECK(leaving("", 10) == "bcd");
  CHECK(leaving("b", 10) == "cd");
  CHECK(leaving("", 2) == "bc");
  REQUIRE(store.write(std::array{make_record(2, {row("a", "leaving"), row("c", "off_shift")})}));
  CHECK(leaving("", 10) == "abd");
}

TEST_CASE_TEMPLATE("history keeps the newest records", fixture, in_memory, in_sqlite) {
  fixture made;
  auto& store = made.get();
  const auto total = std::uint64_t{limits::records_per_entity} + 5;
  std::vector<materialisation> rest;
  for (auto number = std::uint64_t{1}; number <= total; ++number) {
    rest.push_back(make_record(number, {make_row(order_ref("o1"), "a")}));
  }

  SUBCASE("in one write") { REQUIRE(store.write(rest)); }
  SUBCASE("in single writes") {
    for (const auto& one : rest) {
      REQUIRE(store.write({&one, 1}));
    }
  }
  const auto numbers = *store.touched(order_ref("o1"));
  REQUIRE(numbers.size() == limits::records_per_entity);
  CHECK(numbers.front() == 6);
  CHECK(numbers.back() == total);
}

TEST_CASE_TEMPLATE("forget trims ids and journal", fixture, in_memory, in_sqlite) {
  fixture made;
  auto& store = made.get();
  for (auto number = std::uint64_t{1}; number <= 4; ++number) {
    auto next = make_record(number);
    next.applied = {applied(std::string{"s."} + std::to_string(number), number)};
    REQUIRE(store.write({&next, 1}));
  }
  CHECK(applied_since(store, second(3)) == std::vector<std::string>{"s.3", "s.4"});
  REQUIRE(store.forget(second(2), 3));
  CHECK(applied_since(store, second(0)) == std::vector<std::string>{"s.2", "s.3", "s.4"});
  CHECK_FALSE(*store.journal(2));
  CHECK(*store.journal(3) == make_record(3).bytes);
  REQUIRE(store.forget(second(100), 100));
  CHECK(applied_since(store, second(0)).empty());
  CHECK_FALSE(*store.journal(4));
  CHECK(store.position()->number == 4);
}
