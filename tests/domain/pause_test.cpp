#include "actors/domain/machines/station.hpp"
#include "actors/domain/planning/dispatcher.hpp"
#include "tests/domain/scenario.hpp"

#include <doctest/doctest.h>

#include <type_traits>
#include <typeinfo>
#include <variant>

/// Orders, riders and stations that an operator has paused.
using namespace dispatch;
using namespace dispatch::domain;

namespace {

const pause_actor pausing{"looks wrong"};
const resume_actor resuming;

/// What a command comes to; an operator's where only an operator may.
template <class State, class Command>
std::string says(State& state, const Command& command, timestamp at = dawn + 61s,
                 bool by_operator = true) {
  return to_line(perform(state, command, at, by_operator));
}

order waiting_order() {
  order o;
  perform(o, order_command{simple_order()}, dawn);
  return o;
}

rider rider_on_shift() {
  rider r;
  perform(r, rider_command{start_shift{vehicle::bicycle, 2, metres(0, 0)}}, dawn);
  return r;
}

/// Each command of the variant, with nothing in it.
template <class State, class... Commands, class Taken>
void check_refused(const State& paused, std::type_identity<std::variant<Commands...>> /*all*/,
                   Taken is_taken) {
  const auto check = [&]<class Command>(const Command& command) {
    auto state = paused;
    const auto refused = perform(state, std::variant<Commands...>{command}, dawn, true).refused;
    CHECK_MESSAGE((refused == refusal::paused) != is_taken(command), typeid(Command).name());
  };
  (check(Commands{}), ...);
}

propose_offer propose(const std::string& id, const std::string& route, bool confirmed = false) {
  return {{id, {route.substr(1, 1)}, route_of(route), dawn + 1h}, confirmed};
}

/// Why the order's last decision says that it waits.
waiting_reason reason_of(const plan& made) {
  return made.decisions.empty() ? waiting_reason::none : made.decisions.back().waiting;
}

} // namespace

TEST_CASE("order: only an operator pauses and resumes, and only what has not ended") {
  order nothing;
  CHECK(says(nothing, order_command{pausing}) == "!unknown_entity");
  CHECK(says(nothing, order_command{resuming}) == "!unknown_entity");
  auto o = waiting_order();
  CHECK(says(o, order_command{pausing}, dawn, false) == "!not_permitted");
  CHECK(says(o, order_command{resuming}) == "!wrong_status");
  CHECK(says(o, order_command{pausing}) == "paused");
  CHECK(o.pause == pause_note{"looks wrong", dawn + 61s});
  CHECK(says(o, order_command{pausing}) == "!wrong_status");
  CHECK(says(o, order_command{resuming}, dawn, false) == "!not_permitted");
  CHECK(says(o, order_command{resuming}) == "resumed deadlines_moved");
  CHECK_FALSE(o.pause);
  CHECK(says(o, order_command{cancel_order{}}) == "cancelled refund_requested");
  CHECK(says(o, order_command{pausing}) == "!final_status");
}

TEST_CASE("order: what comes from outside is refused while it is paused, and works afterwards") {
  auto o = waiting_order();
  perform(o, order_command{pausing}, dawn, true);
  CHECK(says(o, order_command{ready_order{}}) == "!paused");
  CHECK(says(o, order_command{offer_order{"o1", "r1"}}) == "!paused");
  perform(o, order_command{resuming}, dawn + 1min, true);
  CHECK(says(o, order_command{ready_order{}}) == "ready");
  CHECK(says(o, order_command{offer_order{"o1", "r1"}}) == "offered");
}

TEST_CASE("what is not taken while paused is refused with `paused`, and nothing else is") {
  auto o = waiting_order();
  perform(o, order_command{pausing}, dawn, true);
  check_refused(o, std::type_identity<order_command>{}, []<class Command>(const Command&) -> bool {
    return Command::at_order.taken_while_paused;
  });
  auto r = rider_on_shift();
  perform(r, rider_command{pausing}, dawn, true);
  check_refused(r, std::type_identity<rider_command>{}, []<class Command>(const Command&) -> bool {
    return Command::at_rider.taken_while_paused;
  });
  station s;
  perform(s, station_command{open_station{metres(0, 0)}}, dawn);
  perform(s, station_command{pausing}, dawn, true);
  check_refused(
      s, std::type_identity<station_command>{},
      []<class Command>(const Command&) -> bool { return Command::at_station.taken_while_paused; });
}

