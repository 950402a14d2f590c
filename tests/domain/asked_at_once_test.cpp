#include "actors/domain/route.hpp"
#include "tests/domain/city.hpp"
#include "tests/domain/turns.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace dispatch;
using namespace dispatch::domain;

/// Several riders asked at once about one order: what they answer, and whom the dispatcher asks.
namespace {

offer offer_of(const std::string& id, const std::string& order = "a") {
  return {id, {order}, route_of("+" + order + " -" + order), dawn + 45s};
}

/// The order is offered to two riders.
small_zone given_two_asked() {
  small_zone z;
  z.settle(to_order("a", simple_order()),
           to_rider("r1", start_shift{vehicle::car, 2, metres(0, 0)}),
           to_rider("r2", start_shift{vehicle::car, 2, metres(0, 0)}));
  proposal both{"r1", offer_of("o1"), false};
  both.also.push_back({"r2", offer_of("o2")});
  REQUIRE(z.propose(both));
  REQUIRE(status_name(z.riders["r2"]) == "considering");
  return z;
}

policy asking(std::uint32_t riders) {
  policy policy;
  policy.offers_at_once = riders;
  return policy;
}

std::string others_of(const decision& d) {
  std::string line;
  for (const auto& other : d.also) {
    line += (line.empty() ? "" : " ") + other.rider + ":" + other.offer;
  }
  return line;
}

} // namespace

TEST_CASE("asked at once: who accepts first gets the order, the other one is told") {
  auto z = given_two_asked();
  z.settle(to_rider("r2", accept_offer{"o2"}));
  CHECK(z.orders["a"].rider == "r2");
  CHECK(to_line(z.riders["r2"].route) == "+a -a");
  CHECK(status_name(z.riders["r1"]) == "idle");
  CHECK(z.riders["r1"].ignored_offers == 0);
}

TEST_CASE("asked at once: two accept in one turn, and the loser's route is free again") {
  for (const auto r1_first : {true, false}) {
    CAPTURE(r1_first);
    auto z = given_two_asked();
    const auto first = to_rider("r1", accept_offer{"o1"});
    const auto second = to_rider("r2", accept_offer{"o2"});
    CHECK((r1_first ? z.settle(first, second) : z.settle(second, first)) == 3);
    const std::string winner = r1_first ? "r1" : "r2";
    const std::string loser = r1_first ? "r2" : "r1";
    CHECK(z.orders["a"].rider == winner);
    CHECK(z.orders["a"].assignments == 1);
    CHECK(to_line(z.riders[winner].route) == "+a -a");
    CHECK(z.riders[loser].route.empty());
    CHECK(status_name(z.riders[loser]) == "idle");
  }
}

TEST_CASE("asked at once: one accepts and one declines in one turn") {
  for (const auto accept_first : {true, false}) {
    auto z = given_two_asked();
    const auto accept = to_rider("r1", accept_offer{"o1"});
    const auto decline = to_rider("r2", decline_offer{"o2", "far"});
    accept_first ? z.settle(accept, decline) : z.settle(decline, accept);
    CHECK(z.orders["a"].rider == "r1");
    CHECK(z.orders["a"].also_asked.empty());
    CHECK(status_name(z.riders["r2"]) == "idle");
  }
}

TEST_CASE("asked at once: a cancellation and an acceptance in one turn free both riders") {
  for (const auto cancel_first : {true, false}) {
    auto z = given_two_asked();
    const auto cancel = to_order("a", cancel_order{"why"});
    const auto accept = to_rider("r2", accept_offer{"o2"});
    cancel_first ? z.settle(cancel, accept) : z.settle(accept, cancel);
    CHECK(status_name(z.orders["a"]) == "cancelled");
    for (const auto* id : {"r1", "r2"}) {
      CHECK(z.riders[id].route.empty());
      CHECK(status_name(z.riders[id]) == "idle");
    }
  }
}

TEST_CASE("asked at once: all decline, and the order waits") {
  auto z = given_two_asked();
  z.settle(to_rider("r1", decline_offer{"o1", "far"}), to_rider("r2", decline_offer{"o2", "far"}));
  CHECK(status_name(z.orders["a"]) == "waiting");
  CHECK(z.orders["a"].passed == std::vector<std::string>{"r1", "r2"});
}

TEST_CASE("asked at once: a proposal that one of them cannot take is made to nobody") {
  auto z = given_two_asked();
  z.settle(to_order("b", simple_order()),
           to_rider("r3", start_shift{vehicle::car, 2, metres(0, 0)}));
  proposal more{"r3", offer_of("o3", "b"), false};
  more.also.push_back({"r1", offer_of("o4", "b")}); // Considers another one.
  CHECK_FALSE(z.propose(more));
  CHECK(status_name(z.orders["b"]) == "waiting");
  CHECK(status_name(z.riders["r3"]) == "idle");
}

