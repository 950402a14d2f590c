// Goods that no order may get, in logs whose chain is sound: each is rejected by name.

#include "tests/audit/script.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>

using namespace dispatch;
using namespace script;
using audit::check;

namespace {

using namespace std::chrono_literals;

const std::vector<goods> two_gas{{"gas", 2}};

turn& at_station(turn& t, station_event body) {
  return t.answer({entity_kind::station, "s1"}, std::move(body));
}

/// Places in goods_day().
constexpr std::size_t reserve_turn = 4;
constexpr std::size_t collect_turn = 7;
constexpr std::size_t return_turn = 10;

/// Three cylinders; two are promised to an order, collected, and brought back.
story goods_day() {
  story day;
  day.emplace_back().open();
  auto& morning = day.emplace_back();
  const start_shift shift{vehicle::motorcycle, 2U, {31.2, 121.4}};
  morning.command(script::rider("r1"), rider_command{shift})
      .rider("r1", shift_started{shift, time_of(1)});
  at_station(morning.by_dispatcher(), station_opened{{31.2, 121.4}});
  at_station(day.emplace_back(), stock_reported{{{"gas", 3, 0}}, time_of(2), time_of(5)});

  place_order placed;
  placed.drop_off = {31.3, 121.5};
  placed.ready_at = time_of(0);
  placed.prepaid = true;
  placed.items = two_gas;
  day.emplace_back()
      .command(script::order("o1"), order_command{placed}, "shop.1")
      .order("o1", order_placed{placed, time_of(3), std::nullopt})
      .order("o1", order_paid{time_of(3) + 1h});
  auto& offered = day.emplace_back();
  offered.rider("r1", offer_received{{"f5-0", {"o1"}, {pick_up("o1"), drop_off("o1")}, time_of(9)}})
      .order("o1", order_sourced{"s1", {31.2, 121.4}})
      .order("o1", order_offered{"f5-0", "r1"});
  at_station(offered, stock_reserved{"o1", two_gas, time_of(30)});
  day.emplace_back()
      .command(script::rider("r1"), rider_command{accept_offer{"f5-0"}})
      .rider("r1", offer_accepted{"f5-0", {"o1"}, {pick_up("o1"), drop_off("o1")}})
      .order("o1", order_assigned{"f5-0", "r1"});
  day.emplace_back()
      .command(script::rider("r1"), rider_command{arrive_at_stop{"o1"}})
      .rider("r1", rider_arrived{"o1", stop_kind::pick_up, time_of(6)});
  at_station(day.emplace_back()
                 .command(script::rider("r1"), rider_command{pick_up_order{"o1"}})
                 .rider("r1", order_collected{"o1", time_of(7)})
                 .order("o1", order_picked_up{"r1", time_of(7), "s1"}),
             stock_consumed{"o1"});
  day.emplace_back()
      .command(script::order("o1"), order_command{cancel_order{"why"}})
      .order("o1", order_returning{"r1", "why", time_of(8)})
      .rider("r1", return_started{"o1"});
  day.emplace_back()
      .command(script::rider("r1"), rider_command{arrive_at_stop{"o1"}})
      .rider("r1", rider_arrived{"o1", stop_kind::drop_off, time_of(9)});
  at_station(day.emplace_back()
                 .command(script::rider("r1"), rider_command{deliver_order{"o1"}})
                 .rider("r1", order_handed_over{"o1", time_of(10)})
                 .order("o1", order_returned{"r1", time_of(10), "s1", two_gas})
                 .order("o1", order_refund_requested{}),
             stock_returned{"o1", two_gas});
  return day;
}

/// The check sees it in the day, changed like this.
void expect(const std::function<void(story&)>& change, check which) {
  auto day = goods_day();
  change(day);
  const auto report = judge(write(day));
  CAPTURE(audit::to_text(report));
  CHECK(report.violations_by_check.at(static_cast<std::size_t>(which)) > 0);
}

/// Removes the events of a type from a turn.
template <class Of, class Event> void drop(turn& from) {
  const auto erased = std::erase_if(from.r.events, [](const event& e) {
    const auto* of = std::get_if<Of>(&e.body);
    return of != nullptr && std::holds_alternative<Event>(*of);
  });
  REQUIRE(erased > 0);
}

} // namespace

TEST_CASE("a day with goods that come back is clean") {
  const auto report = judge(write(goods_day()));
  CAPTURE(audit::to_text(report));
  CHECK(report.violations_total == 0);
  CHECK(report.orders_with(order_status::returned) == 1);
}

TEST_CASE("oversold stock") {
  expect(
      [](story& day) {
        at_station(day[reserve_turn], stock_reserved{"o2", two_gas, time_of(30)});
      },
      check::stock_oversold);
  expect(
      [](story& day) {
        at_station(day[reserve_turn + 1], stock_reported{{{"gas", 1, 0}}, time_of(5), time_of(9)});
      },
      check::stock_oversold);
}

