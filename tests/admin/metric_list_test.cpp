#include "cmd/dispatchd/answers/metric_list.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using namespace dispatch;
using namespace dispatch::daemon;
using namespace std::chrono_literals;

namespace {

struct zone_that_tells {
  zone_metrics metrics;
  zone_clock clock;
  unreadable_positions unreadable;

  double on_page(std::string_view name) const {
    const auto one = std::ranges::find(metric_list(), name, &metric::name);
    REQUIRE(one != metric_list().end());
    return number_of(one->read({metrics, clock, unreadable}));
  }
};

} // namespace

TEST_CASE("every metric has one name, is told somewhere and says what it is") {
  std::set<std::string_view> names;
  std::set<std::string_view> fields;
  for (const auto& one : metric_list()) {
    CAPTURE(one.name);
    CAPTURE(one.field);
    CHECK(one.help.ends_with('.'));
    CHECK((!one.name.empty() || !one.field.empty()));
    CHECK((one.name.empty() || names.insert(one.name).second));
    CHECK((one.field.empty() || fields.insert(one.field).second));
    CHECK((one.name.empty() || one.name.starts_with("dispatch_")));
    const zone_that_tells zone;
    const auto value = one.read({zone.metrics, zone.clock, zone.unreadable});
    CHECK((one.name.empty() || !std::holds_alternative<std::string>(value)));
    const auto is_time = std::holds_alternative<std::chrono::microseconds>(value);
    CHECK((!is_time || one.name.empty() || one.name.find("_seconds") != one.name.npos));
    CHECK(
        (!is_time || one.field.empty() || one.field.ends_with("_ms") || one.field.ends_with("_s")));
  }
}

TEST_CASE("metrics are read in their units") {
  zone_that_tells zone;
  zone.metrics.running = true;
  zone.metrics.input_last = 12;
  zone.metrics.input_position = 9;
  zone.metrics.committed_record = 4;
  zone.metrics.announced_record = 7;
  zone.metrics.input_age_us = 1'500'000;
  zone.metrics.turn_us_sum = 2'250'000;
  (void)zone.unreadable.note("dispatch.pos.z.r", "no place", {});
  CHECK(zone.on_page("dispatch_zone_running") == 1.0);
  CHECK(zone.on_page("dispatch_input_lag_commands") == 3.0);
  CHECK(zone.on_page("dispatch_announce_lag_records") == 0.0);
  CHECK(zone.on_page("dispatch_input_age_seconds") == 1.5);
  CHECK(zone.on_page("dispatch_turn_seconds_total") == 2.25);
  CHECK(zone.on_page("dispatch_positions_unreadable_total") == 1.0);
  CHECK(in_unit_of("input_age_ms", 1500ms) == 1500);
  CHECK(in_unit_of("position_silence_s", 1500ms) == 1);
}
