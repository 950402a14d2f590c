#include "tests/domain/rider_words.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

std::string route_after_accepting(rider& r) {
  REQUIRE(to_line(perform(r, accept_offer{"o1"}, dawn + 40min)) == "offer_accepted");
  check_consistent(r);
  return to_line(r.route);
}

} // namespace

TEST_CASE("rider: what is accepted fits a route that has moved on since the offer") {
  auto r = given({start, take_a});
  const auto offered = [&](const std::string& route) {
    REQUIRE(to_line(perform(r, propose("o1", "b", route), dawn + 21min)) == "offer_received");
  };
  const auto finish_first = [&] {
    perform(r, arrive_at_stop{"a"}, dawn + 22min);
    REQUIRE(to_line(perform(r, pick_up_order{"a"}, dawn + 22min)) == "order_collected");
  };
  SUBCASE("the first stop is done") {
    offered("+a -a +b -b");
    finish_first();
    CHECK(route_after_accepting(r) == "-a +b -b");
  }
  SUBCASE("the rider heads for a stop that the offer put later: it stays first") {
    offered("+a +b -b -a");
    finish_first();
    CHECK(route_after_accepting(r) == "-a +b -b");
  }
  SUBCASE("the rider stands at that stop: he has not arrived anywhere else") {
    offered("+a +b -b -a");
    finish_first();
    perform(r, arrive_at_stop{"a"}, dawn + 23min);
    CHECK(route_after_accepting(r) == "-a +b -b");
    CHECK(to_line(perform(r, pick_up_order{"b"}, dawn + 24min)) == "!not_first_stop");
    CHECK(to_line(perform(r, deliver_order{"a"}, dawn + 24min)) == "order_handed_over");
  }
  SUBCASE("everything is done") {
    offered("+a +b -b -a");
    finish_first();
    perform(r, arrive_at_stop{"a"}, dawn + 23min);
    perform(r, deliver_order{"a"}, dawn + 23min);
    CHECK(route_after_accepting(r) == "+b -b");
  }
  SUBCASE("the order of the route was released") {
    offered("+a +b -b -a");
    perform(r, release_order{"a"}, dawn + 22min);
    CHECK(route_after_accepting(r) == "+b -b");
  }
  SUBCASE("a stop became ready earlier") {
    r = given({start, do_(ready_later(by_hand("a", "+a -a")))});
    auto p = ready_later(propose("o1", "b", "+a +b -a -b"));
    p.offer.route[1].not_before = dawn + 35min;
    REQUIRE(perform(r, p, dawn).refused == refusal::none);
    perform(r, mark_stop_ready{"a", dawn + 10min}, dawn + 10min);
    perform(r, mark_stop_ready{"b", dawn + 12min}, dawn + 12min);
    route_after_accepting(r);
    CHECK(r.route[0].not_before == dawn + 10min);
    CHECK(r.route[1].not_before == dawn + 12min);
  }
}

TEST_CASE("rider: one order of a bundle goes away, the others can be accepted") {
  auto r = given({start, do_(propose("o1", "abc", "+a -a +b +c -b -c"))});
  CHECK(to_line(perform(r, release_order{"b"}, dawn + 21min)) == "stops_released");
  CHECK(r.open_offer->orders == std::vector<std::string>{"a", "c"});
  auto declined = r;
  const auto result = perform(declined, decline_offer{"o1", "far"}, dawn + 22min);
  CHECK(std::get<offer_declined>(result.events[0]).orders == std::vector<std::string>{"a", "c"});
  CHECK(route_after_accepting(r) == "+a -a +c -c");
}

TEST_CASE("rider: the capacity holds at every point of every route") {
  SUBCASE("one after the other fits where two at once do not") {
    auto r = given({do_(shift(1))});
    CHECK(to_line(perform(r, by_hand("ab", "+a +b -a -b"), dawn)) == "!over_capacity");
    CHECK(to_line(perform(r, by_hand("ab", "+a -a +b -b"), dawn)) == "route_extended");
  }
  SUBCASE("what is on board counts") {
    auto r = given({start, take_a, arrive_a, collect_a});
    auto behind = heavy(2, "-a");
    CHECK(to_line(perform(r, on_board(behind), dawn)) == "offer_received");
    r = given({start, take_a, arrive_a, collect_a});
    auto p = heavy(2);
    p.offer.route.push_back(drop_off_of("a", metres(1000, 0)));
    std::ranges::rotate(p.offer.route, p.offer.route.begin() + 2);
    std::swap(p.offer.route[0], p.offer.route[1]);
    r.frozen = 0;
    CHECK(to_line(perform(r, p, dawn)) == "!over_capacity");
  }
  SUBCASE("the stop that stays first would not fit where it was put: new stops go last") {
    auto r = given({do_(shift(1)), do_(by_hand("ab", "+a -a +b -b"))});
    auto p = propose("o1", "c", "+a -a +c -c +b -b");
    REQUIRE(to_line(perform(r, p, dawn)) == "offer_received");
    perform(r, arrive_at_stop{"a"}, dawn + 21min);
    perform(r, pick_up_order{"a"}, dawn + 21min);
    perform(r, arrive_at_stop{"a"}, dawn + 22min);
    perform(r, deliver_order{"a"}, dawn + 22min);
    CHECK(route_after_accepting(r) == "+b -b +c -c");
  }
  SUBCASE("a new shift with a smaller vehicle cannot carry what the old one left") {
    auto r = given({start, do_(by_hand("ab", "+a +b -a -b")), end});
    CHECK(to_line(perform(r, shift(1), dawn)) == "!over_capacity");
    CHECK(to_line(perform(r, shift(2), dawn)) == "shift_started");
  }
}

