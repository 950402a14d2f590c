#include "cmd/dispatch-bench/measures/match.hpp"

#include "actors/domain/planning/dispatcher.hpp"
#include "cmd/dispatch-bench/site.hpp"
#include "cmd/shared/exit_code.hpp"

#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace dispatch::bench {

namespace {

constexpr timestamp now{std::chrono::hours{24 * 20'000}};
/// A city of 15 km.
constexpr double half_side_degrees = 0.0675;
constexpr std::size_t budget_bytes = 64 * 1024 * 1024;
constexpr std::size_t rules = 10;

place somewhere(std::mt19937_64& random) {
  std::uniform_real_distribution<> along(-half_side_degrees, half_side_degrees);
  const auto latitude = 30.0 + along(random);
  return {latitude, 120.0 + along(random)};
}

rider some_rider(std::mt19937_64& random) {
  rider idle;
  idle.known = idle.on_shift = true;
  idle.capacity = 2;
  idle.at = somewhere(random);
  idle.at_time = now;
  return idle;
}

order some_order(std::mt19937_64& random) {
  order waits;
  waits.status = order_status::waiting;
  waits.paid = true;
  waits.placed_at = now;
  waits.details.station = "s1";
  waits.details.pick_up = somewhere(random);
  waits.details.drop_off = somewhere(random);
  waits.details.ready_at = now;
  return waits;
}

policy with_rules(std::size_t count) {
  policy p;
  for (std::size_t i = 0; i < count; ++i) {
    p.rules.push_back({.name = "r" + std::to_string(i),
                       .when = "distance_m > 500 && local_hour >= 6",
                       .cost_s = "rider_orders * 10 + distance_m / 100",
                       .group = {}});
  }
  return p;
}

double milliseconds_of_match(const match_options& how, policy p) {
  std::mt19937_64 random(how.seed);
  domain::dispatcher desk{std::move(p)};
  for (std::size_t i = 0; i < how.riders; ++i) {
    desk.observe({entity_kind::rider, "r" + std::to_string(i)},
                 std::make_shared<const rider>(some_rider(random)));
  }
  for (std::size_t i = 0; i < how.orders; ++i) {
    desk.observe({entity_kind::order, "o" + std::to_string(i)},
                 std::make_shared<const order>(some_order(random)));
  }
  const auto began = steady::now();
  const auto made = desk.match({now, "f", budget_bytes});
  const auto span = 1000.0 * seconds_between(began, steady::now());
  if (made.proposals.empty()) {
    throw cli::stop(cli::exit_code::failed, "the match offers nothing");
  }
  return span;
}

} // namespace

figures measure_match(const match_options& how) {
  stop_if_interrupted();
  const auto bare = milliseconds_of_match(how, with_rules(0));
  const auto ruled = milliseconds_of_match(how, with_rules(rules));
  return {{"match_ms", "ms for a match without rules", bare, 1},
          {"match_ten_rules_ms", "ms with ten rules of riders", ruled, 1},
          {"rules_ratio", "ten rules against none", ruled / bare, 2}};
}

} // namespace dispatch::bench
