// Lives that no reducer may produce, in logs whose chain is sound: each is rejected by name.

#include "messages/wire/codec.hpp"
#include "tests/audit/lives.hpp"

#include <algorithm>
#include <string_view>

using namespace dispatch;
using namespace script;
using namespace std::chrono_literals;

TEST_CASE("an order assigned to two riders") {
  expect(with_turn(accept_turn + 1, an_order_event("o1", order_assigned{"f4-0", "r2"})),
         check::order_one_rider);
  expect(with_turn(
             accept_turn + 1,
             a_rider_event("r2", route_extended{"f5-0", {"o1"}, {pick_up("o1"), drop_off("o1")}})),
         check::order_one_rider);
}

TEST_CASE("an order considered by a rider whom it has not asked") {
  expect(
      with_turn(offer_turn + 1,
                a_rider_event("r2",
                              offer_received{
                                  {"f5-0", {"o1"}, {pick_up("o1"), drop_off("o1")}, time_of(20)}})),
      check::views_agree);
}

namespace {

/// The good day, where the first order is offered to two riders at once; only the first accepts.
story asked_at_once() {
  auto day = good_day();
  const auto of_r2 = offer{"f4-1", {"o1"}, {pick_up("o1"), drop_off("o1")}, time_of(20)};
  day[offer_turn].rider("r2", offer_received{of_r2}).order("o1", order_offered{"f4-1", "r2"});
  auto& events = day[accept_turn].r.events;
  const auto assigned =
      std::ranges::find_if(events, [](const event& e) { return event_name(e.body) == "assigned"; });
  auto lapsed = *assigned;
  lapsed.body = order_event{order_offer_lapsed{"f4-1", "r2", lapse_reason::taken}};
  events.insert(assigned, lapsed);
  day[accept_turn].rider("r2", offer_withdrawn{"f4-1"});
  return day;
}

void leave_out(turn& from, std::string_view name) {
  std::erase_if(from.r.events, [&](const event& e) { return event_name(e.body) == name; });
}

} // namespace

TEST_CASE("an order offered to several riders at once") {
  const auto report = judge(write(asked_at_once()));
  CAPTURE(audit::to_text(report));
  CHECK(report.clean());

  auto nobody_told = asked_at_once();
  leave_out(nobody_told[accept_turn], "offer_withdrawn");
  expect(nobody_told, check::views_agree);

  auto still_open = asked_at_once();
  leave_out(still_open[accept_turn], "offer_lapsed");
  expect(still_open, check::order_one_rider);

  turn later;
  later.rider("r2", offer_received{{"f5-0", {"o1"}, {pick_up("o1"), drop_off("o1")}, time_of(20)}})
      .order("o1", order_offered{"f5-0", "r2"});
  expect(with_turn(offer_turn + 1, later), check::order_transition);

  auto both_accept = asked_at_once();
  leave_out(both_accept[accept_turn], "offer_withdrawn");
  both_accept[accept_turn].rider("r2",
                                 offer_accepted{"f4-1", {"o1"}, {pick_up("o1"), drop_off("o1")}});
  expect(both_accept, check::order_one_rider);
  both_accept[accept_turn].rider("r2", stops_released{"o1"});
  CHECK(judge(write(both_accept)).clean());
}

namespace {

const std::vector<stop> one_stop_each{pick_up("o1"), drop_off("o1")};

/// Behind the good day's acceptance: r2 is asked instead of r1, accepts, and r1 yields.
story swapped() {
  auto day = good_day();
  day.resize(accept_turn + 1);
  turn asked;
  asked.rider("r2", offer_received{{"f6-0", {"o1"}, one_stop_each, time_of(20)}})
      .order("o1", order_swap_offered{"f6-0", "r2"});
  turn accepted;
  accepted.rider("r2", offer_accepted{"f6-0", {"o1"}, one_stop_each})
      .order("o1", order_yield_asked{"r1", "f6-0", "r2"})
      .rider("r1", order_yielded{"o1"})
      .order("o1", order_unassigned{"r1", unassign_reason::better_rider})
      .order("o1", order_assigned{"f6-0", "r2"});
  day.push_back(asked);
  day.push_back(accepted);
  return day;
}

constexpr std::size_t swap_turn = accept_turn + 2;

} // namespace

