#include "cmd/dispatch-sim/options.hpp"

#include <doctest/doctest.h>

#include <sstream>

namespace dispatch::sim {

namespace {

using namespace std::chrono_literals;

struct parsed {
  std::variant<options, cli::exit_code> result;
  std::string complaint;
};

parsed parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "dispatch-sim");
  std::ostringstream out;
  std::ostringstream err;
  auto result = parse_options(static_cast<int>(arguments.size()), arguments.data(), out, err);
  return {std::move(result), err.str()};
}

options good(std::vector<const char*> arguments) {
  auto result = parse(std::move(arguments));
  CAPTURE(result.complaint);
  REQUIRE(std::holds_alternative<options>(result.result));
  return std::get<options>(result.result);
}

} // namespace

TEST_CASE("a replay takes a part of a day and a share of the couriers") {
  const auto o = good({"replay",
                       ".",
                       "--from",
                       "11:30",
                       "--to",
                       "13:00",
                       "--couriers",
                       "40%",
                       "--speed",
                       "120",
                       "--seed",
                       "7",
                       "--position-interval",
                       "2m",
                       "-o",
                       "json",
                       "--baseline",
                       "nearest",
                       "--server",
                       "nats://127.0.0.1:1"});
  CHECK(o.replay);
  CHECK(o.directory == ".");
  CHECK(o.from == 11h + 30min);
  CHECK(o.to == 13h);
  CHECK(o.rider_share == doctest::Approx(0.4));
  CHECK(o.speed == 120.0);
  CHECK(o.habits.seed == 7);
  CHECK(o.habits.position_interval == 2min);
  CHECK(o.json);
  CHECK(o.baseline);
  CHECK(o.live_server);
}

TEST_CASE("a synthetic city has a size") {
  auto o = good({"synthetic", "--orders", "5", "--couriers", "3", "--stations", "2", "--hours",
                 "0.5", "--grace", "1h", "--accept", "1", "--decline", "0", "--ignore", "0"});
  CHECK_FALSE(o.replay);
  CHECK(o.synthetic.orders == 5);
  CHECK(o.synthetic.riders == 3);
  CHECK(o.synthetic.stations == 2);
  CHECK(o.synthetic.hours == 0.5);
  CHECK(o.grace == 1h);
  CHECK(o.habits.accept == 1.0);
  CHECK_FALSE(o.live_server);
  policy policy;
  const auto city = scenario_of(o, policy);
  REQUIRE(city);
  CHECK(city->orders.size() == 5);
}

TEST_CASE("wrong arguments are refused with a reason") {
  const std::vector<std::vector<const char*>> wrong = {
      {},
      {"replay"},
      {"replay", "/nowhere"},
      {"replay", ".", "--couriers", "40"},
      {"replay", ".", "--couriers", "0%"},
      {"replay", ".", "--from", "26:00"},
      {"replay", ".", "--from", "12:00", "--to", "12:00"},
      {"synthetic", "--accept", "0.5"},
      {"synthetic", "--speed", "0"},
      {"synthetic", "--zone", "a.b"},
      {"synthetic", "--baseline", "best"},
      {"synthetic", "-o", "xml"}};
  for (const auto& arguments : wrong) {
    const auto result = parse(arguments);
    CAPTURE(arguments.size());
    REQUIRE(std::holds_alternative<cli::exit_code>(result.result));
    CHECK(std::get<cli::exit_code>(result.result) == cli::exit_code::usage);
    CHECK_FALSE(result.complaint.empty());
  }
}

} // namespace dispatch::sim