TEST_CASE("order: what riders do with a paused order goes on") {
  auto o = waiting_order();
  perform(o, order_command{offer_order{"o1", "r1"}}, dawn);
  SUBCASE("to its delivery") {
    perform(o, order_command{pausing}, dawn, true);
    CHECK(says(o, order_command{confirm_order{"o1", "r1", true}}) == "assigned");
    CHECK(says(o, order_command{collect_order{"r1"}}) == "picked_up");
    CHECK(says(o, order_command{complete_order{"r1"}}) == "delivered");
    CHECK_FALSE(o.pause);
    CHECK(says(o, order_command{resuming}) == "!wrong_status");
  }
  SUBCASE("or to the end of an offer") {
    perform(o, order_command{pausing}, dawn, true);
    CHECK(says(o, order_command{lapse_order{"o1", "r1", lapse_reason::declined}}) ==
          "offer_lapsed");
  }
}

TEST_CASE("order: a deadline stands still while it is paused") {
  auto o = waiting_order();
  const auto due = deadline(o).value();
  perform(o, order_command{pausing}, due - 10min, true);
  CHECK_FALSE(deadline(o));
  CHECK(says(o, order_command{pass_deadline{}}, due + 1h) == "!wrong_status");
  perform(o, order_command{resuming}, due + 50min, true);
  CHECK(deadline(o) == due + 1h);
  CHECK(says(o, order_command{pass_deadline{}}, due + 1h) == "undeliverable refund_requested");

  auto unpaid = simple_order();
  unpaid.prepaid = false;
  order u;
  perform(u, order_command{unpaid}, dawn);
  perform(u, order_command{pausing}, dawn + 1s, true);
  CHECK_FALSE(deadline(u));
}

TEST_CASE("order: what stands still comes later by as long as it stood still") {
  const auto hold = [](order& o, timestamp at) {
    CHECK(says(o, order_command{hold_order{"why"}}, at) == "held");
  };
  const auto release = [](order& o, timestamp at) {
    CHECK(says(o, order_command{release_hold{}}, at) == "hold_released deadlines_moved");
  };
  const policy policy;
  auto o = waiting_order();
  const auto search_until = dawn + policy.max_wait;
  SUBCASE("a hold: the search") {
    hold(o, dawn + 10min);
    CHECK_FALSE(deadline(o));
    release(o, dawn + 15min);
    CHECK(deadline(o) == search_until + 5min);
  }
  SUBCASE("a pause within a hold counts once") {
    hold(o, dawn + 10min);
    perform(o, order_command{pausing}, dawn + 12min, true);
    perform(o, order_command{resuming}, dawn + 20min, true);
    CHECK_FALSE(deadline(o));
    release(o, dawn + 30min);
    CHECK(deadline(o) == search_until + 20min);
  }
  SUBCASE("a search that began within a hold: from then on") {
    perform(o, order_command{assign_order{"r1"}}, dawn, true);
    perform(o, order_command{confirm_order{"o1", "r1", false}}, dawn);
    hold(o, dawn);
    perform(o, order_command{unassign_order{"why"}}, dawn + 60min, true);
    release(o, dawn + 61min);
    CHECK(deadline(o) == dawn + 60min + policy.max_wait + 1min);
  }
  SUBCASE("a rider can be late for an order that is held") {
    perform(o, order_command{assign_order{"r1"}}, dawn, true);
    perform(o, order_command{confirm_order{"o1", "r1", false, {}, dawn + 9min}}, dawn);
    hold(o, dawn + 1min);
    CHECK(deadline(o) == dawn + 9min);
    CHECK(says(o, order_command{pass_deadline{}}, dawn + 9min) == "unassigned");
  }
  SUBCASE("a rider has as much time as before a pause") {
    perform(o, order_command{assign_order{"r1"}}, dawn, true);
    perform(o, order_command{confirm_order{"o1", "r1", false, {}, dawn + 9min}}, dawn);
    perform(o, order_command{pausing}, dawn + 2min, true);
    CHECK_FALSE(deadline(o));
    perform(o, order_command{resuming}, dawn + 8min, true);
    CHECK(deadline(o) == dawn + 15min);
  }
  SUBCASE("assigned within a pause: from then on") {
    perform(o, order_command{offer_order{"o1", "r1", {}, dawn + 20min}}, dawn);
    perform(o, order_command{pausing}, dawn + 1min, true);
    perform(o, order_command{confirm_order{"o1", "r1", true}}, dawn + 3min);
    perform(o, order_command{resuming}, dawn + 8min, true);
    CHECK(deadline(o) == dawn + 25min);
  }
}