TEST_CASE("an order that a better rider gets") {
  const auto report = judge(write(swapped()));
  CAPTURE(audit::to_text(report));
  CHECK(report.clean());

  auto both = swapped();
  leave_out(both[swap_turn], "order_yielded");
  expect(both, check::order_one_rider);

  auto nobody_asked_r1 = swapped();
  leave_out(nobody_asked_r1[swap_turn], "yield_asked");
  expect(nobody_asked_r1, check::order_transition);

  auto to_nobody = swapped();
  leave_out(to_nobody[swap_turn], "assigned");
  expect(to_nobody, check::views_agree);

  auto forgotten = swapped();
  leave_out(forgotten[swap_turn], "unassigned");
  expect(forgotten, check::order_one_rider);

  auto stands_there = swapped();
  auto& events = stands_there[swap_turn].r.events;
  turn arrives;
  arrives.rider("r1", rider_arrived{"o1", stop_kind::pick_up, time_of(5)});
  events.insert(events.begin(), arrives.r.events.front());
  expect(stands_there, check::rider_route);
}

TEST_CASE("an order that its rider keeps") {
  auto kept = swapped();
  kept.pop_back();
  kept.emplace_back()
      .rider("r1", rider_arrived{"o1", stop_kind::pick_up, time_of(5)})
      .rider("r2", offer_accepted{"f6-0", {"o1"}, one_stop_each})
      .order("o1", order_yield_asked{"r1", "f6-0", "r2"})
      .rider("r1", order_kept{"o1"})
      .order("o1", order_offer_lapsed{"f6-0", "r2", lapse_reason::kept})
      .rider("r2", stops_released{"o1"});
  const auto report = judge(write(kept));
  CAPTURE(audit::to_text(report));
  CHECK(report.clean());

  auto without_need = kept;
  leave_out(without_need.back(), "arrived");
  expect(without_need, check::rider_route);

  auto still_there = kept;
  leave_out(still_there.back(), "stops_released");
  expect(still_there, check::order_one_rider);
}

TEST_CASE("an order assigned to a rider whom nobody asked") {
  auto day = good_day();
  find<order_event, order_assigned>(day[accept_turn]).rider = "r2";
  expect(day, check::order_transition);
  expect(day, check::views_agree);
}

TEST_CASE("a rider over capacity") {
  auto day = good_day();
  find<order_event, order_placed>(day[2]).order.load = 3;
  expect(day, check::rider_capacity);

  // Each order fits, but not both at once.
  turn more;
  more.rider("r1", route_extended{"f5-0",
                                  {"o8"},
                                  {pick_up("o1"), pick_up("o8"), drop_off("o1"), drop_off("o8")}});
  auto placed = find<order_event, order_placed>(day[2]);
  placed.order.load = 2;
  auto both = good_day();
  both.insert(both.begin() + accept_turn + 1, more);
  both.insert(both.begin() + accept_turn + 1, an_order_event("o8", placed));
  expect(both, check::rider_capacity);
}

TEST_CASE("a shift that begins with less capacity than is on the route") {
  turn t;
  t.rider("r1", shift_ended{});
  t.rider("r1", shift_started{{vehicle::walking, 0, {}}, time_of(5)});
  expect(up_to(accept_turn + 1, t), check::rider_capacity);
}

TEST_CASE("an offer accepted after it expired") {
  auto day = good_day();
  find<rider_event, offer_received>(day[offer_turn]).offer.expires_at = time_of(accept_turn);
  expect(day, check::offer_expiry);
}

TEST_CASE("an offer that expires before its time") {
  auto day = good_day();
  find<rider_event, offer_received>(day[expiry_turn - 1]).offer.expires_at += 1h;
  expect(day, check::offer_expiry);
}

TEST_CASE("an offer that ends twice, or was never made") {
  expect(with_turn(accept_turn + 1, a_rider_event("r1", offer_declined{"f4-0", {"o1"}, ""})),
         check::offer_life);
  expect(with_turn(offer_turn, a_rider_event("r1", offer_withdrawn{"f0-0"})), check::offer_life);
}

