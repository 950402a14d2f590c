#include "messages/limits.hpp"
#include "tests/domain/city.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <numeric>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

const auto here = metres(0, 0);
const auto near_by = metres(300, 0);
const auto far_away = metres(40'000, 0);

waiting_reason reason_of(const plan& p, const std::string& order) {
  const auto d = std::ranges::find(p.decisions, order, &decision::order);
  return d == p.decisions.end() ? waiting_reason::none : d->waiting;
}

/// An order waits in vain, and has been looked at.
city given_a_lonely_order() {
  city c;
  c.see("a", waiting_order(here));
  REQUIRE(reason_of(c.match(dawn), "a") == waiting_reason::no_rider_in_reach);
  return c;
}

} // namespace

TEST_CASE("dispatcher: an offer names the rider, the route, the end and the evidence") {
  city c;
  c.see("a", waiting_order(here));
  c.see("r1", idle_rider(near_by));
  c.see("r2", idle_rider(metres(900, 0)));
  auto asked = idle_rider(here);
  asked->open_offer = offer{};
  c.see("r3", asked);
  const auto p = c.match(dawn + 1s);
  CHECK(to_line(p) == "a->r1");
  const auto& o = p.proposals.at(0).offer;
  CHECK(o.id == "f1-0");
  CHECK(to_line(o.route) == "+a -a");
  CHECK(o.expires_at == dawn + 1s + c.policy.offer_ttl);
  REQUIRE(p.decisions.size() == 1);
  const auto& d = p.decisions[0];
  CHECK(d.order == "a");
  CHECK(d.rider == "r1");
  CHECK(d.offer == "f1-0");
  CHECK(d.waiting == waiting_reason::none);
  CHECK_FALSE(d.by_operator);
  CHECK(d.in_reach == 3);
  CHECK(d.policy_version == c.policy.version);
  CHECK(d.candidates.size() == 2);
  CHECK(d.candidates.at(0).rider == "r1");
  CHECK(d.candidates.at(1).rider == "r2");
  CHECK(d.gated == std::vector<gated_rider>{{"r3", gate::has_offer}});
  CHECK(d.counts == std::vector<gate_count>{{gate::has_offer, 1}});
}

TEST_CASE("dispatcher: no order is served at the expense of the sum, cheapest offers first") {
  city c;
  c.see("a", waiting_order(metres(0, 0)));
  c.see("b", waiting_order(metres(2000, 0)));
  c.see("r1", idle_rider(metres(1000, 0)));
  c.see("r2", idle_rider(metres(2400, 0)));
  CHECK(to_line(c.match(dawn)) == "b->r2 a->r1");
}

TEST_CASE("dispatcher: one rider left out, one order left waiting") {
  city c;
  c.see("a", waiting_order(metres(0, 0)));
  c.see("b", waiting_order(metres(100, 0)));
  c.see("r1", idle_rider(metres(100, 0)));
  const auto p = c.match(dawn);
  CHECK(to_line(p) == "b->r1");
  CHECK(reason_of(p, "a") == waiting_reason::riders_busy);
}

