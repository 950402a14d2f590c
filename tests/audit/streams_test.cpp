// Good streams are found clean; streams that were tampered with are rejected by the name of the
// check that must see it.

#include "cmd/audit/auditor.hpp"
#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"
#include "tests/audit/script.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace dispatch;
using audit::check;

namespace {

void expect(const audit::audit_report& report, check which) {
  CAPTURE(audit::to_text(report));
  CHECK(report.violations_by_check.at(static_cast<std::size_t>(which)) > 0);
  CHECK_FALSE(report.clean());
}

/// The check sees it, and no other one does.
void expect_only(const audit::audit_report& report, check which) {
  expect(report, which);
  CAPTURE(audit::to_text(report));
  CHECK(report.violations_by_check.at(static_cast<std::size_t>(which)) == report.violations_total);
}

script::streams good() { return script::write(script::good_day()); }

template <class T> void drop(std::vector<T>& list, std::size_t place) {
  list.erase(list.begin() + static_cast<std::ptrdiff_t>(place));
}
template <class T> void insert(std::vector<T>& list, std::size_t place, T what) {
  list.insert(list.begin() + static_cast<std::ptrdiff_t>(place), std::move(what));
}

/// Writes the day with one record changed before it is hashed.
script::streams with_record(std::uint64_t number, const std::function<void(record&)>& change) {
  return script::write(script::good_day(), [&](record& r) {
    if (r.number == number) {
      change(r);
    }
  });
}

} // namespace

TEST_CASE("a good day is clean") {
  const auto report = script::judge(good());
  CAPTURE(audit::to_text(report));
  CHECK(report.clean());
  CHECK(report.records == 14);
  CHECK(report.epochs == 2);
  CHECK(report.announced == good().out.size());
  CHECK(report.inputs_joined == good().in.size());
  CHECK(report.orders_with(order_status::delivered) == 1);
  CHECK(report.orders_with(order_status::cancelled) == 1);
  CHECK(report.open_orders() == 2);
}

TEST_CASE("swapped records") {
  auto s = good();
  std::swap(s.log[6], s.log[7]);
  const auto report = script::judge(s);
  expect(report, check::record_number);
  expect(report, check::hash_chain);
}

TEST_CASE("a dropped record") {
  auto s = good();
  drop(s.log, 5);
  const auto report = script::judge(s);
  expect(report, check::record_number);
  expect(report, check::hash_chain);
}

TEST_CASE("a duplicated record") {
  auto s = good();
  insert(s.log, 5, s.log[5]);
  const auto report = script::judge(s);
  expect(report, check::record_number);
  expect(report, check::hash_chain);
}

TEST_CASE("a hole in the log's sequences") {
  const auto s = good();
  audit::auditor auditor("dispatch", "z");
  for (std::size_t i = 0; i < s.log.size(); ++i) {
    auditor.add_record(i < 5 ? i + 1 : i + 2, s.log[i]);
  }
  expect_only(auditor.finish(), check::log_sequence);
}

TEST_CASE("a changed byte") {
  auto s = good();
  const auto at = s.log[2].find("shop.place-o1");
  REQUIRE(at != std::string::npos);
  s.log[2][at] = 'S';
  expect(script::judge(s), check::hash_chain);
}

TEST_CASE("bytes that are no record") {
  auto s = good();
  s.log[5] = "\xff\xff\xff";
  expect(script::judge(s), check::record_decodes);
}

TEST_CASE("a record of another zone") {
  expect(script::judge(with_record(5, [](record& r) { r.zone = "y"; })), check::record_zone);
}

TEST_CASE("a skipped epoch") {
  expect(script::judge(with_record(script::takeover_turn + 1, [](record& r) { r.epoch = 3; })),
         check::epoch);
}

TEST_CASE("an epoch that changes without a takeover") {
  expect(script::judge(with_record(6, [](record& r) { r.epoch = 2; })), check::epoch);
}

TEST_CASE("time that stands still") {
  expect_only(script::judge(with_record(6, [](record& r) { r.now = script::time_of(4); })),
              check::time_order);
}

TEST_CASE("an input consumed twice") {
  expect(script::judge(with_record(7, [](record& r) { --r.commands.at(0).sequence; })),
         check::input_once);
}