TEST_CASE("an offer id used again") {
  auto day = good_day();
  find<rider_event, offer_received>(day[expiry_turn - 1]).offer.id = "f4-0";
  expect(day, check::offer_life);
}

TEST_CASE("an illegal transition of an order") {
  expect(with_turn(offer_turn, an_order_event("o1", order_picked_up{"r1", time_of(3)})),
         check::order_transition);
  expect(with_turn(offer_turn, an_order_event("o1", order_paid{time_of(90)})),
         check::order_transition);
}

TEST_CASE("an event after the order ended") {
  expect(with_turn(deliver_turn + 1, an_order_event("o1", order_cancelled{"late", ""})),
         check::order_final);
  expect(with_turn(cancel_turn + 1, an_order_event("o2", order_paid{time_of(90)})),
         check::order_final);
}

TEST_CASE("refunds that nobody is owed") {
  expect(with_turn(cancel_turn + 1, an_order_event("o2", order_refund_requested{})),
         check::order_refund);
  expect(with_turn(deliver_turn + 1, an_order_event("o1", order_refund_requested{})),
         check::order_refund);
  auto unpaid = good_day();
  for (auto& c : unpaid[cancel_turn].r.commands) {
    if (std::holds_alternative<order_command>(c.body) &&
        std::holds_alternative<pay_order>(std::get<order_command>(c.body))) {
      c.body = order_command{ready_order{}};
    }
  }
  expect(unpaid, check::order_refund);
}

TEST_CASE("money that is kept") {
  expect(up_to(offer_turn, an_order_event("o1", order_cancelled{"", ""})), check::order_refund);
}

TEST_CASE("a pick-up before the order is ready") {
  auto day = good_day();
  find<order_event, order_placed>(day[2]).order.ready_at = time_of(pick_up_turn) + 1s;
  expect(day, check::order_pick_up);
}

TEST_CASE("a delivery before the pick-up") {
  turn t;
  t.rider("r1", order_handed_over{"o1", time_of(5)});
  t.order("o1", order_delivered{"r1", time_of(5)});
  expect(up_to(accept_turn + 1, t), check::order_delivery);
}

TEST_CASE("an illegal event of a rider") {
  expect(with_turn(2, a_rider_event("r1", shift_started{{vehicle::walking, 1, {}}, time_of(2)})),
         check::rider_transition);
  expect(with_turn(2, a_rider_event("r3", position_recorded{{}, time_of(2)})),
         check::rider_transition);
  // A pick-up where the rider has not reported to be.
  auto day = good_day();
  day.erase(day.begin() + pick_up_turn - 1);
  expect(day, check::rider_transition);
  // An order that is on board is not given back.
  expect(with_turn(pick_up_turn + 1, a_rider_event("r1", stops_released{"o1"})),
         check::rider_transition);
}

TEST_CASE("an offer to a rider off shift") {
  expect(with_turn(offer_turn, a_rider_event("r1", shift_ended{})), check::rider_transition);
}

TEST_CASE("routes that lose, repeat or disorder stops") {
  for (const auto& route :
       {std::vector<stop>{pick_up("o1")}, std::vector<stop>{drop_off("o1"), pick_up("o1")},
        std::vector<stop>{pick_up("o1"), drop_off("o1"), drop_off("o1")}, std::vector<stop>{},
        std::vector<stop>{pick_up("o1"), pick_up("o7"), drop_off("o1"), drop_off("o7")}}) {
    auto day = good_day();
    find<rider_event, offer_accepted>(day[accept_turn]).route = route;
    expect(day, check::rider_route);
  }
}

TEST_CASE("a rider who serves another stop than the first") {
  auto day = good_day();
  find<rider_event, rider_arrived>(day[accept_turn + 1]).kind = stop_kind::drop_off;
  expect(day, check::rider_route);
}

TEST_CASE("a route that begins elsewhere than where the rider is heading") {
  turn t;
  t.rider("r1", route_extended{"f7-0",
                               {"o8"},
                               {pick_up("o8"), pick_up("o1"), drop_off("o1"), drop_off("o8")}});
  expect(up_to(pick_up_turn, t), check::rider_route);
}