TEST_CASE("dispatcher: asks so many at once as the policy says, cheapest first") {
  auto policy = asking(3);
  policy.late_after = 10min;
  city c(policy);
  c.see("a", waiting_order(metres(0, 0)));
  for (int i = 1; i <= 4; ++i) {
    c.see("r" + std::to_string(i), idle_rider(metres(i * 300, 0)));
  }
  const auto p = c.match(dawn + 1s);
  CHECK(to_line(p) == "a->r1+r2+r3");
  const auto& made = p.proposals.at(0);
  CHECK(made.offer.id == "f1-0");
  CHECK(made.also.at(1).offer.id == "f1-2");
  CHECK(made.also.at(0).offer.expires_at == made.offer.expires_at);
  CHECK(to_line(made.also.at(0).offer.route) == "+a -a");
  REQUIRE(p.decisions.size() == 1);
  CHECK(p.decisions[0].rider == "r1");
  CHECK(others_of(p.decisions[0]) == "r2:f1-1 r3:f1-2");
  // Each has as long as the own way takes.
  for (const auto& other : made.also) {
    const auto& candidates = p.decisions[0].candidates;
    const auto terms = std::ranges::find(candidates, other.rider, &candidate::rider);
    REQUIRE(terms != candidates.end());
    const std::chrono::duration<double> arrival{terms->travel_s};
    CHECK(other.pick_up_by ==
          made.offer.expires_at + std::chrono::round<duration>(arrival) + policy.late_after);
  }
}

TEST_CASE("dispatcher: nobody who is asked besides is late before the order is ready") {
  auto policy = asking(2);
  policy.late_after = 1min;
  city c(policy);
  auto cooking = waiting_order(metres(0, 0));
  cooking->details.ready_at = dawn + 10min;
  c.see("a", cooking);
  c.see("r1", idle_rider(metres(0, 0)));
  c.see("r2", idle_rider(metres(10, 0)));
  const auto p = c.match(dawn);
  REQUIRE(to_line(p) == "a->r1+r2");
  CHECK(p.proposals.at(0).also.at(0).pick_up_by == dawn + 11min);
}

TEST_CASE("dispatcher: nobody is asked besides whom another order of the match needs") {
  city c(asking(3));
  c.see("a", waiting_order(metres(0, 0)));
  c.see("b", waiting_order(metres(2000, 0)));
  c.see("r1", idle_rider(metres(100, 0)));
  c.see("r2", idle_rider(metres(2300, 0)));
  c.see("r3", idle_rider(metres(900, 0)));
  CHECK(to_line(c.match(dawn)) == "a->r1+r3 b->r2");
}

TEST_CASE("dispatcher: is not offered more often than the zone tries") {
  city c(asking(5));
  auto tried = waiting_order(metres(0, 0));
  tried->lapses = {{"expired", c.policy.offers_max - 2}};
  c.see("a", tried);
  for (int i = 1; i <= 4; ++i) {
    c.see("r" + std::to_string(i), idle_rider(metres(i * 300, 0)));
  }
  CHECK(to_line(c.match(dawn)) == "a->r1+r2");
}

TEST_CASE("dispatcher: who is asked besides fits into the record, or is not asked") {
  const auto asked_with = [](std::size_t budget_bytes) {
    city c(asking(10));
    c.see("a", waiting_order(metres(0, 0)));
    for (int i = 1; i <= 9; ++i) {
      c.see("r" + std::to_string(i), idle_rider(metres(i * 300, 0)));
    }
    const auto p = c.match(dawn, budget_bytes);
    return p.proposals.empty() ? 0 : 1 + p.proposals.front().also.size();
  };
  CHECK(asked_with(512 * 1024) == 9);
  CHECK(asked_with(4 * 1024) < 5);
  CHECK(asked_with(4 * 1024) > 0);
}

TEST_CASE("dispatcher: all who are asked collect at the same station, which holds the goods long "
          "enough") {
  city c(asking(3));
  for (const auto& [id, east] : {std::pair{"west", -2000}, std::pair{"east", 2000}}) {
    station s{true, true, metres(east, 0), std::nullopt};
    s.stock = {{"gas", 5, 0, 0, false}};
    c.desk.observe({entity_kind::station, id}, std::make_shared<const station>(s));
  }
  auto o = waiting_order(metres(0, 0));
  o->details.station.clear();
  o->details.drop_off = metres(0, 0);
  o->details.items = {{"gas", 1}};
  o->any_station = true;
  c.see("a", o);
  c.see("r1", idle_rider(metres(1900, 0)));
  c.see("r2", idle_rider(metres(-2300, 0)));
  c.see("r3", idle_rider(metres(2700, 0)));
  const auto p = c.match(dawn);
  REQUIRE(to_line(p) == "a->r1+r3");
  const auto& made = p.proposals.at(0);
  CHECK(made.orders.at(0).from->id == "east");
  const auto drive_s = std::chrono::duration<double>(700.0 * c.policy.detour_factor / 7.0);
  CHECK(made.orders.at(0).wants->until >= made.offer.expires_at + c.policy.reservation_ttl +
                                              std::chrono::duration_cast<duration>(drive_s) - 1s);
}
