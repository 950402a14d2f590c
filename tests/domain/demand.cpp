#include "tests/domain/demand.hpp"

#include "tests/domain/scenario.hpp"
#include "tests/simulation/dice.hpp"

#include <algorithm>

namespace dispatch::domain {

namespace {

class planner {
public:
  explicit planner(std::uint64_t seed) : dice_(seed) {
    made_.begins = dawn + 8h;
    made_.calm_from = made_.begins + 45min;
  }

  demand make() {
    set_policy();
    open_stations();
    hire_riders();
    switch (dice_.pick(1, 24)) {
    case 1:
      crowd();
      break;
    case 2:
      night();
      break;
    case 3:
    case 4:
      rush();
      break;
    case 5:
      picky();
      break;
    case 6:
      late_hours();
      break;
    default:
      day();
    }
    std::ranges::stable_sort(made_.orders, {}, &planned_order::placed_at);
    return std::move(made_);
  }

private:
  bool chance(int percent) { return dice_.chance(percent); }
  place near(int reach_m) {
    const auto east = dice_.pick(-reach_m, reach_m);
    return metres(east, dice_.pick(-reach_m, reach_m));
  }

  void set_policy() {
    auto& p = made_.policy;
    p.offers_at_once = static_cast<std::uint32_t>(dice_.pick(1, 3));
    p.bundle_orders_max = static_cast<std::uint32_t>(dice_.pick(1, 3));
    p.route_orders_max = static_cast<std::uint32_t>(dice_.pick(2, 3));
    p.swap_gain = chance(50) ? 60s : 0s;
    p.late_after = std::array{0s, 120s, 600s}[dice_.below(3)];
    p.dispatch_ahead = chance(50) ? 900s : 300s;
    p.offers_max = chance(20) ? 4 : 30;
    p.position_freshness = 600s;
    if (chance(40)) {
      made_.load_max = static_cast<std::uint32_t>(dice_.pick(2, 3));
      p.bundle_orders_max = p.route_orders_max = 3;
      forbid("heavy", "rider_load + order_load > " + std::to_string(*made_.load_max));
    }
  }

  void forbid(std::string name, std::string when) {
    policy_rule rule;
    rule.name = std::move(name);
    rule.when = std::move(when);
    rule.forbid = true;
    made_.policy.rules.push_back(std::move(rule));
  }

  void open_stations() {
    for (auto& zone : made_.stations) {
      zone["s1"].at = metres(0, 0);
      for (const auto* id : {"s2", "s3"}) {
        zone[id] = {near(1200), {}, static_cast<std::uint32_t>(dice_.pick(1, 3)), {}};
      }
    }
  }

  /// Whoever is forbidden to have more could carry it.
  void hire(std::size_t zone, int count) {
    const auto least = made_.load_max.value_or(0) + 1;
    for (int i = 1; i <= count; ++i) {
      made_.riders.push_back({(zone == 0 ? "r" : "q") + std::to_string(i),
                              zone,
                              near(1000),
                              made_.begins + 1s * dice_.pick(0, 200),
                              std::max(static_cast<std::uint32_t>(dice_.pick(2, 4)), least),
                              {}});
    }
  }

  void hire_riders() {
    hire(0, dice_.pick(2, 4));
    hire(1, dice_.pick(1, 2));
    if (chance(50)) {
      made_.riders.front().moves_at = made_.begins + 1s * dice_.pick(300, 1800);
    }
  }

  planned_order& order(std::size_t zone, timestamp at) {
    auto& one = made_.orders.emplace_back();
    one.zone = zone;
    one.id = std::to_string(1000 + made_.orders.size());
    one.placed_at = at;
    one.wants = simple_order(metres(0, 0), near(1200));
    return one;
  }

  timestamp within(int seconds) { return made_.begins + 1s * dice_.pick(10, seconds); }

  void dish(std::size_t zone, timestamp at) {
    auto& one = order(zone, at);
    one.wants.ready_at = at + 1s * (chance(50) ? 0 : dice_.pick(0, 1500));
    one.wants.prepaid = chance(60);
    one.wants.load = chance(20) ? 2 : 1;
    one.wants.delivery_code = chance(30) ? "1234" : "";
  }

  planned_order& gas(std::size_t zone, timestamp at) {
    auto& one = order(zone, at);
    one.wants.station = chance(50) ? "" : chance(50) ? "s2" : "s3";
    one.wants.pick_up =
        one.wants.station.empty() ? place{} : made_.stations[zone][one.wants.station].at;
    one.wants.items = {{"gas", static_cast<std::uint32_t>(chance(20) ? 2 : 1)}};
    one.wants.load = one.wants.items.front().quantity;
    one.wants.ready_at = at + 1s * (chance(70) ? 0 : dice_.pick(0, 900));
    return one;
  }

  void equals(std::size_t zone, timestamp at, int count, int apart_s) {
    const auto to = near(1000);
    for (int i = 0; i < count; ++i) {
      auto& one = order(zone, at + 1s * (i * apart_s));
      one.wants.drop_off = to;
      one.wants.ready_at = one.placed_at;
      one.is_equal = true;
    }
  }

