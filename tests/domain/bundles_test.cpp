#include "actors/domain/route.hpp"
#include "tests/domain/city.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace dispatch;
using namespace dispatch::domain;

/// Several orders in one offer.
namespace {

const auto here = metres(0, 0);

policy bundling(std::uint32_t orders, std::chrono::seconds detour = 1200s) {
  policy policy;
  policy.bundle_orders_max = orders;
  policy.bundle_detour_max = detour;
  return policy;
}

/// From `pick_up` one kilometre to the north.
std::shared_ptr<order> order_at(place pick_up, timestamp placed = dawn) {
  auto o = waiting_order(pick_up, placed);
  o->details.drop_off = {pick_up.latitude + 0.009, pick_up.longitude};
  return o;
}

/// Three orders at one place, and one rider with room for them.
city given_three_orders_and_a_rider(policy policy) {
  city c{std::move(policy)};
  c.see("a", order_at(here, dawn - 3min));
  c.see("b", order_at(metres(-20, 0), dawn - 2min));
  c.see("c", order_at(metres(-40, 0), dawn - 1min));
  auto r = idle_rider(metres(300, 0));
  r->capacity = 3;
  c.see("r1", r);
  return c;
}

} // namespace

TEST_CASE("bundles: where there are fewer riders than orders, several go into one offer") {
  const auto offered = [](std::uint32_t most) {
    return to_line(given_three_orders_and_a_rider(bundling(most)).match(dawn));
  };
  CHECK(offered(1) == "a->r1");
  CHECK(offered(2) == "a->r1 b->r1");
  CHECK(offered(3) == "a->r1 b->r1 c->r1");

  auto c = given_three_orders_and_a_rider(bundling(3));
  const auto p = c.match(dawn);
  REQUIRE(p.proposals.size() == 1);
  const auto& made = p.proposals[0];
  CHECK(orders_on(made.offer.route) == 3);
  CHECK(made.orders.size() == 3);
  CHECK(made.orders[1].order == "b");
  REQUIRE(p.decisions.size() == 3);
  for (const auto& d : p.decisions) {
    CHECK(d.rider == "r1");
    CHECK(d.offer == made.offer.id);
    CHECK(d.candidates.at(0).rider == "r1");
  }
  CHECK_FALSE(c.match(dawn + 1s).proposals.empty()); // Not taken up: all are looked at again.
}

TEST_CASE("bundles: whoever can have a rider alone has one") {
  auto c = given_three_orders_and_a_rider(bundling(3));
  c.see("r2", idle_rider(metres(2000, 0)));
  c.see("r3", idle_rider(metres(3000, 0)));
  const auto p = c.match(dawn);
  CHECK(p.proposals.size() == 3);
  CHECK(std::ranges::all_of(p.proposals, [](const auto& one) { return one.orders.size() == 1; }));
}

TEST_CASE("bundles: each goes where it lengthens the rides least, and nowhere if by too much") {
  city c{bundling(2)};
  c.see("a", order_at(here, dawn - 3min));
  c.see("b", order_at(metres(4000, 0), dawn - 2min));
  c.see("c", order_at(metres(3900, 0), dawn - 1min));
  for (const auto* id : {"r1", "r2"}) {
    auto r = idle_rider(id == std::string{"r1"} ? here : metres(4000, 0));
    c.see(id, r);
  }
  const auto p = c.match(dawn);
  REQUIRE(p.proposals.size() == 2);
  const auto with_two =
      std::ranges::find_if(p.proposals, [](const proposal& one) { return one.orders.size() == 2; });
  REQUIRE(with_two != p.proposals.end());
  CHECK(with_two->rider == "r2");

  city strict{bundling(2, 10s)};
  strict.see("a", order_at(here, dawn - 3min));
  strict.see("b", order_at(metres(600, 0), dawn - 2min));
  strict.see("r1", idle_rider(here));
  const auto alone = strict.match(dawn);
  CHECK(to_line(alone) == "a->r1");
  CHECK(alone.decisions.at(1).waiting == waiting_reason::riders_busy);
}

