#include "actors/domain/route.hpp"
#include "cmd/dispatch-sim/city/baseline.hpp"
#include "cmd/dispatch-sim/city/synthetic_city.hpp"

#include <doctest/doctest.h>

namespace dispatch::sim {

namespace {

using namespace std::chrono_literals;

constexpr timestamp noon = scenario_day + 12h;
constexpr place west{4.60, -74.10};
constexpr place middle{4.60, -74.09};
constexpr place east{4.60, -74.08};

double travel_min(const place& from, const place& to) {
  return domain::travel_s(from, to, vehicle::motorcycle, policy{}) / 60.0;
}

planned_rider rider_at(const place& at) { return {"r", vehicle::motorcycle, at, noon, noon + 8h}; }

planned_order order_at(timestamp placed, const place& from, const place& to) {
  return {"o", "s", from, to, placed, placed};
}

} // namespace

TEST_CASE("the nearest free rider takes an order, and the times are those of the policy") {
  scenario city;
  city.riders = {rider_at(west), rider_at(middle)};
  city.orders = {order_at(noon, east, middle)};
  const auto served = nearest_free_rider(city, policy{});
  CHECK(served.delivered == 1);
  const auto on_board = travel_min(middle, east) + 2.0;
  CHECK(served.ready_to_pick_up_min.mean == doctest::Approx(on_board));
  CHECK(served.click_to_door_min.mean ==
        doctest::Approx(on_board + travel_min(east, middle) + 2.0));
}

TEST_CASE("when nobody is free, orders wait in the order of placement") {
  scenario city;
  city.riders = {rider_at(middle)};
  city.orders = {order_at(noon, middle, east), order_at(noon + 1s, east, middle),
                 order_at(noon + 2s, middle, middle)};
  const auto served = nearest_free_rider(city, policy{});
  CHECK(served.delivered == 3);
  const auto first = 2.0 + travel_min(middle, east) + 2.0;
  const auto second = first + 2.0 + travel_min(east, middle) + 2.0;
  const auto third = second + 2.0 + 2.0;
  CHECK(served.click_to_door_min.p50 == doctest::Approx(second - 1.0 / 60.0));
  CHECK(served.click_to_door_min.max == doctest::Approx(third - 2.0 / 60.0));
}

TEST_CASE("riders off shift take nothing, and what waits too long is given up") {
  scenario city;
  city.riders = {rider_at(middle)};
  city.riders[0].off = noon + 1h;
  city.orders = {order_at(noon + 1h, middle, east)};
  const auto served = nearest_free_rider(city, policy{});
  CHECK(served.delivered == 0);
  CHECK(served.undeliverable == 1);
  CHECK(served.open() == 0);
}

TEST_CASE("an order is looked at only shortly before it is ready") {
  scenario city;
  city.riders = {rider_at(middle)};
  city.orders = {order_at(noon, middle, middle), order_at(noon + 1min, middle, middle)};
  city.orders[0].ready_at = noon + 1h;
  const auto served = nearest_free_rider(city, policy{});
  CHECK(served.click_to_door_min.max == doctest::Approx(60.0 + 4.0));
  CHECK(served.click_to_door_min.p50 == doctest::Approx(4.0)); // not behind the first
}

TEST_CASE("the baseline follows from its arguments") {
  const auto city = synthetic_city({.orders = 300, .riders = 40, .stations = 20});
  const auto served = nearest_free_rider(city, policy{});
  CHECK(served == nearest_free_rider(city, policy{}));
  CHECK(served.placed == 300);
  CHECK(served.open() == 0);
}

} // namespace dispatch::sim