TEST_CASE("order: a held order is to be paid in time") {
  const policy policy;
  auto unpaid = simple_order();
  unpaid.prepaid = false;
  order o;
  perform(o, order_command{unpaid}, dawn);
  perform(o, order_command{hold_order{"why"}}, dawn + 1min, true);
  CHECK(deadline(o) == dawn + policy.payment_timeout);
  SUBCASE("released: the time to pay is as it was") {
    perform(o, order_command{release_hold{}}, dawn + 9min, true);
    CHECK(deadline(o) == dawn + policy.payment_timeout);
  }
  SUBCASE("paid: its search stands still from then on") {
    perform(o, order_command{pay_order{}}, dawn + 5min);
    CHECK_FALSE(deadline(o));
    perform(o, order_command{release_hold{}}, dawn + 9min, true);
    CHECK(deadline(o) == dawn + 5min + policy.max_wait + 4min);
  }
}

TEST_CASE("order: what has ended is not paused") {
  policy policy;
  policy.offers_max = 1;
  auto o = waiting_order();
  perform(o, order_command{offer_order{"o1", "r1"}}, dawn);
  perform(o, order_command{pausing}, dawn, true);
  const auto result = apply(o, order_command{lapse_order{"o1", "r1", lapse_reason::declined}},
                            context{"x", dawn + 1min, false, policy});
  CHECK(to_line(result) == "offer_lapsed resumed undeliverable refund_requested");
  for (const auto& e : result.events) {
    evolve(o, e);
  }
  CHECK_FALSE(o.pause);
}

TEST_CASE("rider: nothing new while paused, but the work in hand") {
  rider unknown;
  CHECK(says(unknown, rider_command{pausing}) == "!unknown_entity");
  auto r = rider_on_shift();
  perform(r, rider_command{propose("h", "+a -a", true)}, dawn);
  perform(r, rider_command{propose("o1", "+a -a +b -b")}, dawn);
  CHECK(says(r, rider_command{pausing}, dawn, false) == "!not_permitted");
  CHECK(says(r, rider_command{pausing}) == "paused");
  CHECK(says(r, rider_command{accept_offer{"o1"}}) == "!paused");
  CHECK(deadline(r) == dawn + 1h);
  CHECK(says(r, rider_command{pass_deadline{}}, dawn + 1h) == "offer_expired");
  CHECK(says(r, rider_command{propose("o2", "+a -a +c -c")}) == "!paused");
  CHECK(says(r, rider_command{propose("o2", "+a -a +c -c", true)}) == "!paused");
  CHECK(says(r, rider_command{arrive_at_stop{"a"}}) == "arrived");
  CHECK(says(r, rider_command{pick_up_order{"a"}}) == "order_collected");
  CHECK(says(r, rider_command{arrive_at_stop{"a"}}) == "arrived");
  CHECK(status_name(r) == "busy");
  CHECK(says(r, rider_command{deliver_order{"a"}}) == "order_handed_over");
  CHECK(status_name(r) == "paused");
  CHECK(says(r, rider_command{end_shift{}}) == "shift_ended");
  CHECK(says(r, rider_command{start_shift{vehicle::bicycle, 2, {}}}) == "!paused");
  CHECK(says(r, rider_command{resuming}) == "resumed");
  CHECK(says(r, rider_command{start_shift{vehicle::bicycle, 2, {}}}) == "shift_started");
  CHECK(status_name(r) == "idle");
}

TEST_CASE("station: paused, it is neither opened nor closed") {
  station s;
  CHECK(says(s, station_command{pausing}) == "!unknown_entity");
  perform(s, station_command{open_station{metres(0, 0)}}, dawn);
  CHECK(says(s, station_command{pausing}) == "paused");
  CHECK(status_name(s) == "paused");
  CHECK(says(s, station_command{close_station{}}) == "!paused");
  CHECK(says(s, station_command{resuming}) == "resumed");
  CHECK(status_name(s) == "open");
  CHECK(says(s, station_command{close_station{}}) == "closed");
}

