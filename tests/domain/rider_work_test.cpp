#include "actors/turn/reactions.hpp"
#include "tests/domain/rider_words.hpp"
#include "tests/domain/turns.hpp"

#include <doctest/doctest.h>

/// When a rider works.
using namespace dispatch;
using namespace dispatch::domain;

namespace {

start_shift shift_until(timestamp until) {
  auto s = shift();
  s.until = until;
  return s;
}

} // namespace

TEST_CASE("shift: the capacity is limited by vehicle, in the zone's rules") {
  policy policy;
  policy.capacity_max = {1, 2, 3, 4};
  const auto from = [&](vehicle by, std::uint32_t capacity) {
    rider r;
    return says(r, start_shift{by, capacity, {}}, dawn, policy);
  };
  CHECK(from(vehicle::bicycle, 2) == "shift_started");
  CHECK(from(vehicle::car, 4) == "shift_started");
  CHECK(from(vehicle::walking, 2) == "!out_of_range: capacity: must be at most 1 on foot, is 2");
  CHECK(from(vehicle::bicycle, 3) == "!out_of_range: capacity: must be at most 2 by bicycle, is 3");
  CHECK(from(vehicle::motorcycle, 4) ==
        "!out_of_range: capacity: must be at most 3 by motorcycle, is 4");
}

TEST_CASE("shift: it ends by itself as planned, at the latest after the longest shift") {
  policy policy;
  policy.shift_max = 8h;
  rider r;
  SUBCASE("as planned") {
    REQUIRE(says(r, shift_until(dawn + 8h), dawn, policy) == "shift_started");
    CHECK(r.ends_as == shift_end::planned_end);
  }
  SUBCASE("nobody works longer") {
    REQUIRE(says(r, shift_until(dawn + 8h + 1us), dawn, policy) == "shift_started");
    CHECK(r.ends_as == shift_end::maximum_hours);
  }
  SUBCASE("nothing is planned") {
    REQUIRE(says(r, shift(), dawn, policy) == "shift_started");
    CHECK(r.ends_as == shift_end::maximum_hours);
  }
  CHECK(deadline(r) == dawn + 8h);
  const auto how = r.ends_as;
  CHECK(says(r, pass_deadline{}, dawn + 8h - 1us, policy).starts_with("!wrong_status"));
  const auto result = apply(r, pass_deadline{}, context{"x", dawn + 8h, false, policy});
  REQUIRE(result.events.size() == 1);
  CHECK(result.events.front() == rider_event{shift_ended{how}});
  evolve(r, result.events.front());
  CHECK_FALSE(r.on_shift);
  CHECK_FALSE(deadline(r));
  // The rest of the day is another shift.
  CHECK(says(r, shift(), dawn + 8h, policy) == "shift_started");
  CHECK(deadline(r) == dawn + 16h);
}

TEST_CASE("shift: an end that has passed is refused by name") {
  rider r;
  CHECK(says(r, shift_until(dawn), dawn, {}) ==
        "!out_of_range: until: must be later than the beginning of the shift");
  CHECK(says(r, shift_until(dawn + 1us), dawn, {}) == "shift_started");
}

TEST_CASE("shift: of several deadlines the earliest counts, and each fires what is due") {
  const policy policy;
  const auto considering = [&](timestamp until) {
    rider r;
    REQUIRE(says(r, shift_until(until), dawn, policy) == "shift_started");
    REQUIRE(says(r, propose("o1", "b", "+b -b"), dawn, policy) == "offer_received"); // for an hour
    return r;
  };
  auto r = considering(dawn + 2h);
  CHECK(deadline(r) == dawn + 1h);
  CHECK(says(r, pass_deadline{}, dawn + 1h, policy) == "offer_expired");
  CHECK(deadline(r) == dawn + 2h);
  CHECK(says(r, pass_deadline{}, dawn + 2h, policy) == "shift_ended");
  r = considering(dawn + 30min);
  CHECK(deadline(r) == dawn + 30min);
  CHECK(says(r, pass_deadline{}, dawn + 30min, policy) == "offer_declined shift_ended");
  // A zone that was down sees both at once.
  r = considering(dawn + 2h);
  CHECK(says(r, pass_deadline{}, dawn + 2h, policy) == "offer_expired shift_ended");
}

