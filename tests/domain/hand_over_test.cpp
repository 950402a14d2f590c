#include "tests/domain/turns.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

/// Goods that a rider has come for.
using namespace dispatch;
using namespace dispatch::domain;

namespace {

const std::vector<goods> one_gas{{"gas", 1}};

small_zone::input counted(std::uint32_t gas) {
  return to_station("s1", report_stock{{{"gas", gas, 0}}});
}

/// Orders `a`, `b` and so on of one cylinder each, assigned to the riders `ra`, `rb` and so on.
small_zone given_assigned(const std::string& orders, std::uint32_t gas,
                          const std::map<char, std::uint32_t>& pieces = {}) {
  small_zone z;
  z.settle(to_station("s1", open_station{metres(0, 0)}), counted(gas));
  for (const auto name : orders) {
    const std::string id{name};
    const auto several = pieces.find(name);
    auto o = simple_order();
    o.items = {{"gas", several == pieces.end() ? 1 : several->second}};
    z.settle(to_order(id, o), to_rider("r" + id, start_shift{vehicle::car, 2, metres(0, 0)}));
    proposal p{
        "r" + id,
        {"f" + id, {id}, {pick_up_of(id, o.pick_up), drop_off_of(id, o.drop_off)}, z.now + 5min}};
    p.orders = {
        {id, wanted_goods{"s1", o.items, z.now + 5min}, chosen_station{"s1", metres(0, 0)}}};
    REQUIRE(z.propose(p));
    z.settle(to_rider("r" + id, accept_offer{"f" + id}));
    REQUIRE(z.orders.at(id).status == order_status::assigned);
  }
  return z;
}

void arrive(small_zone& z, const std::string& order) {
  z.settle(to_rider("r" + order, arrive_at_stop{order}));
}

void collect(small_zone& z, const std::string& order) {
  z.settle(to_rider("r" + order, pick_up_order{order}));
}

const stock_level& gas_of(const small_zone& z) { return z.stations.at("s1").stock.front(); }

} // namespace

TEST_CASE("hand-over: goods are not given up while their rider stands there") {
  auto z = given_assigned("a", 3);
  arrive(z, "a");
  CHECK_FALSE(deadline(z.stations.at("s1")));
  z.now += 1h;
  z.settle(to_station("s1", pass_deadline{}));
  CHECK(z.orders.at("a").status == order_status::assigned);
  collect(z, "a");
  CHECK(z.orders.at("a").status == order_status::picked_up);
  CHECK(gas_of(z) == stock_level{"gas", 2, 0, 0, false});
}

TEST_CASE("hand-over: a piece that was lifted is missing in the count, and taken once") {
  auto z = given_assigned("a", 1);
  arrive(z, "a");
  z.settle(counted(0));
  CHECK(z.orders.at("a").status == order_status::assigned);
  CHECK(gas_of(z) == stock_level{"gas", 0, 0, 0, false});
  collect(z, "a");
  CHECK(z.orders.at("a").status == order_status::picked_up);
  CHECK(gas_of(z) == stock_level{"gas", 0, 0, 0, false});
}

TEST_CASE("hand-over: a count that still has the piece leaves it to be taken") {
  auto z = given_assigned("a", 5);
  arrive(z, "a");
  z.settle(counted(5));
  collect(z, "a");
  CHECK(gas_of(z).on_hand == 4);
}

TEST_CASE("hand-over: of several, as many are counted out as pieces are missing") {
  auto z = given_assigned("abc", 4);
  arrive(z, "a");
  arrive(z, "b");
  z.settle(counted(3));
  collect(z, "a");
  collect(z, "b");
  CHECK(gas_of(z) == stock_level{"gas", 2, 1, 0, false});
  collect(z, "c");
  CHECK(z.orders.at("c").status == order_status::assigned); // Its rider has not come.
}

TEST_CASE("hand-over: it is those whose pieces are missing, where one has more than another") {
  auto z = given_assigned("ab", 3, {{'b', 2}});
  arrive(z, "a");
  arrive(z, "b");
  SUBCASE("the two of one") {
    z.settle(counted(1));
    CHECK(gas_of(z) == stock_level{"gas", 1, 1, 0, false});
  }
  SUBCASE("the one of the other") {
    z.settle(counted(2));
    CHECK(gas_of(z) == stock_level{"gas", 2, 2, 0, false});
  }
}

TEST_CASE("hand-over: a count below all promises takes the orders of those who have not come") {
  auto z = given_assigned("abc", 3);
  arrive(z, "c");
  z.settle(counted(0));
  CHECK(z.orders.at("a").status == order_status::waiting);
  CHECK(z.orders.at("b").status == order_status::waiting);
  CHECK(z.orders.at("c").status == order_status::assigned);
  CHECK(gas_of(z) == stock_level{"gas", 0, 0, 0, false});
}

TEST_CASE("hand-over: a rider who goes without the goods leaves them with their time anew") {
  auto z = given_assigned("a", 3);
  arrive(z, "a");
  z.now += 20min;
  z.settle(to_order("a", unassign_order{"why"}, true));
  CHECK(z.orders.at("a").status == order_status::waiting);
  CHECK(deadline(z.stations.at("s1")) == z.now + z.policy.reservation_ttl);
  CHECK(gas_of(z).reserved == 1);
}

TEST_CASE(
    "hand-over: a rider who goes when the piece was counted out leaves the order without it") {
  auto z = given_assigned("a", 1);
  arrive(z, "a");
  z.settle(counted(0));
  z.settle(to_order("a", unassign_order{"why"}, true));
  CHECK(z.orders.at("a").status == order_status::waiting);
  CHECK_FALSE(z.orders.at("a").sourced);
  CHECK(z.stations.at("s1").reservations.empty());
  CHECK(gas_of(z) == stock_level{"gas", 0, 0, 0, false});
}

TEST_CASE("hand-over: a cancelled order leaves what was counted") {
  auto z = given_assigned("ab", 2);
  arrive(z, "a");
  z.settle(counted(1));
  z.settle(to_order("a", cancel_order{"why"}));
  CHECK(gas_of(z) == stock_level{"gas", 1, 1, 0, false});
}
