#include "tests/domain/city.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace dispatch;
using namespace dispatch::domain;

namespace {

/// A change of any kind to a few orders, riders, stations or the zone.
template <class Random> void change_something(city& c, Random& random, timestamp now) {
  const auto one_of_eight = std::to_string(random() % 8);
  switch (random() % 8) {
  case 0:
  case 1:
  case 2: {
    auto o = waiting_order(somewhere(random, 12'000), now);
    o->status = static_cast<order_status>(random() % 3 == 0 ? 3 : 2);
    o->requested_rider = random() % 5 == 0 ? "r" + std::to_string(random() % 8) : "";
    o->details.ready_at = now + 1min * (random() % 40);
    o->details.station = "s" + std::to_string(random() % 3);
    c.see("a" + one_of_eight, o);
    break;
  }
  case 3:
  case 4:
  case 5: {
    auto r = idle_rider(somewhere(random, 12'000), now);
    r->on_shift = random() % 4 != 0;
    if (random() % 4 == 0) {
      r->open_offer = offer{};
    }
    c.see("r" + one_of_eight, r);
    break;
  }
  case 6:
    c.see_station("s" + std::to_string(random() % 3), random() % 2 == 0);
    break;
  default:
    c.see_zone(random() % 4 == 0);
  }
}

/// All that a dispatcher can be seen to know and do.
void check_same(const city& a, const city& b, timestamp now) {
  REQUIRE(a.desk.riders().size() == b.desk.riders().size());
  for (const auto& [id, state] : a.desk.riders()) {
    REQUIRE(b.desk.riders().contains(id));
    REQUIRE(*state == *b.desk.riders().at(id));
  }
  REQUIRE(a.desk.waiting() == b.desk.waiting());
  REQUIRE(a.desk.oldest_waiting() == b.desk.oldest_waiting());
  REQUIRE(a.desk.next_due() == b.desk.next_due());
  auto left = a;
  auto right = b;
  for (const auto later : {0s, 1s, 61s, 1801s}) {
    REQUIRE(same(left.match(now + later), right.match(now + later)));
    REQUIRE(left.desk.next_due() == right.desk.next_due());
  }
}

} // namespace

TEST_CASE("dispatcher: a roll-back leaves no trace of what was not committed") {
  std::mt19937 random(17);
  for (int story = 0; story < 200; ++story) {
    CAPTURE(story);
    city tried;
    city committed;
    auto now = dawn;
    for (int turn = 0; turn < 12; ++turn) {
      now += 1s * (1 + random() % 90);
      const auto lost = random() % 2 == 0;
      const auto seed = random();
      const auto take_turn = [&](city& c) {
        std::mt19937 own(seed);
        for (auto changes = own() % 5; changes > 0; --changes) {
          change_something(c, own, now);
        }
        c.desk.match({now, "f", 512 * 1024});
        change_something(c, own, now);
      };
      take_turn(tried);
      if (lost) {
        tried.desk.roll_back();
      } else {
        tried.desk.commit();
        take_turn(committed);
        committed.desk.commit();
      }
      check_same(tried, committed, now);
    }
  }
}