TEST_CASE("a skipped input") {
  expect(script::judge(with_record(7,
                                   [](record& r) {
                                     r.commands.clear();
                                     r.events.clear();
                                   })),
         check::input_position);
}

TEST_CASE("an input position that moves on its own") {
  expect(script::judge(with_record(7, [](record& r) { ++r.input_position; })),
         check::input_position);
}

TEST_CASE("a fingerprint of another message") {
  expect_only(script::judge(with_record(7, [](record& r) { ++r.input_fingerprint; })),
              check::input_joined);
}

TEST_CASE("an input whose message says something else") {
  auto s = good();
  s.in[3].subject += "x";
  expect_only(script::judge(s), check::input_joined);
}

TEST_CASE("a dead letter about another message") {
  expect_only(script::judge(with_record(script::cancel_turn + 1,
                                        [](record& r) { ++r.dead_letters.at(0).hash; })),
              check::input_joined);
}

TEST_CASE("a missing outcome") {
  expect_only(
      script::judge(with_record(script::cancel_turn + 1, [](record& r) { r.events.pop_back(); })),
      check::command_outcome);
}

TEST_CASE("an event without its command") {
  expect(script::judge(with_record(6, [](record& r) { r.events.at(0).command_id = "nobody.1"; })),
         check::event_cause);
}

TEST_CASE("a command that takes effect twice") {
  const auto again = [](record& r) {
    for (auto& e : r.events) {
      if (std::holds_alternative<command_repeated>(e.body)) {
        e.entity = script::order("o1");
        e.body = order_event{order_ready{r.now, ""}};
      }
    }
  };
  expect(script::judge(with_record(script::cancel_turn + 1, again)), check::command_once);
}

TEST_CASE("a new command that is answered as repeated") {
  const auto repeat = [](record& r) {
    for (auto& e : r.events) {
      if (std::holds_alternative<command_repeated>(e.body)) {
        e.body = command_repeated{"placed", 2};
      }
    }
  };
  expect_only(script::judge(with_record(script::cancel_turn + 1, repeat)), check::command_outcome);
}

