// What is to happen by itself: not before its time, and not never. What an operator asks is
// answered.

#include "messages/limits.hpp"
#include "messages/wire/zone/policy_text.hpp"
#include "tests/audit/lives.hpp"

#include <algorithm>
#include <memory>

using namespace dispatch;
using namespace script;
using namespace std::chrono_literals;

namespace {

policy short_waits() {
  policy p;
  p.max_wait = 3600s;
  p.payment_timeout = 15min;
  p.late_after = 60s;
  return p;
}

/// The zone was opened with this policy.
story under(const policy& policy, story of) {
  auto& opened = std::get<zone_opened>(std::get<zone_event>(of.front().r.events.front().body));
  opened.policy = {1, wire::canonical_toml(policy),
                   std::make_shared<const dispatch::policy>(policy)};
  return of;
}

audit::audit_options strictly() {
  audit::audit_options how;
  how.clock = zone_clock{};
  how.late_by_max = 5s;
  return how;
}

std::uint64_t count_of(check which, const audit::audit_report& report) {
  return report.violations_by_check.at(static_cast<std::size_t>(which));
}

void check_clean(const story& of) {
  const auto report = judge(write(under(short_waits(), of)), strictly());
  CHECK_MESSAGE(report.clean(), audit::to_text(report));
}

void check_found(const story& of, check which) {
  const auto report = judge(write(under(short_waits(), of)), strictly());
  CAPTURE(audit::to_text(report));
  CHECK(count_of(which, report) > 0);
}

constexpr std::size_t next_turn = 14; ///< behind the good day

place_order unpaid(timestamp ready_at) {
  place_order details;
  details.station = "s1";
  details.ready_at = ready_at;
  details.load = 1;
  return details;
}

/// The good day, and an order that is placed and paid behind it, ready then.
story with_order(timestamp ready_at, timestamp search_until) {
  auto day = good_day();
  const auto details = unpaid(ready_at);
  day.emplace_back()
      .command(script::order("o5"), order_command{details}, "shop.place-o5")
      .order("o5", order_placed{details, time_of(next_turn), time_of(next_turn) + 15min})
      .order("o5", order_paid{search_until});
  return day;
}

story& then(story& of, const std::string& id, order_event body) {
  of.push_back(an_order_event(id, std::move(body)));
  return of;
}

} // namespace

TEST_CASE("a day on which everything comes when it is due") { check_clean(good_day()); }

TEST_CASE("a record whose time is ahead of the server's") {
  const auto written = write(good_day(), [](record& r) {
    r.now += r.number > takeover_turn ? duration{3s} : duration{0};
  });
  CHECK(count_of(check::record_clock, judge(written, strictly())) > 0);
  CHECK(count_of(check::record_clock, judge(written)) == 0);
}

TEST_CASE("an offer that expires long after its time") {
  auto day = good_day();
  turn meanwhile; // 10 s.
  meanwhile.order("o3", order_ready{time_of(expiry_turn), "r1"});
  day.insert(day.begin() + expiry_turn, meanwhile);
  check_found(day, check::deadline_late);
}

TEST_CASE("an order that is cancelled as unpaid before its time") {
  auto day = good_day();
  const auto details = unpaid(time_of(next_turn));
  day.emplace_back()
      .command(script::order("o5"), order_command{details}, "shop.place-o5")
      .order("o5", order_placed{details, time_of(next_turn), time_of(next_turn) + 15min});
  auto in_vain = day;
  check_found(then(in_vain, "o5", order_cancelled{"payment_timeout", ""}), check::deadline_early);
  auto asked = day;
  check_clean(then(asked, "o5", order_cancelled{"changed_mind", ""}));
}

TEST_CASE("a search that ends before it has lasted as long as the policy says") {
  const auto now = time_of(next_turn);
  check_clean(with_order(now, now + 1h));
  check_found(with_order(now, now + 59min), check::search_end);
  // It begins a quarter of an hour before the order is ready.
  check_found(with_order(now + 48h, now + 1h), check::search_end);
  check_clean(with_order(now + 48h, now + 49h - 15min));
}

TEST_CASE("an order that is given up before its time") {
  const auto now = time_of(next_turn);
  auto day = with_order(now, now + 1h);
  then(day, "o5", order_undeliverable{});
  check_found(then(day, "o5", order_refund_requested{}), check::deadline_early);
}

