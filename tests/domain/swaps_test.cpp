#include "actors/domain/route.hpp"
#include "messages/limits.hpp"
#include "tests/domain/city.hpp"
#include "tests/domain/turns.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace dispatch;
using namespace dispatch::domain;

/// A better rider for an order that has one.
namespace {

/// The order a is bound to r1, who delivers b first; r2 considers it.
small_zone given_a_better_rider(const std::string& route_of_r1 = "+b -b +a -a") {
  small_zone z;
  z.settle(to_order("a", simple_order()), to_order("b", simple_order()),
           to_rider("r1", start_shift{vehicle::car, 2, metres(0, 0)}),
           to_rider("r2", start_shift{vehicle::car, 2, metres(0, 0)}));
  REQUIRE(z.propose({"r1", {"o1", {"a", "b"}, route_of(route_of_r1), dawn + 45s}, false}));
  z.settle(to_rider("r1", accept_offer{"o1"}));
  proposal better{"r2", {"o2", {"a"}, route_of("+a -a"), dawn + 45s}, false};
  better.instead_of = "r1";
  REQUIRE(z.propose(better));
  REQUIRE(status_name(z.orders["a"]) == "assigned");
  REQUIRE(z.orders["a"].rider == "r1");
  return z;
}

std::string names_behind(const small_zone& z, std::size_t from) {
  std::string line;
  for (auto i = from; i < z.events.size(); ++i) {
    line += (line.empty() ? "" : " ") + std::string{event_name(z.events[i].body)};
  }
  return line;
}

/// r1 has the order still, and r2 nothing.
void check_kept(small_zone& z) {
  CHECK(z.orders["a"].rider == "r1");
  CHECK(z.orders["a"].also_asked.empty());
  CHECK(z.orders["a"].swaps == 0);
  CHECK(z.orders["a"].assignments == 1);
  CHECK(has_stop(z.riders["r1"].route, stop_kind::drop_off, "a"));
  CHECK(z.riders["r2"].route.empty());
  CHECK(status_name(z.riders["r2"]) == "idle");
}

} // namespace

TEST_CASE("swap: it changes hands when the other one accepts, and not before") {
  auto z = given_a_better_rider();
  const auto before = z.events.size();
  CHECK(z.settle(to_rider("r2", accept_offer{"o2"})) == 4);
  CHECK(names_behind(z, before) == "offer_accepted yield_asked order_yielded unassigned assigned");
  const auto& o = z.orders["a"];
  CHECK(status_name(o) == "assigned");
  CHECK(o.rider == "r2");
  CHECK(o.offer == "o2");
  CHECK(o.assignments == 2);
  CHECK(o.swaps == 1);
  CHECK(o.passed.empty());
  CHECK(to_line(z.riders["r1"].route) == "+b -b");
  CHECK(to_line(z.riders["r2"].route) == "+a -a");
}

TEST_CASE("swap: with goods, the reservation goes along") {
  small_zone z;
  auto wanted = simple_order();
  wanted.items = {{"gas", 1}};
  z.settle(to_station("s1", open_station{metres(0, 0)}),
           to_station("s1", report_stock{{{"gas", 3, std::nullopt}}}), to_order("a", wanted),
           to_order("b", simple_order()),
           to_rider("r1", start_shift{vehicle::car, 2, metres(0, 0)}),
           to_rider("r2", start_shift{vehicle::car, 2, metres(0, 0)}));
  proposal both{"r1", {"o1", {"b", "a"}, route_of("+b -b +a -a"), dawn + 45s}, false};
  both.orders = {
      {"b"},
      {"a", wanted_goods{"s1", wanted.items, dawn + 1h}, chosen_station{"s1", metres(0, 0)}}};
  REQUIRE(z.propose(both));
  z.settle(to_rider("r1", accept_offer{"o1"}));
  proposal better{"r2", {"o2", {"a"}, route_of("+a -a"), dawn + 45s}, false};
  better.instead_of = "r1";
  REQUIRE(z.propose(better));
  const auto held = z.stations["s1"];
  z.settle(to_rider("r2", accept_offer{"o2"}));
  CHECK(z.orders["a"].rider == "r2");
  CHECK(z.orders["a"].sourced);
  CHECK(z.stations["s1"] == held);
}