TEST_CASE("bundles: capacity, the orders of a route and the end of a shift hold") {
  SUBCASE("capacity: two on board at once cannot be, one after the other is too long a way") {
    auto c = given_three_orders_and_a_rider(bundling(3, 100s));
    auto r = idle_rider(metres(300, 0));
    r->capacity = 1;
    c.see("r1", r);
    CHECK(to_line(c.match(dawn)) == "a->r1");
  }
  SUBCASE("orders on a route") {
    auto policy = bundling(3);
    policy.route_orders_max = 2;
    CHECK(to_line(given_three_orders_and_a_rider(policy).match(dawn)) == "a->r1 b->r1");
  }
  SUBCASE("the end of the shift") {
    auto policy = bundling(3);
    policy.overtime = 0s;
    auto c = given_three_orders_and_a_rider(policy);
    auto r = idle_rider(metres(300, 0));
    r->capacity = 3;
    r->ends_at = dawn + 10min; // One order takes 8 minutes, two take 12.
    c.see("r1", r);
    CHECK(to_line(c.match(dawn)) == "a->r1");
  }
}

TEST_CASE("bundles: high priority rides along first") {
  auto c = given_three_orders_and_a_rider(bundling(2));
  auto o = order_at(here, dawn);
  o->details.priority = 5;
  c.see("d", o);
  auto urgent = order_at(here, dawn - 1min);
  urgent->details.priority = 3;
  c.see("c", urgent);
  CHECK(to_line(c.match(dawn)) == "d->r1 c->r1");
}

TEST_CASE("bundles: what riders passed on or may not carry does not ride along") {
  auto c = given_three_orders_and_a_rider(bundling(3));
  auto passed = order_at(here, dawn - 2min);
  passed->passed = {"r1"};
  c.see("b", passed);
  auto special = order_at(here, dawn - 1min);
  special->details.skills = {"hazardous"};
  c.see("c", special);
  CHECK(to_line(c.match(dawn)) == "a->r1");
}

TEST_CASE("bundles: rules hold for all that the rider would have") {
  const auto offered = [](const std::string& when) {
    auto policy = bundling(3);
    policy.rules = {{.name = "no-more", .when = when, .forbid = true, .cost_s = {}, .group = {}}};
    auto c = given_three_orders_and_a_rider(policy);
    auto hazardous = order_at(here, dawn - 3min);
    hazardous->details.priority = 1;
    c.see("a", hazardous);
    return to_line(c.match(dawn));
  };
  CHECK(offered("rider_load + order_load > 1") == "a->r1");
  CHECK(offered("rider_load + order_load > 2") == "a->r1 b->r1");
  CHECK(offered("rider_orders >= 2") == "a->r1 b->r1");
  // Of the order that the offer was made for, too.
  CHECK(offered("order_priority == 1 && rider_orders > 0") == "a->r1");
}

TEST_CASE("bundles: nothing rides along with an operator's assignment") {
  auto c = given_three_orders_and_a_rider(bundling(3));
  auto wished = order_at(here, dawn - 3min);
  wished->requested_rider = "r1";
  c.see("a", wished);
  CHECK(to_line(c.match(dawn)) == "a=>r1");
}

TEST_CASE("bundles: each order has its goods, and together no more than there are") {
  city c{bundling(3)};
  station s{true, true, here, std::nullopt};
  s.stock = {{"gas", 2, 0, 0, false}};
  c.desk.observe({entity_kind::station, "s1"}, std::make_shared<const station>(s));
  for (const auto* id : {"a", "b", "c"}) {
    auto o = order_at(here);
    o->details.station.clear();
    o->details.items = {{"gas", 1}};
    o->any_station = true;
    c.see(id, o);
  }
  auto r = idle_rider(metres(300, 0));
  r->capacity = 3;
  c.see("r1", r);
  const auto p = c.match(dawn);
  REQUIRE(p.proposals.size() == 1);
  CHECK(p.proposals[0].orders.size() == 2);
  for (const auto& terms : p.proposals.at(0).orders) {
    REQUIRE(terms.wants);
    CHECK(terms.wants->station == "s1");
    CHECK(terms.wants->items == std::vector<goods>{{"gas", 1}});
    CHECK(terms.from == chosen_station{"s1", here});
  }
}

TEST_CASE("bundles: the rider has more time for those whose way they lengthen") {
  const auto first_of = [](std::uint32_t most) {
    auto policy = bundling(most);
    policy.late_after = 10min;
    return given_three_orders_and_a_rider(policy).match(dawn).proposals.at(0).orders.at(0);
  };
  REQUIRE(first_of(1).pick_up_by);
  CHECK(*first_of(3).pick_up_by > *first_of(1).pick_up_by);
}