TEST_CASE("dispatcher: what an operator wishes is done, or refused with the gate") {
  const auto wish = [](city& c) {
    auto o = waiting_order(here);
    o->requested_rider = "r1";
    c.see("a", o);
    return c.match(dawn);
  };
  SUBCASE("done, even from far away, and for a rider who passed on it") {
    city c;
    c.see("r1", idle_rider(far_away));
    c.see("r2", idle_rider(here));
    const auto p = wish(c);
    CHECK(to_line(p) == "a=>r1");
    REQUIRE(p.decisions.size() == 1);
    CHECK(p.decisions[0].by_operator);
    CHECK(p.decisions[0].offer == p.proposals[0].offer.id);
    CHECK(p.decisions[0].candidates.at(0).rider == "r1");
  }
  SUBCASE("done while the zone is paused") {
    city c;
    c.see("r1", idle_rider(here));
    c.see_zone(true);
    CHECK(to_line(wish(c)) == "a=>r1");
  }
  SUBCASE("refused: the rider is off shift") {
    city c;
    c.see("r2", idle_rider(here));
    const auto p = wish(c);
    CHECK(p.proposals.empty());
    REQUIRE(p.refused.size() == 1);
    CHECK(p.refused[0].order == "a");
    CHECK(p.refused[0].rider == "r1");
    CHECK(p.refused[0].reason == "off_shift");
    CHECK(p.decisions.at(0).gated == std::vector<gated_rider>{{"r1", gate::off_shift}});
  }
  SUBCASE("refused: the rider considers an offer, or has no room") {
    city c;
    auto r = idle_rider(here);
    r->open_offer = offer{};
    c.see("r1", r);
    CHECK(wish(c).refused.at(0).reason == "has_offer");
    city d;
    r = idle_rider(here);
    r->capacity = 0;
    d.see("r1", r);
    CHECK(wish(d).refused.at(0).reason == "capacity");
  }
  SUBCASE("the rider is not asked for anything else in the same match") {
    city c;
    c.see("r1", idle_rider(here));
    c.see("b", waiting_order(here));
    const auto p = wish(c);
    CHECK(to_line(p) == "a=>r1");
    CHECK(reason_of(p, "b") == waiting_reason::riders_busy);
  }
}

TEST_CASE("dispatcher: what keeps an order from being looked for, and when it ends") {
  city c;
  c.see("r1", idle_rider(here));
  auto o = waiting_order(here);
  SUBCASE("a paused zone") {
    c.see_zone(true);
    c.see("a", o);
    CHECK(reason_of(c.match(dawn), "a") == waiting_reason::zone_paused);
    CHECK_FALSE(c.desk.next_due());
    c.see_zone(false);
    CHECK(to_line(c.match(dawn + 1s)) == "a->r1");
  }
  SUBCASE("a closed station") {
    c.see_station("s1", false);
    c.see("a", o);
    CHECK(reason_of(c.match(dawn), "a") == waiting_reason::station_closed);
    CHECK_FALSE(c.desk.next_due());
    c.see_station("s2", true);
    CHECK_FALSE(c.desk.next_due());
    c.see_station("s1", true);
    CHECK(to_line(c.match(dawn + 1s)) == "a->r1");
  }
  SUBCASE("a ready time far ahead") {
    o->details.ready_at = dawn + 1h;
    c.see("a", o);
    CHECK(reason_of(c.match(dawn), "a") == waiting_reason::too_early);
    const auto in_time = dawn + 1h - c.policy.dispatch_ahead;
    CHECK(c.desk.next_due() == in_time);
    CHECK_FALSE(c.match(in_time - 1us).ran);
    c.see("r1", idle_rider(here, in_time));
    CHECK(to_line(c.match(in_time)) == "a->r1");
  }
}

TEST_CASE("dispatcher: at most one match per interval") {
  city c;
  c.see("r1", idle_rider(here));
  c.see("a", waiting_order(here));
  CHECK(c.match(dawn).ran);
  c.see("b", waiting_order(here));
  CHECK(c.desk.next_due() == dawn + c.policy.match_interval);
  CHECK_FALSE(c.match(dawn + c.policy.match_interval - 1us).ran);
  CHECK(c.match(dawn + c.policy.match_interval).ran);
}