TEST_CASE("shift: what is on the route is finished after the shift has ended by itself") {
  small_zone z;
  z.policy.shift_max = 600s;
  z.settle(to_order("a", simple_order()),
           to_rider("r1", start_shift{vehicle::car, 2, metres(0, 0)}));
  REQUIRE(z.propose({"r1", {"o1", {"a"}, route_of("+a -a"), dawn + 45s}, false}));
  z.settle(to_rider("r1", accept_offer{"o1"}));
  z.now = dawn + 10min;
  z.settle(to_rider("r1", pass_deadline{}));
  CHECK_FALSE(z.riders["r1"].on_shift);
  CHECK_FALSE(z.propose({"r1", {"o2", {"b"}, route_of("+a -a +b -b"), z.now + 45s}, false}));
  z.settle(to_rider("r1", arrive_at_stop{"a"}), to_rider("r1", pick_up_order{"a"}),
           to_rider("r1", arrive_at_stop{"a"}), to_rider("r1", deliver_order{"a"}));
  CHECK(status_name(z.orders["a"]) == "delivered");
  CHECK(status_name(z.riders["r1"]) == "off_shift");
}

TEST_CASE("break: offers that expire in a row send the rider on a break") {
  policy policy;
  policy.ignored_offers_max = 2;
  auto r = given({start});
  auto at = dawn + 20min;
  const auto ask = [&] {
    at += 1min;
    auto p = propose("o", "b", "+b -b");
    p.offer.expires_at = at + 45s;
    return says(r, p, at, policy);
  };
  const auto ignore = [&] {
    REQUIRE(ask() == "offer_received");
    return says(r, pass_deadline{}, at + 45s, policy);
  };
  SUBCASE("two in a row") {
    CHECK(ignore() == "offer_expired");
    CHECK(ignore() == "offer_expired break_started");
    CHECK(r.on_break == pause_note{"ignored_offers", at + 45s});
    CHECK(status_name(r) == "on_break");
    CHECK(ask() == "!on_break: the rider is on a break");
    CHECK(says(r, end_break{}, at, policy) == "break_ended");
    CHECK(status_name(r) == "idle");
    CHECK(ignore() == "offer_expired"); // Counted anew.
  }
  SUBCASE("an answer in between, whatever it is") {
    CHECK(ignore() == "offer_expired");
    ask();
    CHECK(says(r, decline_offer{"o", "far"}, at, policy) == "offer_declined");
    CHECK(ignore() == "offer_expired");
    ask();
    CHECK(says(r, accept_offer{"o"}, at, policy) == "offer_accepted");
    CHECK(r.ignored_offers == 0);
  }
  SUBCASE("an offer that was withdrawn is neither ignored nor answered") {
    CHECK(ignore() == "offer_expired");
    ask();
    CHECK(says(r, release_order{"b"}, at, policy) == "offer_withdrawn");
    CHECK(r.ignored_offers == 1);
  }
  SUBCASE("who is paused cannot answer") {
    CHECK(ignore() == "offer_expired");
    ask();
    perform(r, rider_command{pause_actor{"why"}}, at, true);
    CHECK(says(r, pass_deadline{}, at + 45s, policy) == "offer_expired");
    CHECK(r.ignored_offers == 1);
  }
  SUBCASE("never") {
    policy.ignored_offers_max = 0;
    for (int i = 0; i < 10; ++i) {
      CHECK(ignore() == "offer_expired");
    }
  }
  SUBCASE("a new shift counts anew") {
    CHECK(ignore() == "offer_expired");
    says(r, end_shift{}, at, policy);
    says(r, shift(), at, policy);
    CHECK(ignore() == "offer_expired");
  }
}

TEST_CASE("break: the end of the shift ends it as well") {
  auto r = given({start, take_break});
  CHECK(says(r, end_shift{}, dawn + 30min, {}) == "shift_ended");
  CHECK_FALSE(r.on_break);
  CHECK(says(r, shift(), dawn + 31min, {}) == "shift_started");
  CHECK(status_name(r) == "idle");
}
