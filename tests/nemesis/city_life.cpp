#include "tests/nemesis/city_life.hpp"

#include "cmd/dispatch-sim/city/baseline.hpp"
#include "cmd/dispatch-sim/city/synthetic_city.hpp"
#include "cmd/dispatch-sim/zone_limits.hpp"
#include "cmd/shared/progress_line.hpp"
#include "messages/entities/order.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <utility>

namespace dispatch::nemesis {

namespace {

using namespace std::chrono_literals;

constexpr auto speed = 240.0;
/// As long as riders may work: three quarters of an hour of wall time.
constexpr std::size_t hours = 160;
constexpr auto longest = 168h;
constexpr std::size_t orders_per_hour = 30;
constexpr std::size_t riders_of_city = 25;
constexpr std::size_t stations_of_city = 6;
constexpr std::uint32_t pieces = 1'000'000;
/// Four hours of the city's, for the deliveries of a city that was closed.
constexpr auto closed_max = 60s;
/// A zone may serve its city so much worse than the simplest dispatcher.
constexpr double slower_max = 1.3;
/// Of wall time, beside the outages: turns, and a busy machine.
constexpr std::chrono::duration<double> allowance = 3s;

const sim::rider_habits habits{.position_interval = 5min};

timestamp wall_now() { return std::chrono::floor<duration>(std::chrono::system_clock::now()); }

/// An hour again and again, with riders who stay. Every second order is of a piece in stock.
sim::scenario endless_city(std::uint64_t seed, timestamp begins) {
  auto plan = sim::synthetic_city({.orders = orders_per_hour,
                                   .riders = riders_of_city,
                                   .stations = stations_of_city,
                                   .hours = 1.0,
                                   .seed = seed});
  for (auto& rider : plan.riders) {
    rider.on = plan.begins;
    rider.off = plan.begins + longest;
  }
  for (auto& station : plan.stations) {
    station.stock = {{"cylinder", pieces}};
  }
  for (std::size_t i = 0; i < plan.orders.size(); i += 2) {
    plan.orders[i].items = {{"cylinder", 1}};
  }
  const auto hour = plan.orders;
  for (std::size_t i = 1; i < hours; ++i) {
    for (auto order : hour) {
      order.id += "-" + std::to_string(i);
      order.placed_at += std::chrono::hours{i};
      order.ready_at += std::chrono::hours{i};
      plan.orders.push_back(std::move(order));
    }
  }
  sim::shift(plan, begins - plan.begins);
  return plan;
}

} // namespace

zone_definition city_definition() {
  zone_definition zone;
  zone.clock = {.wall_origin = wall_now(), .simulated_origin = sim::scenario_day, .factor = speed};
  policy policy;
  policy.max_wait = std::chrono::days{7};
  policy.shift_max = std::chrono::days{7};
  policy.reservation_ttl = 24h;
  policy.offers_max = 1000;
  policy.radius_max_m = 30'000.0;
  zone.policy = sim::policy_at_speed(policy, speed, habits.think_max, habits.position_interval);
  return zone;
}

city_life::city_life(std::shared_ptr<nats::connection> on, zone_definition zone, std::uint64_t seed)
    : zone_(std::move(zone)), plan_(endless_city(seed, zone_.clock.to_zone(wall_now()))),
      live_(std::move(on),
            sim::live_settings{.zone = zone_.name,
                               .clock = zone_.clock,
                               .sender = "city-" + zone_.name,
                               .grace = longest,
                               .stop_asked = [this] { return why_stop(); },
                               .closed = [this] { return placed_ >= orders_; }},
            plan_, habits, zone_.policy) {
  end_ = std::async(std::launch::async, [this] { return run(); });
}

city_life::~city_life() {
  given_up_ = true;
  if (end_.valid()) {
    end_.wait();
  }
}

/// Asked all the time.
std::optional<sim::run_end> city_life::why_stop() {
  const auto now = std::chrono::steady_clock::now();
  placed_ = live_.people().placed_orders();
  if (placed_ < orders_) {
    closed_since_ = now;
  }
  return given_up_ || closed_since_ + closed_max < now ? std::optional{sim::run_end::interrupted}
                                                       : std::nullopt;
}

result<sim::run_end> city_life::run() {
  std::ostringstream unread;
  cli::progress_line progress{unread, false};
  return live_.run(progress);
}

city_outcome city_life::finish(std::chrono::duration<double> out) {
  city_outcome outcome;
  const auto complain = [&](const std::string& what) {
    outcome.complaints.push_back("city " + zone_.name + ": " + what);
  };
  if (const auto end = end_.get(); !end) {
    complain(end.error().what);
  }
  sim::run_report report;
  live_.add_to(report);
  outcome.placed = live_.people().placed_orders();
  outcome.delivered = report.live.delivered;
  outcome.click_to_door_p90 = report.live.click_to_door_min.p90;
  if (outcome.delivered < outcome.placed) {
    complain("only " + std::to_string(outcome.delivered) + " of " + std::to_string(outcome.placed) +
             " orders were delivered");
  }
  if (report.without_outcome + report.commands.dead > 0) {
    complain(std::to_string(report.without_outcome) + " commands have no outcome, " +
             std::to_string(report.commands.dead) + " were dead letters");
  }
  auto placed = plan_;
  placed.orders.resize(outcome.placed);
  const auto without_faults =
      sim::nearest_free_rider(placed, zone_.policy).click_to_door_min.p90 * slower_max;
  const auto bound = without_faults + (out + allowance).count() * speed / 60.0;
  if (outcome.click_to_door_p90 > bound) {
    complain("nine of ten orders took up to " +
             std::to_string(std::lround(outcome.click_to_door_p90)) +
             " minutes from click to door, not at most " + std::to_string(std::lround(bound)));
  }
  outcome.click_to_door_p90_max = bound;
  return outcome;
}

} // namespace dispatch::nemesis
