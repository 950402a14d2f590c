#include "cmd/dispatch-sim/city/replay_files.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <sstream>

namespace dispatch::sim {

namespace {

using namespace std::chrono_literals;

const std::string order_header =
    "order_id,pick_up_lat,pick_up_lng,drop_off_lat,drop_off_lng,placement_time,preparation_time,"
    "ready_time,expected_drop_off_time\n";
const std::string courier_header = "courier_id,vehicle,on_lat,on_lng,on_time,off_time\n";

result<scenario> orders_of(const std::string& lines) {
  std::istringstream text{order_header + lines};
  scenario day;
  const auto read = read_orders(text, "orders.csv", day);
  return read ? result<scenario>{day} : read.error();
}

result<scenario> couriers_of(const std::string& lines) {
  std::istringstream text{courier_header + lines};
  scenario day;
  const auto read = read_couriers(text, "couriers.csv", day);
  return read ? result<scenario>{day} : read.error();
}

} // namespace

TEST_CASE("orders are read by column name and come by placing time, equal points are one station") {
  const auto day = orders_of("7,4.5,-74.0,4.6,-74.1,12:00:00,12:05:00,12:20:00,12:50:00\n"
                             "8,4.7,-74.0,4.6,-74.1,11:00:01,11:05:00,11:20:00,11:50:00\r\n"
                             "9,4.5,-74.0,4.8,-74.2,13:00:00,13:05:00,13:20:00,13:50:00\n");
  REQUIRE(day);
  REQUIRE(day->orders.size() == 3);
  CHECK(day->orders[0] == planned_order{.id = "o8",
                                        .station = "s2",
                                        .pick_up = {4.7, -74.0},
                                        .drop_off = {4.6, -74.1},
                                        .placed_at = scenario_day + 11h + 1s,
                                        .ready_at = scenario_day + 11h + 20min});
  CHECK(day->orders[1].station == "s1");
  CHECK(day->orders[2].station == "s1");
  CHECK(day->stations == std::vector<planned_station>{{"s1", {4.5, -74.0}}, {"s2", {4.7, -74.0}}});
  CHECK(day->warnings.empty());
}

TEST_CASE("a ready time before the placing becomes the placing time, and is counted") {
  const auto day = orders_of("1,4.5,-74.0,4.6,-74.1,12:00:00,11:00:00,11:20:00,12:50:00\n");
  REQUIRE(day);
  CHECK(day->orders.at(0).ready_at == scenario_day + 12h);
  CHECK(day->warnings.at("orders that were ready before they were placed, clamped") == 1);
}

TEST_CASE("couriers: backward shifts are left out and unknown vehicles are motorcycles, counted") {
  const auto day = couriers_of("1,walking,4.5,-74.0,08:00:00,12:00:00\n"
                               "2,vehicle,4.5,-74.0,08:00:00,12:00:00\n"
                               "3,car,4.5,-74.0,12:00:00,12:00:00\n");
  REQUIRE(day);
  REQUIRE(day->riders.size() == 2);
  CHECK(day->riders[0] == planned_rider{.id = "r1",
                                        .vehicle = vehicle::walking,
                                        .start = {4.5, -74.0},
                                        .on = scenario_day + 8h,
                                        .off = scenario_day + 12h});
  CHECK(day->riders[1].vehicle == vehicle::motorcycle);
  CHECK(day->warnings.at("couriers whose shift ends before it begins, left out") == 1);
  CHECK(day->warnings.at("couriers with an unknown vehicle, taken as motorcycles") == 1);
}

TEST_CASE("what cannot be read is named with file, line and column") {
  CHECK(orders_of("1,4.5,-74.0,4.6,-74.1,12:00:00,11:00:00\n").error().what ==
        "orders.csv, line 2: has 7 fields instead of 9");
  CHECK(orders_of("1,94.5,-74.0,4.6,-74.1,12:00:00,11:00:00,11:20:00,12:50:00\n").error().what ==
        "orders.csv, line 2: pick_up_lat: unusable value '94.5'");
  CHECK(couriers_of("1,walking,4.5,-74.0,08:00:00,12:00:00\n2,horse,4.5,-74.0,08:00:00,12:00:00\n")
            .error()
            .what == "couriers.csv, line 3: vehicle: unusable value 'horse'");
  std::istringstream other{"order_id,pick_up_lat\n"};
  scenario day;
  CHECK(read_orders(other, "orders.csv", day).error().what ==
        "orders.csv: its first line does not name the column pick_up_lng");
  CHECK_FALSE(read_day("/nowhere"));
}

TEST_CASE("a time of day has hours and minutes, and may have seconds") {
  CHECK(parse_time_of_day("18:30") == duration{18h + 30min});
  CHECK(parse_time_of_day("00:00:07") == duration{7s});
  CHECK(parse_time_of_day("24:00") == duration{24h});
  for (const auto* wrong : {"", "18", "1:30", "18.30", "18:60", "24:01", "25:00", "18:30:", "aa:bb",
                            "-1:30", "18:30:61"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_time_of_day(wrong));
  }
}

TEST_CASE("a real day can be read") {
  const auto day = std::filesystem::path{DATA_FOLDER} / "rappi/3";
  if (!std::filesystem::exists(day)) {
    MESSAGE("skipped: " << day.string() << " is not here");
    return;
  }
  const auto read = read_day(day);
  REQUIRE(read);
  CHECK(read->orders.size() == 2959);
  CHECK(read->stations.size() == 306);
  CHECK(read->riders.size() == 1181);
  CHECK(read->warnings.at("orders that were ready before they were placed, clamped") == 1);
  CHECK(read->warnings.at("couriers whose shift ends before it begins, left out") == 4);
}

} // namespace dispatch::sim