  /// Dishes, gas, and equal orders that come faster than riders can take them.
  void day() {
    for (std::size_t zone = 0; zone < 2; ++zone) {
      for (int i = dice_.pick(1, zone == 0 ? 4 : 2); i > 0; --i) {
        dish(zone, within(1500));
      }
      for (int i = dice_.pick(1, zone == 0 ? 4 : 2); i > 0; --i) {
        gas(zone, within(1500));
      }
    }
    if (chance(50)) {
      equals(dice_.below(2), within(900), dice_.pick(3, 5), dice_.pick(0, 20));
    }
    if (chance(25)) {
      made_.is_two_days = true;
      for (int i = dice_.pick(1, 2); i > 0; --i) {
        auto& one = chance(50) ? gas(0, within(900)) : order(0, within(900));
        const auto wanted = made_.begins + 25h + 1s * dice_.pick(0, 3600);
        (chance(50) ? one.wants.promised_from.emplace() : one.wants.ready_at) = wanted;
      }
    }
  }

  /// One order from far away, and near ones without end.
  void rush() {
    made_.riders.resize(1);
    made_.riders.front().moves_at.reset();
    hire(1, 1);
    made_.riders.front().at = metres(0, 0);
    made_.policy.route_orders_max = 1;
    made_.policy.bundle_orders_max = 1;
    auto& far = order(0, made_.begins + 250s);
    far.wants.station = "s4";
    far.wants.pick_up = metres(2000, 0);
    far.wants.drop_off = metres(2200, 0);
    made_.stations[0]["s4"].at = far.wants.pick_up;
    for (int i = 0; i < 40; ++i) {
      auto& near_one = order(0, made_.begins + 240s + 1s * (i * 60));
      near_one.wants.drop_off = metres(100, 0);
      near_one.is_equal = true;
    }
  }

  /// The five nearest stations are too near.
  void picky() {
    made_.customer_distance_min_m = 500.0;
    forbid("near", "station_distance_m < 500");
    made_.stations[0]["s2"].at = metres(900, 0);
    made_.stations[0].erase("s3");
    for (int i = 1; i <= 5; ++i) {
      made_.stations[0]["t" + std::to_string(i)] = {metres(20 * i, 50), {}, 3, {}};
    }
    for (int i = 0; i < 3; ++i) {
      auto& one = gas(0, within(900));
      one.wants.station.clear();
      one.wants.pick_up = {};
      one.wants.drop_off = metres(0, 10 * i);
    }
    dish(0, within(900));
    made_.orders.back().wants.drop_off = metres(800, 0);
  }

  /// All who are near have work that has to wait; one who has none is further away.
  void crowd() {
    constexpr int near_ones = 26;
    made_.riders.clear();
    hire(0, near_ones + 1);
    for (auto& one : made_.riders) {
      one.at = metres(dice_.pick(0, 100), 0);
    }
    for (int i = 0; i < near_ones; ++i) {
      auto& one = order(0, made_.begins + 240s + 1s * i);
      one.wants.ready_at = made_.begins + 1800s;
    }
    made_.riders.back().at = metres(1200, 0);
    made_.riders.back().begins = made_.begins + 600s;
    made_.policy.dispatch_ahead = 1800s;
    made_.policy.route_orders_max = 3;
    made_.policy.swap_gain = 0s;
    made_.stations[0]["s4"].at = metres(50, 0);
    auto& last = order(0, made_.begins + 700s);
    last.wants.station = "s4";
    last.wants.pick_up = metres(50, 0);
  }

  /// A station opens in the early morning of the day on which the clocks change. Riders stand where
  /// they stand.
  void night() {
    made_.riders.resize(1);
    made_.riders.front().moves_at.reset();
    made_.policy.position_freshness = 6h;
    made_.policy.dispatch_ahead = 900s;
    made_.clocks_change = made_.begins + 30min;
    const auto opens = made_.begins + 150min; // An hour later by the clock.
    made_.stations[0]["s1"].hours = {static_cast<std::uint32_t>(11 * 60 + 30), 20 * 60};
    auto& one = order(0, made_.begins + 300s);
    one.wants.ready_at = opens;
  }

  /// A station stays open for longer, and nobody closes it for that.
  void late_hours() {
    auto& from = made_.stations[0]["s1"];
    from.hours = {6 * 60, 8 * 60 + 20};
    from.longer_from = made_.begins + 10min;
    for (int i = 0; i < 4; ++i) {
      dish(0, made_.begins + 15min + 1s * dice_.pick(0, 900));
    }
  }

  testing::dice dice_;
  demand made_;
};

} // namespace

demand demand_of(std::uint64_t seed) {
  auto made = planner{seed}.make();
  made.policy.routed = seed % 8 == 0;
  made.policy.code_attempts_max = 1 + static_cast<std::uint32_t>(seed % 3);
  return made;
}

} // namespace dispatch::domain