namespace {

/// A day at whose end a new order was refused because the zone was behind. `change` may spoil it.
audit::audit_report with_refused_order(const std::function<void(record&)>& change = [](record&) {
}) {
  auto day = script::good_day();
  script::turn last;
  last.command(script::order("late"), order_command{place_order{}}, "shop.late")
      .answer(script::order("late"),
              command_refused{refusal::overloaded, "place", "later", 30'000});
  day.push_back(last);
  return script::judge(script::write(day, [&](record& r) {
    if (r.number == day.size()) {
      r.commands.back().refused_at_intake = refusal::overloaded;
      r.commands.back().retry_after_ms = 30'000;
      change(r);
    }
  }));
}

} // namespace

TEST_CASE("an order that the intake refused") {
  const auto report = with_refused_order();
  CHECK_MESSAGE(report.clean(), audit::to_text(report));
}

TEST_CASE("an order that the intake refused for no reason of its own") {
  expect(
      with_refused_order([](record& r) { r.commands.back().refused_at_intake = refusal::paused; }),
      check::intake_refusal);
}

TEST_CASE("the intake refuses an operator") {
  expect(with_refused_order([](record& r) { r.commands.back().by = "ops"; }),
         check::intake_refusal);
}

TEST_CASE("the intake refuses something else than a new order for overload") {
  expect(with_refused_order([](record& r) { r.commands.back().body = order_command{pay_order{}}; }),
         check::intake_refusal);
}

TEST_CASE("a refusal of the intake that is told otherwise than noted, or not noted") {
  expect_only(with_refused_order([](record& r) { r.commands.back().retry_after_ms = 1; }),
              check::intake_refusal);
  expect_only(with_refused_order([](record& r) {
                r.commands.back().refused_at_intake = refusal::none;
                r.commands.back().retry_after_ms = 0;
              }),
              check::intake_refusal);
}

TEST_CASE("an order that the intake refused and that is there all the same") {
  expect(with_refused_order([](record& r) {
           auto placed = r.events.back();
           placed.body = order_event{order_placed{{}, r.now, r.now}};
           r.events.push_back(placed);
         }),
         check::intake_refusal);
}

TEST_CASE("a command id may come again after the horizon") {
  auto day = script::good_day();
  script::turn later;
  later.command(script::order("o1"), order_command{pay_order{}}, "shop.place-o1")
      .answer(script::order("o1"), command_refused{refusal::final_status, "pay", "it has ended"});
  day.push_back(later);
  const auto report = script::judge(script::write(day, [&](record& r) {
    if (r.number == day.size()) {
      r.now += limits::dedupe_horizon + std::chrono::hours(1);
      r.commands.back().at = r.now;
    }
  }));
  CAPTURE(audit::to_text(report));
  CHECK(report.violations_by_check.at(static_cast<std::size_t>(check::command_once)) == 0);
}

TEST_CASE("a missing announcement") {
  auto s = good();
  drop(s.out, 7);
  expect_only(script::judge(s), check::announcement_missing);
}

TEST_CASE("announcements that are not out at the end") {
  auto s = good();
  s.out.pop_back();
  expect_only(script::judge(s), check::announcement_missing);
}

TEST_CASE("an announce id used again") {
  auto s = good();
  insert(s.out, 8, s.out[6]);
  expect_only(script::judge(s), check::announcement_repeated);
}

TEST_CASE("announcements out of order") {
  auto s = good();
  std::swap(s.out[6], s.out[7]);
  const auto report = script::judge(s);
  expect(report, check::announcement_order);
}

TEST_CASE("foreign messages in the output stream") {
  for (const auto* id : {"", "z/1/5", "y/1/5/0", "z/1/5/00", "z/1/5/9", "z/9/5/0", "z/2/99/0"}) {
    CAPTURE(id);
    auto s = good();
    insert(s.out, 7, {id, "dispatch.out.z.order.o1.placed", "x"});
    expect_only(script::judge(s), check::announcement_foreign);
  }
}

TEST_CASE("a changed body or subject in the output stream") {
  auto s = good();
  s.out[7].body.back() = static_cast<char>(s.out[7].body.back() ^ 1);
  expect_only(script::judge(s), check::announcement_changed);
  s = good();
  s.out[7].subject += "x";
  expect_only(script::judge(s), check::announcement_changed);
}

TEST_CASE("a hole in the output stream's sequences") {
  const auto s = good();
  audit::auditor auditor("dispatch", "z");
  for (std::size_t i = 0; i < s.out.size(); ++i) {
    auditor.add_output(i < 5 ? i + 1 : i + 2, s.out[i].id, s.out[i].subject, s.out[i].body);
  }
  for (std::size_t i = 0; i < s.log.size(); ++i) {
    auditor.add_record(i + 1, s.log[i]);
  }
  expect_only(auditor.finish(), check::output_sequence);
}

namespace {

/// The verdict on the log beside a journal that holds these records, from the first on.
audit::audit_report judge_against(const script::streams& what, std::vector<std::string> journal) {
  const auto last = journal.size();
  audit::auditor judge{
      "dispatch",
      "z",
      {.against = audit::journal{last, [journal = std::move(journal)](std::uint64_t number) {
                                   return number > 2 ? std::optional{journal.at(number - 1)}
                                                     : std::nullopt; // The oldest are not kept.
                                 }}}};
  for (std::size_t i = 0; i < what.log.size(); ++i) {
    judge.add_record(i + 1, what.log[i]);
  }
  return judge.finish();
}

} // namespace

TEST_CASE("a log and the journal of a node that is not there yet") {
  const auto s = good();
  auto journal = s.log;
  journal.resize(journal.size() - 3);
  const auto report = judge_against(s, journal);
  CHECK(report.clean());
  CHECK(report.journalled.first == 3);
  CHECK(report.journalled.last == journal.size());
}

TEST_CASE("a log that has lost what a journal holds") {
  auto s = good();
  const auto journal = s.log;
  s.log.resize(s.log.size() - 3);
  const auto report = judge_against(s, journal);
  expect_only(report, check::journal);
  CHECK(report.violations.front().record == s.log.size() + 1);
}

TEST_CASE("a log that forked from a journal") {
  const auto s = good();
  auto journal = s.log;
  journal[6] += "x";
  journal[7] += "x";
  const auto report = judge_against(s, journal);
  expect_only(report, check::journal);
  CHECK(report.violations.front().record == 7);
  CHECK(report.violations_total == 1);
}
