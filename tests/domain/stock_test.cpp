#include "actors/domain/machines/station.hpp"
#include "tests/domain/scenario.hpp"

#include <doctest/doctest.h>

#include <map>

/// Stations that keep stock.
using namespace dispatch;
using namespace dispatch::domain;

namespace {

const std::vector<goods> two_gas{{"gas", 2}};

report_stock counted(std::uint32_t gas, std::optional<std::uint32_t> low_below = 0) {
  return {{{"gas", gas, low_below}}};
}

std::string says(station& state, const station_command& command, timestamp at = dawn) {
  return to_line(perform(state, command, at));
}

/// Open, with so many cylinders and no threshold.
station with_gas(std::uint32_t gas) {
  station s;
  says(s, open_station{metres(0, 0)});
  says(s, counted(gas));
  return s;
}

reserve_stock reserve(const std::string& order, timestamp until = dawn + 5min) {
  return {order, two_gas, until};
}

/// Released orders, in the order of the events, with the reason.
std::vector<std::pair<std::string, stock_loss>> released(const outcome<station_event>& result) {
  std::vector<std::pair<std::string, stock_loss>> list;
  for (const auto& e : result.events) {
    if (const auto* r = std::get_if<stock_released>(&e)) {
      list.emplace_back(r->order, r->reason);
    }
  }
  return list;
}

} // namespace

TEST_CASE("stock: what every command comes to in every state") {
  station unknown;
  station open;
  says(open, open_station{metres(0, 0)});
  auto stocked = with_gas(3);
  auto holding = stocked;
  says(holding, reserve("a"));
  auto closed = stocked;
  says(closed, close_station{});
  auto paused = holding;
  perform(paused, station_command{pause_actor{"why"}}, dawn, true);

  const std::vector<std::pair<std::string, station_command>> commands{
      {"report", counted(3)},
      {"report none", counted(0)},
      {"reserve a", reserve("a")},
      {"reserve b", reserve("b")},
      {"release a", release_stock{"a"}},
      {"consume a", consume_stock{"a"}},
      {"return a", return_stock{"a", two_gas}},
      {"close", close_station{}},
      {"deadline", pass_deadline{}},
  };
  using lines = std::map<std::string, std::string>;
  const lines nothing_held{{"release a", "!unknown_entity"},
                           {"consume a", "!unknown_entity"},
                           {"deadline", "!wrong_status"}};
  const lines may_be_returned{{"report", "stock_reported"},
                              {"report none", "stock_reported"},
                              {"return a", "stock_returned"}};
  struct row {
    const char* name;
    station state;
    std::vector<lines> expected;
  };
  for (const auto& [name, state, expected] : std::vector<row>{
           {"unknown", unknown, {}},
           {"open, never counted",
            open,
            {nothing_held, may_be_returned,
             lines{{"reserve a", "!out_of_stock"},
                   {"reserve b", "!out_of_stock"},
                   {"close", "closed"}}}},
           {"three pieces",
            stocked,
            {nothing_held, may_be_returned,
             lines{{"reserve a", "stock_reserved"},
                   {"reserve b", "stock_reserved"},
                   {"close", "closed"}}}},
           {"two of three held for a",
            holding,
            {lines{{"report", "stock_reported"},
                   {"report none", "stock_released stock_reported"},
                   {"reserve a", "stock_reserved"},
                   {"reserve b", "!out_of_stock"},
                   {"release a", "stock_released"},
                   {"consume a", "stock_consumed"},
                   {"return a", "stock_returned"},
                   {"close", "stock_released closed"},
                   {"deadline", "stock_released"}}}},
           {"closed",
            closed,
            {nothing_held, may_be_returned,
             lines{{"reserve a", "!wrong_status"},
                   {"reserve b", "!wrong_status"},
                   {"close", "!wrong_status"}}}},
           {"paused, two of three held for a",
            paused,
            {lines{{"report", "stock_reported"},
                   {"report none", "stock_released stock_reported"},
                   {"reserve a", "!paused"},
                   {"reserve b", "!paused"},
                   {"release a", "stock_released"},
                   {"consume a", "stock_consumed"},
                   {"return a", "stock_returned"},
                   {"close", "!paused"},
                   {"deadline", "stock_released"}}}},
       }) {
    lines all;
    for (const auto& part : expected) {
      all.insert(part.begin(), part.end());
    }
    for (const auto& [what, command] : commands) {
      CAPTURE(name);
      CAPTURE(what);
      auto after = state;
      const auto result = perform(after, command, dawn + 5min);
      CHECK(to_line(result) == (all.contains(what) ? all.at(what) : "!unknown_entity"));
      CHECK((after == state || result.refused == refusal::none));
      for (const auto& level : after.stock) {
        CHECK(level.reserved <= level.on_hand);
      }
    }
  }
}

TEST_CASE("stock: what is reserved, consumed and returned") {
  auto s = with_gas(5);
  says(s, reserve("a"));
  CHECK(available(s, "gas") == 3);
  CHECK(has_in_stock(s, {{"gas", 3}}));
  CHECK_FALSE(has_in_stock(s, {{"gas", 4}}));
  CHECK_FALSE(has_in_stock(s, {{"water", 1}}));
  SUBCASE("a renewal replaces what was held, and keeps its turn") {
    says(s, reserve("b"));
    says(s, reserve("a", dawn + 9min));
    CHECK(available(s, "gas") == 1);
    CHECK(s.reservations.front().order == "a");
    CHECK(deadline(s) == dawn + 5min);
  }
  SUBCASE("consumed: it is gone") {
    says(s, consume_stock{"a"});
    CHECK(s.stock.front() == stock_level{"gas", 3, 0, 0, false});
    CHECK_FALSE(deadline(s));
    says(s, return_stock{"a", two_gas});
    CHECK(available(s, "gas") == 5);
  }
  SUBCASE("released: it is there for others") {
    says(s, release_stock{"a"});
    CHECK(available(s, "gas") == 5);
  }
}

