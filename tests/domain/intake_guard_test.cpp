#include "actors/domain/intake_guard.hpp"
#include "messages/limits.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

using namespace dispatch;
using namespace dispatch::domain;
using namespace std::chrono_literals;

namespace {

const timestamp dawn = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};

command of(command_body body, std::string by = {}) {
  command c;
  c.target.id = "x";
  c.by = std::move(by);
  c.body = std::move(body);
  return c;
}

stored_message sent(std::string id, std::size_t bytes = 2) {
  stored_message message;
  message.stored_at = dawn;
  message.id = std::move(id);
  message.body.assign(bytes, ' ');
  return message;
}

sender_rates knowing(std::initializer_list<const char*> senders) {
  sender_rates rates;
  for (const auto* sender : senders) {
    rates.know(sender);
  }
  return rates;
}

const entity_ref an_order{entity_kind::order, "o1"};
const entity_ref a_rider{entity_kind::rider, "r1"};

} // namespace

TEST_CASE("a sender is what stands before the first point, or the rider") {
  CHECK(sender_of(an_order, "shop.17") == "shop");
  CHECK(sender_of(an_order, "shop.17.b") == "shop");
  CHECK(sender_of(an_order, "17") == "anonymous");
  CHECK(sender_of(an_order, "") == "anonymous");
  CHECK(sender_of(an_order, ".17") == "anonymous");
  CHECK(sender_of(a_rider, "shop.17") == "rider r1");
  CHECK(sender_of(a_rider, "") == "rider r1");
  CHECK(sender_of({entity_kind::station, "s1"}, "shop.17") == "shop");
}

TEST_CASE("other names gain nothing: newcomers have one bucket, and begin with an empty one") {
  auto rates = knowing({"known"});
  int taken = 0;
  for (int i = 0; i < 100; ++i) {
    taken += rates.take("new" + std::to_string(i), dawn, 10, 5) ? 0 : 1;
  }
  CHECK(taken == 5);
  CHECK(rates.take("new0", dawn, 10, 5) == duration{100ms});
  CHECK(rates.take("new99", dawn, 10, 5) == duration{100ms});
  for (int i = 0; i < 5; ++i) {
    CHECK_FALSE(rates.take("known", dawn, 10, 5));
  }
  CHECK_FALSE(rates.take("new99", dawn + 100ms, 10, 5));
  CHECK(rates.take("new98", dawn + 100ms, 10, 5) == duration{100ms});
}

TEST_CASE("a large message counts as several, at most as a burst") {
  auto rates = knowing({"a"});
  CHECK_FALSE(rates.take("a", dawn, 10, 5, 4));
  CHECK(rates.take("a", dawn, 10, 5, 4) == duration{300ms});
  CHECK_FALSE(rates.take("a", dawn, 10, 5));
  CHECK_FALSE(rates.take("a", dawn + 500ms, 10, 5, 1000));
  CHECK(rates.take("a", dawn + 500ms, 10, 5) == duration{100ms});
}

TEST_CASE("a bucket gives its burst at once and then its rate") {
  auto rates = knowing({"a", "b"});
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
  auto rates = knowing({"a"});
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
  auto rates = knowing({"a"});
  CHECK_FALSE(rates.take("a", dawn + 1h, 10, 1));
  CHECK(rates.take("a", dawn, 10, 1) == duration{100ms});
  CHECK_FALSE(rates.take("a", dawn + 100ms, 10, 1));
}