TEST_CASE("an order that is taken away in the turn in which it is collected") {
  turn t;
  t.order("o1", order_cancelled{"", "r1"});
  t.order("o1", order_refund_requested{});
  t.rider("r1", order_collected{"o1", time_of(pick_up_turn)});
  t.rider("r1", stops_released{"o1"});
  const auto report = judge(write(up_to(pick_up_turn, t)));
  CAPTURE(audit::to_text(report));
  CHECK(report.clean());
}

TEST_CASE("riders and orders that say different things of each other") {
  SUBCASE("the order knows nothing of the assignment") {
    auto day = good_day();
    day[accept_turn].r.events.pop_back();
    expect(day, check::views_agree);
  }
  SUBCASE("a cancelled order stays on the route") {
    expect(up_to(accept_turn + 1, an_order_event("o1", order_cancelled{"", "r1"})),
           check::views_agree);
  }
  SUBCASE("a cancelled order is collected in the same turn") {
    turn t;
    t.order("o1", order_cancelled{"", "r1"});
    t.order("o1", order_refund_requested{});
    t.rider("r1", order_collected{"o1", time_of(pick_up_turn)});
    expect(up_to(pick_up_turn, t), check::views_agree);
  }
  SUBCASE("a cancelled order is handed over in the same turn") {
    turn t;
    t.order("o1", order_cancelled{"", "r1"});
    t.order("o1", order_refund_requested{});
    t.rider("r1", order_collected{"o1", time_of(pick_up_turn)});
    t.rider("r1", rider_arrived{"o1", stop_kind::drop_off, time_of(pick_up_turn)});
    t.rider("r1", order_handed_over{"o1", time_of(pick_up_turn)});
    expect(up_to(pick_up_turn, t), check::views_agree);
  }
  SUBCASE("the rider's offer ends and the order is still offered") {
    auto day = good_day();
    day[expiry_turn].r.events.pop_back();
    expect(day, check::views_agree);
  }
  SUBCASE("an order is offered and no rider is asked") {
    auto day = good_day();
    day[offer_turn].r.events.erase(day[offer_turn].r.events.begin());
    expect(day, check::views_agree);
  }
}
TEST_CASE("what an operator has paused is left alone") {
  const actor_paused paused{"looks wrong", {}};
  expect(with_turn(offer_turn, an_order_event("o1", paused)), check::order_transition);
  expect(with_turn(offer_turn, a_rider_event("r1", paused)), check::rider_transition);
  expect(with_turn(accept_turn, a_rider_event("r1", paused)), check::rider_transition);
  expect(with_turn(offer_turn, an_order_event("o1", actor_resumed{})), check::order_transition);
  expect(with_turn(offer_turn, a_rider_event("r1", actor_resumed{})), check::rider_transition);
  // The work in hand is finished.
  for (const auto& pausing : {an_order_event("o1", paused), a_rider_event("r1", paused)}) {
    auto day = with_turn(pick_up_turn, pausing);
    day.resize(deliver_turn + 2);
    const auto report = judge(write(day));
    CHECK_MESSAGE(report.clean(), audit::to_text(report));
  }
}

TEST_CASE("audit: versions of the policy follow each other, and decisions name the one in force") {
  const auto kept = [](std::uint32_t version) {
    return kept_policy{version, "[policy]\n", std::make_shared<const policy>()};
  };
  const auto day = [&](std::uint32_t next, std::uint32_t decided_with) {
    turn first;
    first.open();
    std::get<zone_opened>(std::get<zone_event>(first.r.events.front().body)).policy = kept(3);
    turn change;
    change.by_dispatcher().answer({entity_kind::zone, "z"},
                                  zone_event{policy_set{kept(next), "jane"}});
    change.r.decisions.emplace_back().policy_version = 3;
    turn after;
    after.r.decisions.emplace_back().policy_version = decided_with;
    return story{first, change, after};
  };
  const auto report = judge(write(day(4, 4)));
  CHECK_MESSAGE(report.clean(), audit::to_text(report));
  expect(day(5, 5), check::policy_version);
  expect(day(4, 3), check::policy_version);
  auto twice = day(4, 4);
  twice.push_back(twice.front());
  expect(twice, check::policy_version);
}