TEST_CASE("the dispatcher leaves alone who is paused, and says so") {
  dispatcher d{policy{}};
  auto o = waiting_order();
  auto r = rider_on_shift();
  station s;
  perform(s, station_command{open_station{metres(0, 0)}}, dawn);
  auto now = dawn + 1min;
  const auto match = [&] {
    d.observe({entity_kind::order, "a"}, std::make_shared<const order>(o));
    d.observe({entity_kind::rider, "r1"}, std::make_shared<const rider>(r));
    d.observe({entity_kind::station, "s1"}, std::make_shared<const station>(s));
    d.commit();
    now += 10s;
    return d.match({now, "f1", 1 << 20});
  };
  SUBCASE("an order") {
    perform(o, order_command{pausing}, now, true);
    CHECK(reason_of(match()) == waiting_reason::order_paused);
    perform(o, order_command{resuming}, now, true);
  }
  SUBCASE("a station") {
    perform(s, station_command{pausing}, now, true);
    CHECK(reason_of(match()) == waiting_reason::station_paused);
    perform(s, station_command{resuming}, now, true);
  }
  SUBCASE("a rider") {
    perform(r, rider_command{pausing}, now, true);
    const auto made = match();
    CHECK(reason_of(made) == waiting_reason::all_riders_gated);
    CHECK(made.decisions.back().gated.front() == gated_rider{"r1", gate::paused});
    perform(o, order_command{assign_order{"r1"}}, now, true);
    const auto by_hand = match();
    REQUIRE(by_hand.refused.size() == 1);
    CHECK(by_hand.refused.front().reason == "paused");
    perform(o, order_command{refuse_assignment{"r1", "paused"}}, now);
    perform(r, rider_command{resuming}, now, true);
  }
  const auto made = match();
  REQUIRE(made.proposals.size() == 1);
  CHECK(made.proposals.front().rider == "r1");
}

TEST_CASE("the dispatcher leaves alone who is on a break, and who lacks a skill") {
  dispatcher d{policy{}};
  auto o = waiting_order();
  auto r = rider_on_shift();
  auto now = dawn + 1min;
  const auto match = [&] {
    d.observe({entity_kind::order, "a"}, std::make_shared<const order>(o));
    d.observe({entity_kind::rider, "r1"}, std::make_shared<const rider>(r));
    d.commit();
    now += 10s;
    return d.match({now, "f1", 1 << 20});
  };
  const auto expect_gate = [&](gate code) {
    const auto made = match();
    CHECK(reason_of(made) == waiting_reason::all_riders_gated);
    CHECK(made.decisions.back().gated.front() == gated_rider{"r1", code});
    auto named = o;
    perform(named, order_command{assign_order{"r1"}}, now, true);
    std::swap(o, named);
    const auto by_hand = match();
    std::swap(o, named);
    REQUIRE(by_hand.refused.size() == 1);
    CHECK(by_hand.refused.front().reason == to_string(code));
  };
  SUBCASE("a break") {
    perform(r, rider_command{start_break{"lunch"}}, now);
    expect_gate(gate::on_break);
    perform(r, rider_command{end_break{}}, now);
  }
  SUBCASE("a skill") {
    o.details.skills = {"hazardous"};
    expect_gate(gate::skill);
    r.skills = {"hazardous"};
  }
  const auto made = match();
  REQUIRE(made.proposals.size() == 1);
  CHECK(made.proposals.front().rider == "r1");
}

TEST_CASE("the dispatcher does not ask the station of a stranded order") {
  dispatcher d{policy{}};
  auto o = waiting_order();
  station s{true, false, metres(0, 0), std::nullopt};
  d.observe({entity_kind::station, "s1"}, std::make_shared<const station>(s));
  d.observe({entity_kind::rider, "r1"}, std::make_shared<const rider>(rider_on_shift()));
  d.observe({entity_kind::order, "a"}, std::make_shared<const order>(o));
  d.commit();
  CHECK(reason_of(d.match({dawn + 1min, "f1", 1 << 20})) == waiting_reason::station_closed);
  o.stranded_with = "r9";
  d.observe({entity_kind::order, "a"}, std::make_shared<const order>(o));
  CHECK(d.match({dawn + 2min, "f2", 1 << 20}).proposals.size() == 1);
}

TEST_CASE("what a turn that was rolled back said of a station is forgotten") {
  dispatcher d{policy{}};
  station s{true, true, metres(0, 0), std::nullopt};
  d.observe({entity_kind::station, "s1"}, std::make_shared<const station>(s));
  d.observe({entity_kind::order, "a"}, std::make_shared<const order>(waiting_order()));
  d.commit();
  perform(s, station_command{pausing}, dawn, true);
  d.observe({entity_kind::station, "s1"}, std::make_shared<const station>(s));
  d.roll_back();
  CHECK(reason_of(d.match({dawn + 1min, "f1", 1 << 20})) == waiting_reason::no_rider_in_reach);
}