TEST_CASE("swap: who is at the pick-up, or has it on board, keeps it, whoever speaks first") {
  for (const auto r2_first : {true, false}) {
    for (const auto collects : {true, false}) {
      CAPTURE(r2_first);
      CAPTURE(collects);
      auto z = given_a_better_rider("+a +b -a -b");
      std::vector<small_zone::input> said{to_rider("r1", arrive_at_stop{"a"})};
      if (collects) {
        said.push_back(to_rider("r1", pick_up_order{"a"}));
      }
      said.insert(r2_first ? said.begin() : said.end(), to_rider("r2", accept_offer{"o2"}));
      z.settle_all(said);
      check_kept(z);
      CHECK(status_name(z.orders["a"]) == (collects ? "picked_up" : "assigned"));
    }
  }
}

TEST_CASE("swap: who comes to the pick-up ends the other offer") {
  auto z = given_a_better_rider("+a +b -a -b");
  z.settle(to_rider("r1", arrive_at_stop{"a"}));
  check_kept(z);
  CHECK(z.riders["r2"].ignored_offers == 0);
}

TEST_CASE("swap: on the way to the pick-up it can be yielded") {
  auto z = given_a_better_rider("+a +b -a -b");
  z.settle(to_rider("r2", accept_offer{"o2"}));
  CHECK(z.orders["a"].rider == "r2");
  CHECK(to_line(z.riders["r1"].route) == "+b -b");
}

TEST_CASE("swap: the other one does not want it") {
  for (const auto late : {true, false}) {
    auto z = given_a_better_rider();
    if (late) {
      z.now = dawn + 1min;
    }
    z.settle(late ? to_rider("r2", pass_deadline{}) : to_rider("r2", decline_offer{"o2", "far"}));
    check_kept(z);
    CHECK(z.orders["a"].passed.empty());
    CHECK(z.orders["a"].lapses.empty());
    CHECK(z.orders["a"].offers == 1);
  }
}

TEST_CASE("swap: whatever takes the order away in the turn of the acceptance frees both") {
  const std::vector<std::pair<std::string, small_zone::input>> all{
      {"waiting", to_rider("r1", report_breakdown{"flat tyre"})},
      {"waiting", to_rider("r1", end_shift{true})},
      {"waiting", to_order("a", unassign_order{"why"}, true)},
      {"cancelled", to_order("a", cancel_order{"why"})},
  };
  for (const auto& [status, what] : all) {
    for (const auto accept_first : {true, false}) {
      CAPTURE(status);
      CAPTURE(accept_first);
      auto z = given_a_better_rider();
      const auto accept = to_rider("r2", accept_offer{"o2"});
      accept_first ? z.settle(accept, what) : z.settle(what, accept);
      CHECK(status_name(z.orders["a"]) == status);
      CHECK_FALSE(has_stop(z.riders["r1"].route, stop_kind::drop_off, "a"));
      CHECK(z.riders["r2"].route.empty());
      CHECK_FALSE(z.riders["r2"].open_offer);
    }
  }
}

TEST_CASE("swap: whatever takes the order away while the other one thinks ends that offer") {
  for (const auto& what :
       {to_rider("r1", report_breakdown{"flat tyre"}), to_order("a", unassign_order{"why"}, true),
        to_order("a", cancel_order{"why"})}) {
    auto z = given_a_better_rider();
    z.settle(what);
    CHECK(status_name(z.riders["r2"]) == "idle");
    CHECK(z.orders["a"].also_asked.empty());
    CHECK(z.orders["a"].rider.empty());
  }
}

TEST_CASE("swap: what an operator wants goes first, and takes the order from nobody yet") {
  for (const std::string named : {"r2", "r3"}) {
    for (const auto accept_first : {true, false}) {
      CAPTURE(named);
      CAPTURE(accept_first);
      auto z = given_a_better_rider();
      const auto accept = to_rider("r2", accept_offer{"o2"});
      const auto wish = to_order("a", assign_order{named}, true);
      accept_first ? z.settle(accept, wish) : z.settle(wish, accept);
      const auto& o = z.orders["a"];
      const auto swapped = named == "r2"; // Who was named has it.
      CHECK(o.rider == (swapped ? "r2" : "r1"));
      CHECK(o.requested_rider == (swapped ? "" : named));
      CHECK(o.also_asked.empty());
      CHECK_FALSE(z.riders["r2"].open_offer);
      CHECK(has_stop(z.riders["r1"].route, stop_kind::drop_off, "a") != swapped);
      CHECK(has_stop(z.riders["r2"].route, stop_kind::drop_off, "a") == swapped);
    }
  }
}