TEST_CASE("dispatcher: an order is looked at again after every change that could help it") {
  auto c = given_a_lonely_order();
  const auto now = dawn + 5s;
  SUBCASE("a rider came") { c.see("r1", idle_rider(near_by)); }
  SUBCASE("a rider came near") {
    c.see("r1", idle_rider(far_away));
    CHECK(to_line(c.match(dawn + 1s)).empty());
    c.see("r1", idle_rider(near_by));
  }
  SUBCASE("a rider's offer ended") {
    auto r = idle_rider(near_by);
    r->open_offer = offer{};
    c.see("r1", r);
    CHECK(to_line(c.match(dawn + 1s)).empty());
    c.see("r1", idle_rider(near_by));
  }
  SUBCASE("a rider has delivered something") {
    auto r = idle_rider(near_by);
    r->route = route_of("-x -y -z");
    c.see("r1", r);
    CHECK(to_line(c.match(dawn + 1s)).empty());
    r = idle_rider(near_by);
    r->route = route_of("-y -z");
    c.see("r1", r);
  }
  SUBCASE("a rider's position became fresh") {
    c.see("r1", idle_rider(near_by, dawn - 1h));
    CHECK(reason_of(c.match(dawn + 1s), "a") == waiting_reason::all_riders_gated);
    c.see("r1", idle_rider(near_by));
  }
  SUBCASE("the order changed") {
    auto o = waiting_order(here);
    o->details.vehicles = {vehicle::car};
    c.see("a", o);
    c.see("r1", idle_rider(near_by));
    CHECK(reason_of(c.match(dawn + 1s), "a") == waiting_reason::all_riders_gated);
    c.see("a", waiting_order(here));
  }
  CHECK(c.desk.next_due() <= now);
  CHECK(to_line(c.match(now)) == "a->r1");
}

TEST_CASE("dispatcher: an order is looked at again as its radius grows") {
  auto c = given_a_lonely_order();
  c.see("r1", idle_rider(metres(5400, 0)));
  CHECK(to_line(c.match(dawn + 1s)).empty());
  CHECK(c.desk.next_due() == dawn + 60s);
  CHECK(to_line(c.match(dawn + 60s)) == "a->r1");
}

TEST_CASE("dispatcher: an order is not looked at when nothing changed that could help it") {
  auto c = given_a_lonely_order();
  const auto next_look = c.desk.next_due();
  CHECK(next_look == dawn + 60s);
  CHECK_FALSE(c.match(dawn + 59s).ran);
  SUBCASE("a rider moves far away") {
    c.see("r1", idle_rider(far_away));
    CHECK(c.match(dawn + 5s).decisions.empty());
  }
  SUBCASE("a rider is asked") {
    auto r = idle_rider(here);
    r->open_offer = offer{};
    c.see("r1", r);
  }
  SUBCASE("a rider ends the shift") {
    auto r = idle_rider(here);
    r->on_shift = false;
    c.see("r1", r);
  }
  SUBCASE("a station closes, another opens") {
    c.see_station("s1", false);
    c.see_station("s2", true);
  }
  SUBCASE("another order comes") {
    c.see("b", waiting_order(far_away));
    CHECK(reason_of(c.match(dawn + 5s), "a") == waiting_reason::none);
    c.see("b", [] {
      auto o = waiting_order(far_away);
      o->status = order_status::cancelled;
      return o;
    }());
  }
  // Had it been looked at since, its next look would have moved.
  CHECK(c.desk.next_due() == next_look);
}

TEST_CASE("dispatcher: the reason for waiting is told when it changes, and only then") {
  auto c = given_a_lonely_order();
  CHECK(c.match(dawn + 60s).decisions.empty());
  c.see("r1", idle_rider(near_by, dawn - 1h));
  CHECK(reason_of(c.match(dawn + 61s), "a") == waiting_reason::all_riders_gated);
  c.see("r1", idle_rider(near_by, dawn - 1h));
  CHECK(c.match(dawn + 62s).decisions.empty());

  city restored;
  restored.see("a", waiting_order(here));
  restored.desk.restore_reason("a", waiting_reason::no_rider_in_reach);
  restored.desk.commit();
  const auto p = restored.match(dawn);
  CHECK(p.ran);
  CHECK(p.decisions.empty());
}

