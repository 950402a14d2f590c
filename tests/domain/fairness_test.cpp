#include "messages/limits.hpp"
#include "tests/domain/city.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

/// Nobody is passed over for ever, and nothing that an operator wants is left unanswered.
using namespace dispatch;
using namespace dispatch::domain;

namespace {

const auto here = metres(0, 0);

/// Orders at one place, placed one after the other, with ids that ascend or descend.
city given_equal_orders(const std::vector<std::string>& ids) {
  city c;
  auto placed = dawn;
  for (const auto& id : ids) {
    c.see(id, waiting_order(here, placed));
    placed += 1s;
  }
  return c;
}

/// A rider comes, gets an order, and is gone; as often as there are orders.
std::vector<std::string> leaving_order(city& c, std::size_t orders) {
  std::vector<std::string> left;
  auto now = dawn + 1min;
  while (left.size() < orders) {
    const auto rider = "r" + std::to_string(left.size());
    c.see(rider, idle_rider(here, now));
    const auto made = c.match(now);
    REQUIRE(made.proposals.size() == 1);
    left.push_back(made.proposals.front().offer.orders.front());
    auto gone = idle_rider(here, now);
    gone->on_shift = false;
    c.see(rider, gone);
    auto taken = waiting_order(here);
    taken->status = order_status::offered;
    c.see(left.back(), taken);
    now += 1min;
  }
  return left;
}

/// In a row that begins beside `here`, a metre between them.
city given_riders_with_work(int riders) {
  city c;
  for (int i = 0; i < riders; ++i) {
    auto busy = idle_rider(metres(10.0 + i, 0));
    busy->route = {drop_off_of("x" + std::to_string(i), metres(6000, 0))};
    busy->frozen = 1;
    c.see("busy" + std::to_string(i), busy);
  }
  return c;
}

std::shared_ptr<order> wanted_by_hand(const std::string& rider) {
  auto o = waiting_order(here);
  o->requested_rider = rider;
  return o;
}

} // namespace

TEST_CASE("fairness: equal orders leave in the order in which they were placed") {
  for (const auto& ids : {std::vector<std::string>{"1001", "1002", "1003", "1004", "1005"},
                          std::vector<std::string>{"e", "d", "c", "b", "a"}}) {
    auto c = given_equal_orders(ids);
    CHECK(leaving_order(c, ids.size()) == ids);
  }
  auto together = city{};
  for (const auto* id : {"a", "b", "c"}) {
    together.see(id, waiting_order(here));
  }
  CHECK(leaving_order(together, 3) == std::vector<std::string>{"a", "b", "c"});
}

TEST_CASE("fairness: an order far away is not passed over for ever by newer ones") {
  const auto passed_over = [](double age_weight) {
    policy policy;
    policy.age_weight = age_weight;
    city c{policy};
    c.see("old", waiting_order(metres(2200, 0)));
    auto now = dawn;
    for (int newer = 0; newer < 40; ++newer) {
      const auto id = "new" + std::to_string(newer);
      c.see(id, waiting_order(here, now));
      c.see("r1", idle_rider(here, now));
      const auto made = c.match(now);
      REQUIRE(made.proposals.size() == 1);
      if (made.proposals.front().offer.orders.front() == "old") {
        return newer;
      }
      auto taken = waiting_order(here, now);
      taken->status = order_status::offered;
      c.see(id, taken);
      now += 1min;
    }
    return 40;
  };
  CHECK(passed_over(0.0) == 40);
  CHECK(passed_over(1.0) <= 25);
  CHECK(passed_over(10.0) <= 3);
}

TEST_CASE("fairness: age never goes before priority") {
  city c;
  c.see("old", waiting_order(here, dawn - std::chrono::days{1}));
  auto urgent = waiting_order(metres(4000, 0));
  urgent->details.priority = 1;
  c.see("urgent", urgent);
  c.see("r1", idle_rider(here));
  CHECK(to_line(c.match(dawn)) == "urgent->r1");
}

TEST_CASE("fairness: of several wishes for one rider, each match carries out one") {
  city c;
  auto who = idle_rider(here);
  c.see("r1", who);
  for (const auto* id : {"a", "b"}) {
    c.see(id, wanted_by_hand("r1"));
  }
  const auto first = c.match(dawn);
  CHECK(to_line(first) == "a=>r1");
  CHECK(first.refused.empty());
  CHECK(c.desk.next_due() == timestamp{}); // The next one need not wait for the interval.
  auto assigned = waiting_order(here);
  assigned->status = order_status::assigned;
  assigned->rider = "r1";
  c.see("a", assigned);
  who->route = first.proposals.front().offer.route;
  c.see("r1", who);
  CHECK(to_line(c.match(dawn + 1us)) == "b=>r1");
}

TEST_CASE("fairness: a wish for goods at a paused station is refused with that reason") {
  city c;
  c.see("r1", idle_rider(here));
  auto o = wanted_by_hand("r1");
  o->details.items = {{"gas", 1}};
  o->sourced = true;
  c.see("a", o);
  station paused{true, true, here, pause_note{"why", dawn}};
  paused.stock = {{"gas", 1, 1, 0, false}};
  c.desk.observe({entity_kind::station, "s1"}, std::make_shared<const station>(paused));
  const auto made = c.match(dawn);
  CHECK(made.proposals.empty());
  REQUIRE(made.refused.size() == 1);
  CHECK(made.refused.front().reason == "station_paused");
}

TEST_CASE("fairness: an idle rider behind many who have work is looked at") {
  auto c = given_riders_with_work(60);
  c.see("idle", idle_rider(metres(1200, 0)));
  c.see("a", waiting_order(here));
  CHECK(to_line(c.match(dawn)) == "a->idle");
}

TEST_CASE("fairness: where all riders have work, no search goes through all of them") {
  auto c = given_riders_with_work(2000);
  c.see("idle", idle_rider(metres(2500, 0)));
  c.see("a", waiting_order(here));
  const auto made = c.match(dawn);
  REQUIRE(made.decisions.size() == 1);
  CHECK(made.decisions.front().in_reach == limits::candidates_per_order);
  CHECK(made.proposals.front().rider != "idle");
}

TEST_CASE("fairness: an order at a closed station is looked at when the clocks have changed") {
  city c;
  c.see("r1", idle_rider(here));
  station shop{true, true, here, std::nullopt, {8 * 60, 20 * 60}};
  c.desk.observe({entity_kind::station, "s1"}, std::make_shared<const station>(shop));
  c.see("a", waiting_order(here));
  const auto midnight = std::chrono::floor<std::chrono::days>(dawn);
  // The local time is one hour ahead, and two hours from one in the morning on.
  timestamp now = midnight + 30min;
  while (to_line(c.match(now, 512 * 1024, now < midnight + 1h ? 1h : 2h)).empty()) {
    REQUIRE(c.desk.next_due());
    now = *c.desk.next_due();
    c.see("r1", idle_rider(here, now));
    REQUIRE(now <= midnight + 9h);
  }
  CHECK(now - midnight < 7h);
}