TEST_CASE("swap: an operator who names another rider ends no offer before that one has the order") {
  auto z = given_a_better_rider();
  z.settle(to_order("a", assign_order{"r3"}, true));
  CHECK(z.riders["r2"].open_offer);
  CHECK(z.orders["a"].also_asked.size() == 1);
  z.settle(to_order("a", confirm_order{"o3", "r3"}));
  CHECK(z.orders["a"].rider == "r3");
  CHECK(z.orders["a"].also_asked.empty());
  CHECK_FALSE(z.riders["r2"].open_offer);
  CHECK_FALSE(has_stop(z.riders["r1"].route, stop_kind::drop_off, "a"));
}

namespace {

policy swapping() {
  policy policy;
  policy.swap_gain = 300s;
  return policy;
}

/// r1 has it since dawn.
std::shared_ptr<order> assigned_order() {
  auto a = waiting_order(metres(0, 0));
  a->status = order_status::assigned;
  a->rider = "r1";
  a->offer = "f0-0";
  a->assigned_at = dawn;
  a->assignments = 1;
  return a;
}

/// r1 is to deliver x far away before it comes for a, and r2 is idle beside a.
city given_a_far_rider(policy policy = swapping(), std::uint32_t swaps = 0) {
  city c(std::move(policy));
  auto a = assigned_order();
  a->swaps = swaps;
  auto r1 = idle_rider(metres(8000, 0));
  r1->route = {pick_up_of("x", metres(8100, 0)), drop_off_of("x", metres(4000, 0)),
               pick_up_of("a", metres(0, 0)), drop_off_of("a", metres(0, 1000))};
  r1->frozen = 1;
  c.see("r1", r1);
  c.see("a", a);
  c.see("r2", idle_rider(metres(200, 0), dawn + 1min));
  c.desk.commit();
  return c;
}

} // namespace

TEST_CASE("dispatcher: an assigned order is offered to who is much better, after a pause") {
  auto c = given_a_far_rider();
  CHECK(c.desk.next_due() == dawn + 120s);
  CHECK_FALSE(c.match(dawn + 119s).ran);
  const auto p = c.match(dawn + 120s);
  REQUIRE(to_line(p) == "a->r2");
  CHECK(p.proposals[0].instead_of == "r1");
  CHECK_FALSE(p.proposals[0].orders.at(0).wants);
  REQUIRE(p.decisions.size() == 1);
  const auto& d = p.decisions[0];
  CHECK(d.rider == "r2");
  CHECK(d.offer == p.proposals[0].offer.id);
  REQUIRE(d.swap_from);
  CHECK(d.swap_from->rider == "r1");
  CHECK(d.swap_from->travel_s > d.candidates.at(0).travel_s + 300);
  CHECK(d.swap_from->rider_wait_s == 0.0); // The order is ready before its rider is there.
  CHECK(d.swap_from->order_wait_s > 0.0);
  CHECK(d.gain_s > 300);
  CHECK(d.gain_s < d.swap_from->travel_s);
  CHECK(std::ranges::count(d.candidates, "r1", &candidate::rider) == 0);
  // Looked at: there is a pause again, also when the offer lapses at once.
  CHECK(c.desk.next_due() == dawn + 240s);
}

TEST_CASE("dispatcher: a policy that wants better riders wants them for the assigned orders, too") {
  auto c = given_a_far_rider(policy{});
  auto policy = swapping();
  policy.version = 2;
  c.see_policy(policy);
  CHECK_FALSE(c.desk.next_due());
  c.desk.commit();
  CHECK(c.desk.next_due() == dawn + 120s);
  CHECK(to_line(c.match(dawn + 120s)) == "a->r2");
}

