// Answers that are not true, in logs whose chain is sound: refusals with an effect, events without
// the trace of their command, and reasons to wait that do not hold.

#include "tests/audit/lives.hpp"

#include <map>

using namespace dispatch;
using namespace script;
using namespace std::chrono_literals;

namespace {

/// Gives every command of the turn this trace, and every event that names one of them.
void set_trace(turn& in, const std::string& trace) {
  for (auto& c : in.r.commands) {
    c.trace = trace;
  }
  for (auto& e : in.r.events) {
    e.trace = e.command_id.empty() ? "" : trace;
  }
}

/// The events of the turn that name no command have this trace.
void set_dispatcher_trace(turn& in, const std::string& trace) {
  for (auto& e : in.r.events) {
    e.trace = e.command_id.empty() ? trace : e.trace;
  }
}

/// The good day until the first order waits. It is ready so much later, and then comes this.
story ready_after(duration later, const std::vector<turn>& more) {
  auto day = with_policy(good_day(), {});
  day.resize(offer_turn);
  find<order_event, order_placed>(day[2]).order.ready_at = time_of(2) + later;
  day.insert(day.end(), more.begin(), more.end());
  return day;
}

turn saying(waiting_reason why, std::uint32_t gated_riders = 1, std::uint32_t in_reach = 1) {
  turn t;
  decision d;
  d.order = "o1";
  d.waiting = why;
  d.policy_version = 1;
  d.in_reach = in_reach;
  if (gated_riders > 0) {
    d.counts.push_back({gate::off_shift, gated_riders});
  }
  t.r.decisions.push_back(std::move(d));
  return t;
}

/// Turns of a zone that has something else to do.
std::vector<turn> then(std::vector<turn> first, std::size_t others) {
  for (std::size_t i = 0; i < others; ++i) {
    first.push_back(a_rider_event("r1", position_recorded{{31.2, 121.4}, time_of(4 + i)}));
  }
  return first;
}

} // namespace

TEST_CASE("audit: a refused command that has an effect all the same") {
  turn t;
  t.command(script::order("o9"), order_command{pay_order{}}, "shop.9")
      .answer(script::order("o9"),
              command_refused{refusal::unknown_entity, "pay", "no such order"});
  expect_clean(with_turn(offer_turn, t));
  t.rider("r1", position_recorded{{31.2, 121.4}, time_of(3)});
  expect(with_turn(offer_turn, t), check::refusal_effect);
}

TEST_CASE("audit: a command without an id that is taken for another one") {
  const auto day = [](const std::string& id) {
    turn t;
    t.command(script::rider("r1"), rider_command{start_break{}}, id)
        .answer(script::rider("r1"), command_refused{refusal::id_reused, "start_break", ""});
    return with_turn(offer_turn, t);
  };
  expect(day(""), check::command_outcome);
  expect_clean(day("app.7"));
}

TEST_CASE("audit: an assignment that is refused, and has taken the order from its rider") {
  const auto assigning = [](bool asks_first) {
    turn t;
    t.command(script::order("o1"), order_command{assign_order{"r9"}}, "desk.9", "anna");
    if (asks_first) {
      t.answer(script::order("o1"), command_refused{refusal::unknown_entity, "assign", "r9"});
    } else {
      t.order("o1", order_unassigned{"r1", unassign_reason::reassigned, time_of(90)})
          .order("o1", order_assignment_requested{"r9"})
          .rider("r1", stops_released{"o1"})
          .order("o1", order_assignment_refused{"r9", "off_shift"});
    }
    return up_to(accept_turn + 1, t);
  };
  expect_clean(assigning(true));
  expect(assigning(false), check::refusal_effect);
}

TEST_CASE("audit: an event without the trace of its command") {
  auto day = good_day();
  for (auto& t : day) {
    set_trace(t, "t1");
    set_dispatcher_trace(t, t.r.commands.empty() ? "" : "t1");
  }
  expect_clean(day);
  auto other = day;
  other[accept_turn].r.events.back().trace = "t2";
  expect(other, check::trace);
  // The offer of an order that is placed in the same record, and an operator's assignment.
  for (const auto place : {expiry_turn - 1, by_hand_turn}) {
    for (auto& e : day[place].r.events) {
      if (e.command_id.empty()) {
        auto lost = day;
        lost[place].r.events[static_cast<std::size_t>(&e - day[place].r.events.data())].trace = "";
        expect(lost, check::trace);
      }
    }
  }
}

TEST_CASE("audit: an offer has the trace of any command that may have led to it") {
  auto day = good_day();
  set_trace(day[2], "t1");
  set_dispatcher_trace(day[offer_turn], "t1");
  expect_clean(day);
  set_dispatcher_trace(day[offer_turn], "");
  expect_clean(day); // It is of another record than the command.
}

TEST_CASE("audit: a waybill without the trace of the assignment") {
  const auto day = [](const std::string& trace, bool opened_between) {
    auto whole = good_day();
    set_trace(whole[accept_turn], "t1");
    whole.resize(accept_turn + 1);
    if (opened_between) {
      whole.emplace_back().open();
    }
    auto& handed_out = whole.emplace_back();
    const signed_waybill paper{"o1-1", "", "", "", ""};
    handed_out.order("o1", waybill_issued{"r1", paper}).rider("r1", waybill_received{"o1", paper});
    set_dispatcher_trace(handed_out, trace);
    return judge(write(whole)).violations_by_check.at(static_cast<std::size_t>(check::trace));
  };
  CHECK(day("t1", false) == 0);
  CHECK(day("", false) == 2);
  CHECK(day("t2", true) == 2);
  CHECK(day("", true) == 0);
}

TEST_CASE("audit: a search that has begun is not too early") {
  const auto early = saying(waiting_reason::too_early);
  const auto far = saying(waiting_reason::no_rider_in_reach);
  expect(ready_after(900s, {early}), check::waiting_reason);
  expect_clean(ready_after(920s, {early}));
  expect_clean(ready_after(920s, then({early}, 4)));
  expect(ready_after(920s, then({early}, 5)), check::waiting_reason);
  expect_clean(ready_after(920s, then({early, turn{}, far}, 9)));
  auto promised = ready_after(900s, {early});
  find<order_event, order_placed>(promised[2]).order.promised_from = time_of(2) + 1h;
  expect_clean(promised);
}

TEST_CASE("audit: the next match says what an order waits for") {
  const auto unseen = saying(waiting_reason::not_looked_at);
  expect_clean(ready_after(0s, then({unseen}, 3)));
  expect(ready_after(0s, then({unseen}, 4)), check::waiting_reason);
  expect_clean(ready_after(0s, then({unseen, saying(waiting_reason::riders_busy)}, 9)));
  auto routed = ready_after(0s, then({unseen}, 9));
  policy policy;
  policy.routed = true;
  expect_clean(with_policy(routed, policy));
}

TEST_CASE("audit: who passes all riders over says why") {
  expect_clean(ready_after(0s, {saying(waiting_reason::all_riders_gated)}));
  expect(ready_after(0s, {saying(waiting_reason::all_riders_gated, 0)}), check::waiting_reason);
  expect(ready_after(0s, {saying(waiting_reason::all_riders_gated, 0, 0)}), check::waiting_reason);
  expect(ready_after(0s, {saying(waiting_reason::all_riders_gated, 1, 2)}), check::waiting_reason);
  expect_clean(ready_after(0s, {saying(waiting_reason::riders_busy, 0)}));
}