TEST_CASE("stock: when fewer are counted than were promised, the newest promises are broken") {
  auto s = with_gas(6);
  for (const auto* order : {"a", "b", "c"}) {
    says(s, reserve(order));
  }
  const auto result = perform(s, station_command{counted(3)}, dawn + 1min);
  CHECK(released(result) == std::vector{std::pair{std::string{"c"}, stock_loss::out_of_stock},
                                        std::pair{std::string{"b"}, stock_loss::out_of_stock}});
  CHECK(s.stock.front() == stock_level{"gas", 3, 2, 0, false});
}

TEST_CASE("stock: promises end with their time, or with the station's day") {
  auto s = with_gas(6);
  says(s, reserve("a", dawn + 5min));
  says(s, reserve("b", dawn + 9min));
  CHECK(deadline(s) == dawn + 5min);
  auto closing = s;
  CHECK(released(perform(s, station_command{pass_deadline{}}, dawn + 5min)) ==
        std::vector{std::pair{std::string{"a"}, stock_loss::expired}});
  CHECK(deadline(s) == dawn + 9min);
  CHECK(released(perform(closing, station_command{close_station{}}, dawn)).size() == 2);
}

TEST_CASE("stock: low stock is said once, until there is more again") {
  auto s = with_gas(6);
  CHECK(says(s, counted(4, 3)) == "stock_reported");
  CHECK(says(s, reserve("a")) == "stock_reserved stock_low");
  CHECK(says(s, counted(4)) == "stock_reported"); // Nothing new: the threshold goes, too.
  CHECK_FALSE(s.stock.front().low);
  CHECK(says(s, counted(4, 3)) == "stock_reported stock_low");
  CHECK(says(s, release_stock{"a"}) == "stock_released");
  CHECK_FALSE(s.stock.front().low);
  CHECK(says(s, reserve("a")) == "stock_reserved stock_low");

  station fresh;
  says(fresh, open_station{metres(0, 0)});
  CHECK(says(fresh, counted(policy{}.low_stock - 1, std::nullopt)) == "stock_reported stock_low");
  CHECK(says(fresh, counted(policy{}.low_stock, std::nullopt)) == "stock_reported");
}

TEST_CASE("stock: a silent sensor is said once while stock is low, until it reports") {
  const policy policy;
  auto s = with_gas(6);
  CHECK_FALSE(deadline(s));
  says(s, counted(1, 3), dawn + 1min);
  CHECK(deadline(s) == dawn + 1min + policy.sensor_silence);
  CHECK(says(s, pass_deadline{}, dawn + 1min) == "!wrong_status");
  CHECK(says(s, pass_deadline{}, dawn + 2min) == "sensor_silent");
  CHECK_FALSE(deadline(s));
  says(s, counted(1, 3), dawn + 3min);
  CHECK(deadline(s) == dawn + 3min + policy.sensor_silence);
}

TEST_CASE("station: its hours are those of the zone's local day") {
  station s;
  const auto hands_out_at = [&](opening_hours hours, std::chrono::minutes of_day) {
    s = {};
    perform(s, station_command{open_station{metres(0, 0), hours}}, dawn);
    return hands_out(s, dawn + of_day, 0s);
  };
  const opening_hours day{8 * 60, 18 * 60};
  const opening_hours night{18 * 60, 2 * 60};
  CHECK(hands_out_at({}, 3h));
  CHECK_FALSE(hands_out_at(day, 8h - 1min));
  CHECK(hands_out_at(day, 8h));
  CHECK(hands_out_at(day, 18h - 1min));
  CHECK_FALSE(hands_out_at(day, 18h));
  CHECK(hands_out_at(night, 23h));
  CHECK(hands_out_at(night, 1h));
  CHECK_FALSE(hands_out_at(night, 2h));
  CHECK(next_opening(s, dawn + 3h, 0s) == dawn + 18h);
  CHECK(next_opening(s, dawn + 19h, 0s) == dawn + 42h);
  // Five hours behind UTC.
  CHECK(hands_out(s, dawn + 1h, -5h));
  CHECK_FALSE(hands_out(s, dawn + 8h, -5h));
  CHECK(next_opening(s, dawn + 8h, -5h) == dawn + 23h);
  perform(s, station_command{close_station{}}, dawn);
  CHECK_FALSE(hands_out(s, dawn + 19h, 0s));
}

TEST_CASE("stock: a changed threshold of the policy counts for articles that are known") {
  policy policy;
  policy.low_stock = 5;
  station s;
  const auto count = [&](std::uint32_t gas) {
    const auto result = apply(s, counted(gas, std::nullopt), context{"s1", dawn, false, policy});
    for (const auto& e : result.events) {
      evolve(s, e);
    }
  };
  says(s, open_station{metres(0, 0)});
  count(20);
  policy.low_stock = 50;
  count(20);
  CHECK(s.stock.front().low_below == 50);
}

TEST_CASE("station: hours and place of an open station change without a closing") {
  auto s = with_gas(5);
  says(s, reserve("a"));
  CHECK(says(s, open_station{metres(0, 0)}) == "!wrong_status");
  CHECK(says(s, open_station{metres(0, 0), {480, 1200}}) == "opened");
  CHECK(says(s, open_station{metres(50, 0), {480, 1200}}) == "opened");
  CHECK(s.hours == opening_hours{480, 1200});
  CHECK(s.at == metres(50, 0));
  CHECK(s.reservations.size() == 1);
}
