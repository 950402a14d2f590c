#include "tests/actors/checks.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

/// Riders who stop working, through a whole zone: turns, log, restarts.
namespace {

using namespace dispatch;
using namespace dispatch::testing;
using namespace std::chrono_literals;

std::string order_json(const std::string& id) { return R"({"order":")" + id + R"("})"; }

/// The order is on board of the rider.
void carry(virtual_city& city, const std::string& rider, const std::string& order) {
  city.node->advance(2s);
  REQUIRE(city.offer_of(rider).orders == std::vector<std::string>{order});
  city.tell("rider", rider, "accept", R"({"offer":")" + city.offer_of(rider).id + R"("})");
  city.tell("rider", rider, "arrive", order_json(order));
  city.tell("rider", rider, "pick_up", order_json(order));
  REQUIRE(city.announced().back() == "order." + order + ".picked_up");
}

} // namespace

TEST_CASE("a breakdown and a cancel of what is on board, in one turn, count in the order given") {
  for (const auto breakdown_first : {true, false}) {
    virtual_city city;
    city.start();
    city.begin_shift("r1");
    city.place("o1");
    carry(city, "r1", "o1");
    const auto break_down = [&] { city.send("rider", "r1", "report_breakdown"); };
    const auto cancel = [&] { city.send("order", "o1", "cancel"); };
    if (breakdown_first) {
      break_down();
      cancel();
    } else {
      cancel();
      break_down();
    }
    city.node->run();
    city.node->advance(1s);
    CHECK(city.count_of("order.o1.stranded") == (breakdown_first ? 1 : 0));
    CHECK(city.count_of("order.o1.cancelled") == (breakdown_first ? 1 : 0));
    CHECK(city.count_of("order.o1.returning") == (breakdown_first ? 0 : 1));
    check_audit(city);
  }
}

TEST_CASE("another rider fetches what a broken vehicle has on board, also after a restart") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.place("o1");
  carry(city, "r1", "o1");
  city.tell("rider", "r1", "report_breakdown", R"({"reason":"flat tyre"})");
  CHECK(city.count_of("rider.r1.shift_ended") == 1);
  city.start();
  city.begin_shift("r2");
  carry(city, "r2", "o1");
  city.tell("rider", "r2", "arrive", order_json("o1"));
  city.tell("rider", "r2", "deliver", order_json("o1"));
  CHECK(city.count_of("order.o1.delivered") == 1);
  check_audit(city);
}

TEST_CASE("a shift ends by itself, through a restart, and once") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.node->advance(1s);
  city.clock->advance(city.policy.shift_max - 10s);
  city.start();
  city.node->advance(2s);
  CHECK(city.count_of("rider.r1.shift_ended") == 0);
  city.node->advance(20s);
  CHECK(city.count_of("rider.r1.shift_ended") == 1);
  city.place("o1");
  city.node->advance(2s);
  CHECK(city.count_of("order.o1.offered") == 0);
  check_audit(city);
}

TEST_CASE("a rider who ignores offers is sent on a break, and asked again when it is over") {
  policy policy;
  policy.ignored_offers_max = 1;
  policy.offer_ttl = 5s;
  virtual_city city{policy};
  city.start();
  city.begin_shift("r1");
  city.place("o1");
  city.node->advance(10s);
  CHECK(city.count_of("rider.r1.offer_expired") == 1);
  CHECK(city.count_of("rider.r1.break_started") == 1);
  city.place("o2");
  city.node->advance(5s);
  CHECK(city.count_of("order.o2.offered") == 0);
  city.tell("rider", "r1", "end_break");
  city.node->advance(2s);
  CHECK(city.count_of("order.o2.offered") == 1);
  check_audit(city);
}
