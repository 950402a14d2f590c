#include "tests/actors/checks.hpp"
#include "tests/support/virtual_city.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

/// Several orders in one offer, through a whole zone.
namespace {

using namespace dispatch;
using namespace dispatch::testing;
using namespace std::chrono_literals;

policy bundling() {
  policy policy;
  policy.bundle_orders_max = 2;
  policy.offer_ttl = 45s;
  return policy;
}

/// Two orders have been offered to one rider, together.
struct city_with_bundle : virtual_city {
  city_with_bundle() : virtual_city(bundling()) {
    start();
    begin_shift("r1", 7.1, -73.1, 2);
    node->advance(2s);
    send("order", "o1", "place", placing);
    send("order", "o2", "place", placing);
    node->advance(2s);
    REQUIRE(offer_of("r1").orders.size() == 2);
  }

  std::string offer_json() const { return R"({"offer":")" + offer_of("r1").id + R"("})"; }

  static constexpr auto placing =
      R"({"station":"s1","prepaid":true,"pick_up":{"latitude":7.1,"longitude":-73.1},)"
      R"("drop_off":{"latitude":7.101,"longitude":-73.1}})";
};

void check(const city_with_bundle& city) {
  check_audit(city);
  check_decided_again(city);
}

} // namespace

TEST_CASE("a rider accepts two orders at once, and delivers both on the offered route") {
  city_with_bundle city;
  const auto route = city.offer_of("r1").route;
  city.tell("rider", "r1", "accept", city.offer_json());
  CHECK(city.count_of("order.o1.assigned") == 1);
  CHECK(city.count_of("order.o2.assigned") == 1);
  for (const auto& s : route) {
    const auto order = R"({"order":")" + s.order + R"("})";
    city.tell("rider", "r1", "arrive", order);
    city.tell("rider", "r1", s.kind == stop_kind::pick_up ? "pick_up" : "deliver", order);
  }
  CHECK(city.count_of("order.o1.delivered") == 1);
  CHECK(city.count_of("order.o2.delivered") == 1);
  check(city);
}

TEST_CASE("two orders that are turned down together wait for others") {
  city_with_bundle city;
  SUBCASE("declined") { city.tell("rider", "r1", "decline", city.offer_json()); }
  SUBCASE("not answered") { city.node->advance(50s); }
  CHECK(city.count_of("order.o1.offer_lapsed") == 1);
  CHECK(city.count_of("order.o2.offer_lapsed") == 1);
  city.begin_shift("r2", 7.1, -73.1, 2);
  city.node->advance(2s);
  CHECK(city.offer_of("r2").orders.size() == 2);
  check(city);
}

TEST_CASE("one of two orders is cancelled, and the rider can have the other") {
  city_with_bundle city;
  city.tell("order", "o1", "cancel");
  city.tell("rider", "r1", "accept", city.offer_json());
  CHECK(city.count_of("order.o1.assigned") == 0);
  CHECK(city.count_of("order.o2.assigned") == 1);
  check(city);
}