TEST_CASE("goods that are held for nobody, by nobody, or for another order") {
  expect([](story& day) { drop<station_event, stock_reserved>(day[reserve_turn]); },
         check::stock_reservation);
  expect([](story& day) { drop<order_event, order_sourced>(day[reserve_turn]); },
         check::stock_reservation);
  expect(
      [](story& day) {
        at_station(day[reserve_turn + 1], stock_released{"o1", stock_loss::expired});
      },
      check::stock_reservation);
  expect([](story& day) { at_station(day[reserve_turn + 1], station_closed{}); },
         check::stock_reservation);
  expect([](story& day) { at_station(day[1], stock_consumed{"o1"}); }, check::stock_reservation);
}

TEST_CASE("goods that are taken away from the rider who stands there to collect them") {
  for (const auto loss : {stock_loss::expired, stock_loss::out_of_stock}) {
    const auto lose = [&](story& day, std::size_t place) {
      at_station(day[place].order("o1", order_unsourced{"s1", loss}), stock_released{"o1", loss});
    };
    expect([&](story& day) { lose(day, collect_turn - 1); }, check::stock_hand_over);
    auto before_the_arrival = goods_day();
    lose(before_the_arrival, collect_turn - 2);
    const auto report = judge(write(before_the_arrival));
    CHECK(report.violations_by_check.at(static_cast<std::size_t>(check::stock_hand_over)) == 0);
  }
}

TEST_CASE("a piece that the sensor misses while a rider lifts it is not promised twice") {
  auto day = goods_day();
  at_station(day[collect_turn - 1], stock_reported{{{"gas", 1, 0}}, time_of(6), time_of(9)});
  const auto report = judge(write(day));
  CHECK_MESSAGE(report.clean(), audit::to_text(report));
}

TEST_CASE(
    "a piece that was counted out is in no promise when its rider says so before the station") {
  auto day = goods_day();
  at_station(day[collect_turn - 1], stock_reported{{{"gas", 1, 0}}, time_of(6), time_of(9)});
  auto& collecting = day[collect_turn];
  at_station(collecting, stock_reported{{{"gas", 0, 0}}, time_of(7), time_of(9)});
  std::iter_swap(collecting.r.events.end() - 1, collecting.r.events.end() - 2);
  const auto report = judge(write(day));
  CHECK_MESSAGE(report.clean(), audit::to_text(report));
}

/// The day until the goods are on the way back, which an operator ends.
story lost_day(const std::vector<goods>& lost) {
  auto day = goods_day();
  day.resize(return_turn - 1);
  day.emplace_back()
      .command(script::order("o1"), order_command{write_off_order{"gone"}}, "ops.1", "jane")
      .order("o1", order_goods_lost{"r1", "s1", lost})
      .order("o1", order_written_off{"r1", "gone", time_of(return_turn - 1)})
      .order("o1", order_refund_requested{})
      .rider("r1", stops_released{"o1"});
  return day;
}

TEST_CASE("goods that are written off are told, and the rider is free of them") {
  const auto report = judge(write(lost_day(two_gas)));
  CHECK_MESSAGE(report.clean(), audit::to_text(report));
  CHECK(report.orders_with(order_status::written_off) == 1);
  const auto written_off = return_turn - 1;
  const auto expect_lost = [&](const std::function<void(story&)>& change, check which) {
    auto day = lost_day(two_gas);
    change(day);
    const auto changed = judge(write(day));
    CAPTURE(audit::to_text(changed));
    CHECK(changed.violations_by_check.at(static_cast<std::size_t>(which)) > 0);
  };
  expect_lost([&](story& day) { drop<order_event, order_goods_lost>(day[written_off]); },
              check::stock_lost);
  expect_lost([&](story& day) { drop<order_event, order_refund_requested>(day[written_off]); },
              check::order_refund);
  expect_lost([&](story& day) { drop<rider_event, stops_released>(day[written_off]); },
              check::views_agree);
  CHECK_FALSE(judge(write(lost_day({{"gas", 1}}))).clean());
}

TEST_CASE("goods that are lost twice, or before a station has handed them out") {
  expect(
      [](story& day) {
        day[return_turn].order("o1", order_goods_lost{"r1", "s1", two_gas});
      },
      check::stock_lost);
  expect(
      [](story& day) {
        day[reserve_turn].order("o1", order_goods_lost{"r1", "s1", two_gas});
      },
      check::stock_lost);
}

TEST_CASE("goods that are taken or brought back twice, or never") {
  expect([](story& day) { drop<station_event, stock_consumed>(day[collect_turn]); },
         check::stock_reservation);
  expect([](story& day) { at_station(day[collect_turn], stock_consumed{"o1"}); },
         check::stock_reservation);
  expect(
      [](story& day) {
        at_station(day[return_turn], stock_returned{"o1", two_gas});
      },
      check::stock_reservation);
  expect([](story& day) { drop<order_event, order_refund_requested>(day[return_turn]); },
         check::order_refund);
}