TEST_CASE("the longest silent sender is forgotten first") {
  auto rates = knowing({"first"});
  for (std::size_t i = 1; i < limits::senders_max; ++i) {
    rates.know("s" + std::to_string(i));
  }
  CHECK(rates.size() == limits::senders_max);
  rates.know("one more"); // There is no room for somebody who has sent nothing yet.
  CHECK(rates.size() == limits::senders_max);
  for (std::size_t i = limits::senders_max - 1; i > 0; --i) {
    CHECK_FALSE(rates.take("s" + std::to_string(i), dawn, 1, 1));
  }
  CHECK_FALSE(rates.take("first", dawn, 1, 1)); // Heard of, so the last one known is the oldest.
  CHECK_FALSE(rates.take("newcomer", dawn, 1, 1));
  CHECK(rates.size() == limits::senders_max);
  CHECK(rates.take("first", dawn, 1, 1));
  CHECK(rates.take("s" + std::to_string(limits::senders_max - 1), dawn, 1, 1)); // A newcomer again.
  CHECK(rates.take("s1", dawn, 1, 1));
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
  policy policy;
  policy.shed_after = 10s;
  guard.load.note(1h, dawn, policy.shed_after);
  guard.load.note(1h, dawn + 10s, policy.shed_after);

  auto placed = of(order_command{place_order{}});
  guard.judge(placed, sent("shop.1"), policy);
  CHECK(placed.refused_at_intake == refusal::overloaded);
  CHECK(placed.retry_after_ms == 10'000);
  for (auto& c : {of(order_command{cancel_order{}}), of(order_command{pay_order{}}),
                  of(order_command{ready_order{}}), of(rider_command{accept_offer{}}),
                  of(rider_command{deliver_order{}}), of(station_command{close_station{}}),
                  of(zone_command{pause_zone{}}, "ops"), of(order_command{place_order{}}, "ops")}) {
    auto judged = c;
    guard.judge(judged, sent("shop.2"), policy);
    CHECK(judged.refused_at_intake == refusal::none);
    CHECK(judged.retry_after_ms == 0);
  }
}

TEST_CASE("a rate counts every message of its sender, and no operator's") {
  intake_guard guard;
  policy policy;
  policy.intake_per_s = 2;
  policy.intake_burst = 1;
  guard.know(an_order, "app.0");
  guard.know(an_order, "kitchen.0");
  auto first = of(order_command{pay_order{}});
  guard.judge(first, sent("app.1"), policy);
  CHECK(first.refused_at_intake == refusal::none);
  auto second = of(order_command{ready_order{}});
  guard.judge(second, sent("app.2"), policy);
  CHECK(second.refused_at_intake == refusal::too_many);
  CHECK(second.retry_after_ms == 500);
  auto by_hand = of(order_command{ready_order{}}, "ops");
  guard.judge(by_hand, sent("app.3"), policy);
  CHECK(by_hand.refused_at_intake == refusal::none);
  auto other = of(order_command{ready_order{}});
  guard.judge(other, sent("kitchen.1"), policy);
  CHECK(other.refused_at_intake == refusal::none);
}

TEST_CASE("what is no command counts as well, and in excess it is kept in short") {
  intake_guard guard;
  policy policy;
  policy.intake_per_s = 2;
  policy.intake_burst = 1;
  guard.know(an_order, "app.0");
  dead_letter letter;
  letter.excerpt = "{";
  guard.judge(letter, an_order, sent("app.1"), policy);
  CHECK(letter.excerpt == "{");
  guard.judge(letter, an_order, sent("app.2"), policy);
  CHECK(letter.excerpt.empty());
  auto behind = of(order_command{pay_order{}});
  guard.judge(behind, sent("app.3"), policy);
  CHECK(behind.refused_at_intake == refusal::too_many);
}

TEST_CASE("a rider's commands are the rider's, whatever their ids say") {
  intake_guard guard;
  policy policy;
  policy.intake_per_s = 1;
  policy.intake_burst = 1;
  guard.know(an_order, "shop.0");
  guard.know(a_rider, "");
  auto first = of(rider_command{end_shift{}});
  first.target = a_rider;
  auto second = first;
  guard.judge(first, sent("shop.1"), policy);
  CHECK(first.refused_at_intake == refusal::none);
  guard.judge(second, sent("another.2"), policy);
  CHECK(second.refused_at_intake == refusal::too_many);
  auto of_shop = of(order_command{pay_order{}});
  guard.judge(of_shop, sent("shop.3"), policy);
  CHECK(of_shop.refused_at_intake == refusal::none);
}

TEST_CASE("who sends no id shares one bucket") {
  intake_guard guard;
  policy policy;
  policy.intake_per_s = 1;
  policy.intake_burst = 3;
  int taken = 0;
  for (int i = 0; i < 10; ++i) {
    auto c = of(order_command{pay_order{}});
    guard.judge(c, sent(""), policy);
    taken += c.refused_at_intake == refusal::none ? 1 : 0;
  }
  CHECK(taken == 3);
}
