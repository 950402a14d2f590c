#include "actors/domain/intake_guard.hpp"
#include "messages/limits.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace dispatch;
using namespace dispatch::domain;
using namespace std::chrono_literals;

namespace {

const timestamp dawn = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};

command of(command_body body, std::string by = {}) {
  command c;
  c.by = std::move(by);
  c.body = std::move(body);
  return c;
}

} // namespace

TEST_CASE("a sender is what stands before the first point") {
  CHECK(sender_of("shop.17") == "shop");
  CHECK(sender_of("shop.17.b") == "shop");
  CHECK(sender_of("17") == "anonymous");
  CHECK(sender_of("") == "anonymous");
  CHECK(sender_of(".17") == "anonymous");
}

TEST_CASE("a bucket gives its burst at once and then its rate") {
  sender_rates rates;
  for (int i = 0; i < 5; ++i) {
    CHECK_FALSE(rates.take("a", dawn, 10, 5));
  }
  CHECK(rates.take("a", dawn, 10, 5) == duration{100ms});
  CHECK(rates.take("a", dawn + 60ms, 10, 5) == duration{40ms});
  CHECK_FALSE(rates.take("a", dawn + 100ms, 10, 5));
  CHECK(rates.take("a", dawn + 100ms, 10, 5) == duration{100ms});
  int taken = 0;
  for (auto at = dawn + 200ms; at < dawn + 10'200ms; at += 10ms) {
    taken += rates.take("a", at, 10, 5) ? 0 : 1;
  }
  CHECK(taken == 100);
  CHECK_FALSE(rates.take("b", dawn + 10'200ms, 10, 5));
}

TEST_CASE("who comes at the wait's end is taken, and a pause fills no more than the bucket") {
  sender_rates rates;
  auto at = dawn;
  for (int i = 0; i < 1000; ++i) {
    if (const auto wait = rates.take("a", at, 3, 2)) {
      at += *wait;
      CHECK_FALSE(rates.take("a", at, 3, 2));
    }
  }
  at += 24h;
  CHECK_FALSE(rates.take("a", at, 3, 2));
  CHECK_FALSE(rates.take("a", at, 3, 2));
  CHECK(rates.take("a", at, 3, 2));
}

TEST_CASE("a stream whose time goes back keeps nobody waiting for long") {
  sender_rates rates;
  CHECK_FALSE(rates.take("a", dawn + 1h, 10, 1));
  CHECK(rates.take("a", dawn, 10, 1) == duration{100ms});
  CHECK_FALSE(rates.take("a", dawn + 100ms, 10, 1));
}

TEST_CASE("the longest silent sender is forgotten first") {
  sender_rates rates;
  CHECK_FALSE(rates.take("first", dawn, 1, 1));
  for (std::size_t i = 1; i < limits::senders_max; ++i) {
    CHECK_FALSE(rates.take("s" + std::to_string(i), dawn, 1, 1));
  }
  CHECK(rates.take("first", dawn, 1, 1)); // Heard of again, so the second one is the oldest.
  CHECK_FALSE(rates.take("one more", dawn, 1, 1));
  CHECK(rates.size() == limits::senders_max);
  CHECK(rates.take("first", dawn, 1, 1));
  CHECK_FALSE(rates.take("s1", dawn, 1, 1));
  CHECK(rates.size() == limits::senders_max);
}

TEST_CASE("a zone sheds when it has been behind for long, positions first") {
  overload load;
  auto now = dawn;
  load.note(1h, now, 10s);
  CHECK_FALSE(load.sheds_positions()); // It may have been away.
  now += 5s;
  load.note(1h, now, 10s);
  CHECK(load.sheds_positions());
  CHECK_FALSE(load.sheds_new_orders());
  now += 5s;
  load.note(11s, now, 10s);
  CHECK(load.sheds_new_orders());
  load.note(9s, now, 10s);
  CHECK(load.sheds_positions());
  CHECK_FALSE(load.sheds_new_orders());
  load.note(4s, now, 10s);
  CHECK_FALSE(load.sheds_positions());
}

TEST_CASE("a zone that was up to date for a moment begins to count anew") {
  overload load;
  load.note(1h, dawn, 10s);
  load.note(0s, dawn + 9s, 10s);
  load.note(1h, dawn + 9s, 10s);
  load.note(1h, dawn + 13s, 10s);
  CHECK_FALSE(load.sheds_positions());
  load.note(1h, dawn + 1s, 10s); // The clock went back.
  load.note(1h, dawn + 5s, 10s);
  CHECK_FALSE(load.sheds_positions());
  load.note(1h, dawn + 6s, 10s);
  CHECK(load.sheds_positions());
  load.note(1h, dawn + 7s, 0s); // Never.
  CHECK_FALSE(load.sheds_positions());
}

TEST_CASE("only new orders are refused for overload, and no operator ever") {
  intake_guard guard;
  policy rules;
  rules.shed_after = 10s;
  guard.load.note(1h, dawn, rules.shed_after);
  guard.load.note(1h, dawn + 10s, rules.shed_after);

  auto placed = of(order_command{place_order{}});
  guard.judge(placed, "shop.1", dawn, rules);
  CHECK(placed.refused_at_intake == refusal::overloaded);
  CHECK(placed.retry_after_ms == 10'000);
  for (auto& c : {of(order_command{cancel_order{}}), of(order_command{pay_order{}}),
                  of(order_command{ready_order{}}), of(rider_command{accept_offer{}}),
                  of(rider_command{deliver_order{}}), of(station_command{close_station{}}),
                  of(zone_command{pause_zone{}}, "ops"), of(order_command{place_order{}}, "ops")}) {
    auto judged = c;
    guard.judge(judged, "shop.2", dawn, rules);
    CHECK(judged.refused_at_intake == refusal::none);
    CHECK(judged.retry_after_ms == 0);
  }
}

TEST_CASE("a rate counts every command of its sender, and no operator's") {
  intake_guard guard;
  policy rules;
  rules.intake_per_s = 2;
  rules.intake_burst = 1;
  auto first = of(rider_command{accept_offer{}});
  guard.judge(first, "app.1", dawn, rules);
  CHECK(first.refused_at_intake == refusal::none);
  auto second = of(rider_command{end_shift{}});
  guard.judge(second, "app.2", dawn, rules);
  CHECK(second.refused_at_intake == refusal::too_many);
  CHECK(second.retry_after_ms == 500);
  auto by_hand = of(rider_command{end_shift{}}, "ops");
  guard.judge(by_hand, "app.3", dawn, rules);
  CHECK(by_hand.refused_at_intake == refusal::none);
  auto other = of(rider_command{end_shift{}});
  guard.judge(other, "kitchen.1", dawn, rules);
  CHECK(other.refused_at_intake == refusal::none);
}
