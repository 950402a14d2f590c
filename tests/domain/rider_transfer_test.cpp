#include "messages/limits.hpp"
#include "tests/domain/rider_words.hpp"

#include <doctest/doctest.h>

/// A rider who goes from one zone to another: the machine at both ends.
using namespace dispatch;
using namespace dispatch::domain;

namespace {

template <class Event> const Event& event_in(const outcome<rider_event>& result, std::size_t at) {
  REQUIRE(result.events.size() > at);
  return std::get<Event>(result.events[at]);
}

outcome<rider_event> say(rider& state, const rider_command& command, timestamp at,
                         bool by_operator = true) {
  auto result = perform(state, command, at, by_operator);
  check_consistent(state);
  return result;
}

rider on_shift_until(timestamp until) {
  auto s = shift();
  s.skills = {"hazardous"};
  s.until = until;
  return given({do_(s)});
}

} // namespace

TEST_CASE("transfer: the other zone has the shift as it was, with what was worked so far") {
  auto here = on_shift_until(dawn + 5h);
  say(here, record_position{metres(70, 7)}, dawn + 1h);
  const auto started = event_in<transfer_started>(say(here, transfer_rider{"y"}, dawn + 2h), 0);
  CHECK(status_name(here) == "leaving");
  CHECK_FALSE(deadline(here));

  rider there;
  const auto received = say(there, receive_rider{"z", started.rider}, dawn + 3h);
  CHECK(to_line(received) == "received transfer_answered");
  CHECK(there.on_shift);
  CHECK(there.at == metres(70, 7));
  CHECK(there.at_time == dawn + 1h);
  CHECK(there.skills == std::vector<std::string>{"hazardous"});
  CHECK(there.capacity == here.capacity);
  CHECK(there.vehicle == here.vehicle);
  CHECK(there.ends_at == dawn + 5h);
  CHECK(there.ends_as == shift_end::planned_end);

  say(here, conclude_transfer{started.rider.number, true, ""}, dawn + 3h);
  CHECK(status_name(here) == "off_shift");
  // And back again.
  const auto back = event_in<transfer_started>(say(there, transfer_rider{"z"}, dawn + 4h), 0);
  CHECK(to_line(say(here, receive_rider{"y", back.rider}, dawn + 4h)) ==
        "received transfer_answered");
  CHECK(here.began_at == dawn + 20min);
}

TEST_CASE("transfer: the zone that receives lets nobody work longer than its own rules") {
  const auto here = on_shift_until(dawn + 30h); // The own zone's 14 hours count.
  auto leaving = here;
  auto rider_of_14_h = event_in<transfer_started>(say(leaving, transfer_rider{"y"}, dawn + 1h), 0);
  policy policy;
  policy.shift_max = 4h;
  const context with{"x", dawn + 2h, true, policy};
  const auto result = apply(rider{}, receive_rider{"z", rider_of_14_h.rider}, with);
  const auto& received = event_in<rider_received>(result, 0);
  CHECK(received.ends_at == dawn + 20min + 4h);
  CHECK(received.ends_as == shift_end::maximum_hours);
}

TEST_CASE("transfer: an answer is given again, and never changes") {
  const handover first{7, shift(), dawn, dawn, {}, {}};
  rider there;
  SUBCASE("received") {
    say(there, receive_rider{"z", first}, dawn);
    // Meanwhile the rider has gone home.
    say(there, end_shift{}, dawn + 1min);
    const auto again = say(there, receive_rider{"z", first}, dawn + 2min);
    CHECK(to_line(again) == "transfer_answered");
    CHECK(event_in<transfer_answered>(again, 0).received);
    CHECK_FALSE(there.on_shift);
  }
  SUBCASE("declined") {
    say(there, shift(), dawn);
    const auto declined = say(there, receive_rider{"z", first}, dawn);
    CHECK(event_in<transfer_answered>(declined, 0).detail == "the rider is at work in this zone");
    // Now it could be, but the other zone may know the answer already.
    say(there, end_shift{}, dawn + 1min);
    const auto again = say(there, receive_rider{"z", first}, dawn + 2min);
    CHECK(to_line(again) == "transfer_answered");
    CHECK_FALSE(event_in<transfer_answered>(again, 0).received);
    CHECK_FALSE(there.on_shift);
    // The next transfer is another one; what is older is over.
    auto next = first;
    next.number = 8;
    CHECK(to_line(say(there, receive_rider{"z", next}, dawn + 3min)) ==
          "received transfer_answered");
    CHECK(to_line(say(there, receive_rider{"z", first}, dawn + 4min)) == "!already_exists");
  }
  SUBCASE("of several zones") {
    for (std::size_t i = 0; i < limits::transfer_origins_max; ++i) {
      say(there, receive_rider{"z" + std::to_string(i), first}, dawn);
    }
    CHECK(there.answered.size() == limits::transfer_origins_max);
    CHECK(event_in<transfer_answered>(say(there, receive_rider{"z0", first}, dawn), 0).received);
  }
}

TEST_CASE("transfer: declined, the rider goes on where he was") {
  auto here = on_shift_until(dawn + 5h);
  const auto started = event_in<transfer_started>(say(here, transfer_rider{"y"}, dawn + 2h), 0);
  policy policy;
  policy.capacity_max = {1, 1, 1, 1};
  const context with{"x", dawn + 2h, true, policy};
  const auto result = apply(rider{}, receive_rider{"z", started.rider}, with);
  const auto& declined = event_in<transfer_answered>(result, 0);
  CHECK_FALSE(declined.received);
  CHECK(declined.detail == "capacity: must be at most 1 by bicycle, is 2");
  say(here, conclude_transfer{declined.number, false, declined.detail}, dawn + 3h);
  CHECK(status_name(here) == "idle");
  CHECK(deadline(here) == dawn + 5h);
  CHECK(to_line(say(here, transfer_rider{"y"}, dawn + 3h)) == "transfer_started");
  CHECK(here.transfers > started.rider.number);
}

TEST_CASE("transfer: who is paused stays, and may be received") {
  auto here = given({start});
  say(here, pause_actor{"why"}, dawn + 30min);
  CHECK(to_line(say(here, transfer_rider{"y"}, dawn + 31min, false)) == "!paused");
  say(here, end_shift{}, dawn + 32min);
  const handover from_y{7, shift(), dawn, dawn, {}, {}};
  CHECK(to_line(say(here, receive_rider{"y", from_y}, dawn + 33min)) ==
        "received transfer_answered");
  CHECK(status_name(here) == "paused");
}