TEST_CASE("an order that stood still is given up as much later") {
  const auto begun = time_of(next_turn + 1);
  const auto ended = time_of(next_turn + 2);
  auto day = with_order(time_of(next_turn), time_of(next_turn) + 1h);
  SUBCASE("paused") {
    then(day, "o5", actor_paused{"", begun});
    then(day, "o5", actor_resumed{ended});
  }
  SUBCASE("held") {
    then(day, "o5", order_held{"", begun});
    then(day, "o5", order_hold_released{ended});
  }
  const auto given_up_at = [&](timestamp at) {
    auto end = day;
    then(end, "o5", order_undeliverable{});
    end.back().order("o5", order_refund_requested{});
    audit::audit_options how;
    how.late_by_max = 5s;
    const auto written = write(under(short_waits(), end), [at, given_up = end.size()](record& r) {
      if (r.number == given_up) {
        r.now = at + duration{static_cast<duration::rep>(r.number)};
        for (auto& e : r.events) {
          e.at = r.now;
        }
      }
    });
    return judge(written, std::move(how));
  };
  const auto due = time_of(next_turn) + 1h + (ended - begun);
  const auto of_the_order = [](const audit::violation& v) {
    return v.sentence.starts_with("Order o5 ");
  };
  const auto in_time = given_up_at(due);
  CHECK(std::ranges::none_of(in_time.violations, of_the_order));
  const auto too_early = given_up_at(due - 1s);
  CHECK(count_of(check::deadline_early, too_early) == 1);
  const auto too_late = given_up_at(due + 6s);
  CHECK(std::ranges::any_of(too_late.violations, of_the_order));
}

TEST_CASE("a rider who counts as late before the order is ready") {
  const auto now = time_of(next_turn);
  const auto with_offer = [&](timestamp pick_up_by) {
    auto day = with_order(now + 10min, now + 1h);
    const auto expires = time_of(next_turn + 1) + 45s;
    day.emplace_back()
        .rider("r1", offer_received{{"f16-0", {"o5"}, {pick_up("o5"), drop_off("o5")}, expires}})
        .order("o5", order_offered{"f16-0", "r1", pick_up_by});
    return day;
  };
  check_clean(with_offer(now + 11min));
  check_found(with_offer(now + 5min), check::rider_late);
}

TEST_CASE("a rider who is called late too early") {
  auto day = good_day();
  find<order_event, order_assigned>(day[by_hand_turn]).pick_up_by = time_of(by_hand_turn) + 70s;
  day.emplace_back()
      .by_dispatcher()
      .rider("r2", stops_released{"o4"})
      .order("o4", order_unassigned{"r2", unassign_reason::late, time_of(next_turn) + 1h});
  check_found(day, check::deadline_early);
}

TEST_CASE("an assignment that nobody answers") {
  auto day = good_day();
  day[by_hand_turn].r.events.resize(3); // Placed, paid, requested.
  check_clean(day);
  check_found(then(day, "o3", order_ready{time_of(next_turn), ""}), check::assignment_answered);

  auto refused = good_day();
  refused[by_hand_turn].r.events.resize(3);
  refused[by_hand_turn].order("o4", order_assignment_refused{"r2", "off_shift"});
  check_clean(then(refused, "o3", order_ready{time_of(next_turn), ""}));
}

TEST_CASE("an assignment that is refused because of an offer of the same record") {
  auto day = good_day();
  day[by_hand_turn].order("o3", order_assignment_requested{"r2"});
  day[by_hand_turn].order("o3", order_assignment_refused{"r2", "has_offer"});
  check_found(day, check::assignment_answered);
}

TEST_CASE("an input that an opening gives back, though the stream still has it") {
  auto day = good_day();
  day.emplace_back().open();
  day.emplace_back()
      .command(script::order("o3"), order_command{ready_order{}})
      .order("o3", order_ready{time_of(next_turn + 1), ""});
  const auto repeated = [&](bool as_it_was) {
    command last;
    return judge(write(day, [&](record& r) {
      if (r.number == by_hand_turn + 1) {
        last = r.commands.back();
      } else if (r.number == next_turn + 1) {
        r.input_position = last.sequence - 1;
      } else if (r.number == next_turn + 2) {
        auto& c = r.commands.back();
        c.sequence = last.sequence;
        c.at = as_it_was ? last.at : c.at;
        c.body_hash = as_it_was ? last.body_hash : c.body_hash;
        r.input_position = last.sequence;
      }
    }));
  };
  CHECK(count_of(check::input_once, repeated(false)) == 0);
  CHECK(count_of(check::input_once, repeated(true)) == 1);
}

TEST_CASE("a clock that is a day ahead does not let a command take effect twice") {
  for (const std::string rider : {"r1", "r2"}) {
    auto day = good_day();
    day.emplace_back()
        .command(script::rider(rider), rider_command{end_shift{}}, "r1.accept-1")
        .rider(rider, shift_ended{});
    const auto written = write(day, [&](record& r) {
      r.now += r.number == day.size() ? limits::dedupe_horizon + 1h : 0h;
    });
    // An id of another entity is another one.
    CHECK(count_of(check::command_once, judge(written)) == (rider == "r1" ? 1 : 0));
  }
}
