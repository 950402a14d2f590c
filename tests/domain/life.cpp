#include "tests/domain/life.hpp"

#include "tests/domain/judge.hpp"
#include "tests/domain/scenario.hpp"

#include <algorithm>

namespace dispatch::domain {

namespace {

std::string moment(timestamp now, const demand& plan) {
  const auto since = std::chrono::duration_cast<std::chrono::seconds>(now - plan.begins).count();
  return "after " + std::to_string(since) + " s: ";
}

void sum_up(life_result& result, const world& city, const two_zones& zones) {
  for (const auto& [id, p] : city.parcels()) {
    const auto& o = *zones[p.plan.zone].orders.at(id);
    const auto& riders = zones[p.plan.zone].riders;
    const auto is_turned_down = // By all there are.
        o.status == order_status::undeliverable &&
        std::ranges::all_of(riders, [&](const auto& one) {
          return !one.second->on_shift || std::ranges::count(o.passed, one.first) > 0;
        });
    if (!p.is_wanted || o.status == order_status::cancelled || is_turned_down) {
      continue;
    }
    ++result.wanted;
    if (o.status == order_status::delivered) {
      ++result.delivered;
      const auto from = std::max(p.plan.wants.ready_at, p.plan.placed_at);
      result.waits_s.push_back(
          std::chrono::duration<double>(p.delivered_at - p.plan.wants.promised_from.value_or(from))
              .count());
    }
  }
  std::ranges::sort(result.waits_s);
  result.outages_s = std::chrono::duration<double>(city.outages()).count();
}

} // namespace

life_result live(std::uint64_t seed, bool with_mishaps, const record_watch& watch) {
  auto plan = demand_of(seed);
  two_zones zones{whole_zone{plan.policy}, whole_zone{plan.policy}};
  for (auto& zone : zones) {
    zone.on_record = watch;
  }
  world city(std::move(plan), seed, with_mishaps, zones);
  std::array<judge, 2> judges{judge{0, zones, city}, judge{1, zones, city}};
  life_result result;
  auto last = city.plan().begins;
  for (const auto& one : city.plan().orders) {
    last = std::max(
        {last, one.placed_at, one.wants.ready_at, one.wants.promised_from.value_or(one.placed_at)});
  }
  auto now = city.plan().begins - 1s;
  while (result.wrong.empty() && !city.is_over(now) && now < last + 3h) {
    auto next = city.next();
    for (const auto& zone : zones) {
      next = std::min(next, zone.next_due().value_or(timestamp::max()));
    }
    now = std::max(now + 1s, next);
    auto arrived = city.step(now);
    for (std::size_t i = 0; i < 2 && result.wrong.empty(); ++i) {
      judges[i].remember();
      const auto turn =
          zones[i].take_turn(now, std::move(arrived[i]), city.plan().local_offset(now));
      if (turn.happened) {
        ++result.turns;
        city.ask(i, turn.wanted, now);
        result.asked += turn.wanted.size();
        result.wrong = city.note(i, turn.events, now);
        judges[i].after_turn(now, turn);
        result.wrong = result.wrong.empty() ? judges[i].wrong() : result.wrong;
      }
    }
  }
  for (auto& one : judges) {
    one.finish();
    result.wrong = result.wrong.empty() ? one.wrong() : result.wrong;
  }
  if (result.wrong.empty()) {
    sum_up(result, city, zones);
  } else {
    result.wrong = moment(now, city.plan()) + result.wrong;
  }
  return result;
}

} // namespace dispatch::domain