TEST_CASE("dispatcher: who has an order keeps it, if") {
  const auto offered = [](city& c) { return to_line(c.match(dawn + 120s)); };
  SUBCASE("the zone wants no swaps, which costs no look") {
    auto c = given_a_far_rider(policy{});
    CHECK_FALSE(c.desk.next_due());
    CHECK(offered(c).empty());
  }
  SUBCASE("the other one is not so much better") {
    auto policy = swapping();
    policy.swap_gain = 3600s;
    auto c = given_a_far_rider(policy);
    CHECK(offered(c).empty());
    CHECK(c.desk.next_due() == dawn + 240s);
  }
  SUBCASE("it is not ready before both are there") {
    auto c = given_a_far_rider();
    auto a = assigned_order();
    a->details.ready_at = dawn + 45min;
    c.policy.dispatch_ahead = 2h;
    c.see_policy([&] {
      auto r = c.policy;
      r.version = 2;
      return r;
    }());
    c.desk.commit();
    auto r1 = std::make_shared<rider>(*c.desk.riders().at("r1"));
    r1->route[2].not_before = a->details.ready_at;
    c.see("r1", r1);
    c.see("a", a);
    CHECK(offered(c).empty());
  }
  SUBCASE("it has changed hands as often as it may") {
    auto c = given_a_far_rider(swapping(), 1);
    CHECK_FALSE(c.desk.next_due());
  }
  SUBCASE("its rider stands at the pick-up, but not on the way there") {
    for (const auto arrived : {false, true}) {
      auto c = given_a_far_rider();
      auto r1 = std::make_shared<rider>(*c.desk.riders().at("r1"));
      r1->route.erase(r1->route.begin(), r1->route.begin() + 2);
      r1->arrived = arrived;
      c.see("r1", r1);
      CHECK(offered(c) == (arrived ? "" : "a->r2"));
    }
  }
  SUBCASE("another rider considers it") {
    auto c = given_a_far_rider();
    auto a = assigned_order();
    a->also_asked = {{"f0-1", "r3", std::nullopt}};
    c.see("a", a);
    CHECK_FALSE(c.desk.next_due());
    CHECK(offered(c).empty());
  }
  SUBCASE("another order of the match needs the other one") {
    auto c = given_a_far_rider();
    c.see("b", waiting_order(metres(500, 0)));
    CHECK(offered(c) == "b->r2");
  }
  SUBCASE("an operator holds it") {
    auto c = given_a_far_rider();
    auto a = assigned_order();
    a->hold = pause_note{"why", dawn};
    c.see("a", a);
    CHECK(offered(c).empty());
  }
  SUBCASE("it is collected") {
    auto c = given_a_far_rider();
    auto a = waiting_order(metres(0, 0));
    a->status = order_status::picked_up;
    c.see("a", a);
    CHECK_FALSE(c.desk.next_due());
  }
}

TEST_CASE("dispatcher: a turn that is taken back has not looked for a better rider") {
  auto c = given_a_far_rider();
  const auto one = c.desk.match({dawn + 120s, "f1", 512 * 1024});
  c.desk.roll_back();
  CHECK(c.desk.next_due() == dawn + 120s);
  CHECK(same(c.desk.match({dawn + 120s, "f1", 512 * 1024}), one));
  c.desk.commit();
  CHECK(c.desk.next_due() == dawn + 240s);
  c.see_policy([] {
    policy p;
    p.version = 2;
    return p;
  }());
  c.desk.commit();
  CHECK_FALSE(c.desk.next_due());
}

TEST_CASE("dispatcher: looks for a better rider for so many orders at a time") {
  auto policy = swapping();
  city c(policy);
  for (std::size_t i = 0; i < limits::swaps_looked_at_per_match + 5; ++i) {
    auto a = assigned_order();
    c.see("a" + std::to_string(i), a);
  }
  c.match(dawn + 120s);
  CHECK(c.desk.next_due() == dawn + 121s);
  c.match(dawn + 121s);
  CHECK(c.desk.next_due() == dawn + 240s);
}

TEST_CASE("dispatcher: a better rider is asked when the record has room for the whole route") {
  const auto bytes_needed = [](const std::vector<stop>& route) {
    for (std::size_t bytes = 0; bytes < 64 * 1024; bytes += 8) {
      auto c = given_a_far_rider();
      auto r2 = std::make_shared<rider>(*c.desk.riders().at("r2"));
      r2->route = route;
      c.see("r2", r2);
      if (to_line(c.match(dawn + 120s, bytes)) == "a->r2") {
        return bytes;
      }
    }
    return std::size_t{0};
  };
  const auto of_idle = bytes_needed({});
  CHECK(of_idle > 0);
  // What a stop takes, encoded.
  CHECK(bytes_needed({drop_off_of("y", metres(200, 0))}) >= of_idle + 64);
}