TEST_CASE("rider: what cannot be handed over is brought back, behind what else is on the route") {
  auto r = given({start, do_(by_hand("ab", "+a +b -a -b"))});
  for (const auto* order : {"a", "b"}) {
    perform(r, arrive_at_stop{order}, dawn + 21min);
    perform(r, pick_up_order{order}, dawn + 21min);
  }
  const auto check_back = [&](const std::string& line) {
    CHECK(to_line(r.route) == line);
    CHECK_FALSE(r.arrived);
    CHECK(r.route.back().returning);
    CHECK(r.route.back().at == metres(0, 0)); // Where it was picked up.
    check_consistent(r);
  };
  SUBCASE("the customer is not there") {
    perform(r, arrive_at_stop{"a"}, dawn + 22min);
    CHECK(to_line(perform(r, fail_delivery{"a", "nobody"}, dawn + 22min)) == "delivery_failed");
    check_back("-b -a");
    CHECK(to_line(perform(r, bring_back{"a"}, dawn + 22min)) == "!unknown_entity");
    perform(r, arrive_at_stop{"b"}, dawn + 23min);
    perform(r, deliver_order{"b"}, dawn + 23min);
    perform(r, arrive_at_stop{"a"}, dawn + 24min);
    CHECK(to_line(perform(r, fail_delivery{"a", "nobody"}, dawn + 24min)) == "!wrong_status");
    CHECK(to_line(perform(r, deliver_order{"a"}, dawn + 24min)) == "order_handed_over");
    CHECK(r.route.empty());
  }
  SUBCASE("it was cancelled on the way, before or behind another stop") {
    perform(r, arrive_at_stop{"a"}, dawn + 22min);
    CHECK(to_line(perform(r, bring_back{"a"}, dawn + 22min)) == "return_started");
    check_back("-b -a");
    CHECK(to_line(perform(r, bring_back{"b"}, dawn + 22min)) == "return_started");
    check_back("-a -b");
  }
}

TEST_CASE("rider: what is brought back goes no further behind than there is room for it") {
  auto r = given({start, do_(by_hand("abc", "+a -a +b +c -b -c")), arrive_a, collect_a, arrive_a});
  perform(r, fail_delivery{"a", "nobody"}, dawn + 22min);
  CHECK(to_line(r.route) == "+b -a +c -b -c");
  check_consistent(r);
}

TEST_CASE("rider: a drop-off with a code is opened by it alone, a return needs none") {
  auto p = by_hand("a", "+a -a");
  p.offer.route.back().delivery_code = "hash";
  auto r = given({start, do_(p), arrive_a, collect_a, arrive_a});
  CHECK(to_line(perform(r, deliver_order{"a"}, dawn + 40min)) == "!wrong_code");
  CHECK(to_line(perform(r, deliver_order{"a", "other"}, dawn + 40min)) == "!wrong_code");
  auto returned = r;
  CHECK(to_line(perform(r, deliver_order{"a", "hash"}, dawn + 40min)) == "order_handed_over");
  perform(returned, fail_delivery{"a", "no code"}, dawn + 40min);
  perform(returned, arrive_at_stop{"a"}, dawn + 41min);
  CHECK(to_line(perform(returned, deliver_order{"a"}, dawn + 42min)) == "order_handed_over");
}

TEST_CASE("rider: released where he stands, he has arrived nowhere") {
  auto r = given({start, do_(by_hand("ab", "+a +b -a -b")), arrive_a});
  perform(r, release_order{"a"}, dawn + 21min);
  CHECK_FALSE(r.arrived);
  CHECK(to_line(r.route) == "+b -b");
  r = given({start, do_(by_hand("ab", "+a +b -a -b")), arrive_a});
  perform(r, release_order{"b"}, dawn + 21min);
  CHECK(r.arrived);
}

TEST_CASE("a code is no hindrance where the customer was given none") {
  auto r = given({do_(shift()), do_(by_hand("a", "+a -a")), do_(arrive_at_stop{"a"}),
                  do_(pick_up_order{"a"}), do_(arrive_at_stop{"a"})});
  CHECK(to_line(perform(r, deliver_order{"a", "1234"}, dawn + 40min)) == "order_handed_over");
}