TEST_CASE("dispatcher: who waits, and since when") {
  city c;
  CHECK(c.desk.waiting() == 0);
  CHECK_FALSE(c.desk.oldest_waiting());
  c.see("a", waiting_order(here, dawn + 2s));
  c.see("b", waiting_order(here, dawn + 1s));
  CHECK(c.desk.waiting() == 2);
  CHECK(c.desk.oldest_waiting() == dawn + 1s);
  auto offered = waiting_order(here);
  offered->status = order_status::offered;
  c.see("b", offered);
  CHECK(c.desk.waiting() == 1);
  CHECK(c.desk.oldest_waiting() == dawn + 2s);
}

TEST_CASE("dispatcher: what does not fit into the record is offered in the next match") {
  city c;
  for (int i = 0; i < 20; ++i) {
    c.see("a" + std::to_string(i), waiting_order(metres(100.0 * i, 0)));
    c.see("r" + std::to_string(i), idle_rider(metres(100.0 * i, 50)));
  }
  // To say of these that nobody is there would take the whole budget.
  for (int i = 0; i < 30; ++i) {
    c.see("b" + std::to_string(i), waiting_order(far_away));
  }
  std::set<std::string> offered;
  auto now = dawn;
  int matches = 0;
  for (; offered.size() < 20 && matches < 40;
       ++matches, now += 1ms) { // None waits for the interval.
    const auto p = c.match(now, 3'000);
    REQUIRE(p.proposals.size() <= 2);
    REQUIRE(p.proposals.size() > 0);
    for (const auto& one : p.proposals) {
      REQUIRE(offered.insert(one.offer.orders.at(0)).second);
      auto o = waiting_order(here);
      o->status = order_status::offered;
      c.see(one.offer.orders[0], o);
      auto r = idle_rider(here);
      r->open_offer = one.offer;
      c.see(one.rider, r);
    }
  }
  CHECK(offered.size() == 20);
}

TEST_CASE("dispatcher: a reason for waiting that does not fit is told in the next match") {
  city c;
  c.see("a", waiting_order(here));
  CHECK(c.match(dawn, 100).decisions.empty());
  CHECK(c.desk.next_due().value() <= dawn);
  CHECK(reason_of(c.match(dawn + 1ms), "a") == waiting_reason::no_rider_in_reach);
}

TEST_CASE("dispatcher: evidence is bounded, and counts what it leaves out") {
  city c;
  c.see("a", waiting_order(here));
  for (int i = 0; i < 600; ++i) {
    c.see("r" + std::to_string(1000 + i), idle_rider(metres(i, 0), i < 400 ? dawn - 1h : dawn));
  }
  const auto p = c.match(dawn);
  const auto& d = p.decisions.at(0);
  CHECK(d.candidates.size() == limits::candidates_kept);
  CHECK(d.gated.size() == limits::gated_kept);
  CHECK(d.counts == std::vector<gate_count>{{gate::stale_position, 400}});
  CHECK(d.in_reach == 400 + limits::candidates_per_order);
}

TEST_CASE("dispatcher: the plan does not depend on the order in which entities were seen") {
  std::mt19937 random(3);
  std::vector<std::pair<entity_ref, entity_state>> seen;
  for (int i = 0; i < 60; ++i) {
    seen.emplace_back(entity_ref{entity_kind::order, "a" + std::to_string(i)},
                      std::shared_ptr<const order>(waiting_order(somewhere(random, 8000))));
    seen.emplace_back(entity_ref{entity_kind::rider, "r" + std::to_string(i)},
                      std::shared_ptr<const rider>(idle_rider(somewhere(random, 8000))));
  }
  std::optional<plan> first;
  for (int round = 0; round < 20; ++round) {
    std::shuffle(seen.begin(), seen.end(), random);
    dispatcher desk{policy{}};
    for (const auto& [who, state] : seen) {
      desk.observe(who, state);
    }
    const auto p = desk.match({dawn, "f1", 512 * 1024});
    first = first ? first : p;
    REQUIRE(p.proposals.size() > 30);
    REQUIRE(same(p, *first));
  }
}
