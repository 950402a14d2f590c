#include "messages/limits.hpp"
#include "tests/actors/checks.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

/// What is refused before anybody decides it: too much from one sender, and new orders while the
/// zone is behind.
namespace {

using namespace dispatch;
using namespace std::chrono_literals;
using testing::check_audit;
using testing::check_decided_again;
using testing::virtual_city;

constexpr auto an_order = R"({"station":"s1","prepaid":true,
    "pick_up":{"latitude":7.1,"longitude":-73.1},"drop_off":{"latitude":7.11,"longitude":-73.1}})";

std::vector<event> refused(const virtual_city& city, refusal code) {
  auto list = city.events();
  std::erase_if(list, [&](const event& e) {
    const auto* one = std::get_if<command_refused>(&e.body);
    return one == nullptr || one->code != code;
  });
  return list;
}

policy slow_senders() {
  policy policy;
  policy.intake_per_s = 10;
  policy.intake_burst = 5;
  return policy;
}

/// Senders who have been heard of, with full buckets.
void introduce(virtual_city& city, const std::vector<std::string>& senders) {
  for (const auto& sender : senders) {
    city.tell("order", "of-" + sender, "place", an_order, sender + ".0");
    city.clock->advance(1s);
  }
}

TEST_CASE("a sender beyond its rate is told when to come again, and others are not") {
  virtual_city city{slow_senders()};
  city.start();
  introduce(city, {"loud", "calm0", "calm1", "calm2", "calm3", "calm4", "calm5", "calm6", "calm7"});
  for (int i = 0; i < 8; ++i) {
    city.send("order", "loud" + std::to_string(i), "place", an_order, "loud." + std::to_string(i));
    city.send("order", "calm" + std::to_string(i), "place", an_order,
              "calm" + std::to_string(i) + ".1");
  }
  city.node->run();
  const auto told = refused(city, refusal::too_many);
  REQUIRE(told.size() == 3);
  CHECK(told[0].entity.id == "loud5");
  CHECK(told[0].command_id == "loud.5");
  CHECK(std::get<command_refused>(told[0].body).verb == "place");
  CHECK(std::get<command_refused>(told[0].body).retry_after_ms == 100);
  for (int i = 0; i < 8; ++i) {
    CHECK(city.count_of("order.calm" + std::to_string(i) + ".placed") == 1);
    CHECK(city.count_of("order.loud" + std::to_string(i) + ".placed") == (i < 5 ? 1 : 0));
  }
  CHECK(city.node->metrics().refused_too_many == 3);

  // The id is still good, and only once: now it takes effect.
  city.clock->advance(100ms);
  city.tell("order", "loud5", "place", an_order, "loud.5");
  CHECK(city.count_of("order.loud5.placed") == 1);
  city.clock->advance(100ms);
  city.tell("order", "loud5", "place", an_order, "loud.5");
  CHECK(city.announced().back() == "order.loud5.repeated");
  check_audit(city);
  check_decided_again(city);
}

TEST_CASE("the same id refused and taken within one turn takes effect once") {
  virtual_city city{slow_senders()};
  city.start();
  introduce(city, {"app"});
  for (int i = 0; i < 5; ++i) {
    city.send("order", "o" + std::to_string(i), "place", an_order, "app." + std::to_string(i));
  }
  city.send("order", "o9", "place", an_order, "app.9");
  city.clock->advance(200ms);
  city.send("order", "o9", "place", an_order, "app.9");
  city.send("order", "o9", "place", an_order, "app.9");
  city.node->run();
  CHECK(city.count_of("order.o9.refused") == 1);
  CHECK(city.count_of("order.o9.placed") == 1);
  CHECK(city.count_of("order.o9.repeated") == 1);
  city.start();
  city.clock->advance(1s);
  city.tell("order", "o9", "place", an_order, "app.9");
  CHECK(city.count_of("order.o9.placed") == 1);
  CHECK(city.count_of("order.o9.repeated") == 2);
  check_audit(city);
  check_decided_again(city);
}

TEST_CASE("a sender is known to the next owner, and newcomers together have one sender's rate") {
  virtual_city city{slow_senders()};
  city.start();
  introduce(city, {"shop"});
  city.start();
  for (int i = 0; i < 20; ++i) {
    const auto number = std::to_string(i);
    city.send("order", "n" + number, "place", an_order, "new" + number + ".1");
    city.send("order", "d" + number, "place", "{", "odd" + number + ".1");
  }
  for (int i = 0; i < 5; ++i) {
    city.send("order", "s" + std::to_string(i), "place", an_order, "shop." + std::to_string(i + 1));
  }
  city.node->run();
  CHECK(refused(city, refusal::too_many).size() == 17);
  for (int i = 0; i < 5; ++i) {
    CHECK(city.count_of("order.s" + std::to_string(i) + ".placed") == 1);
  }
  std::size_t with_excerpt = 0;
  for (const auto& r : city.records()) {
    for (const auto& letter : r.dead_letters) {
      with_excerpt += letter.excerpt.empty() ? 0 : 1;
    }
  }
  CHECK(with_excerpt == 2);
  CHECK(city.count_of("dead.bad_body") == 20);
  check_audit(city);
  check_decided_again(city);
}

TEST_CASE("large bodies that come to nothing do not slow a turn down") {
  virtual_city city;
  city.start();
  constexpr int large = 15;
  for (int i = 0; i < large; ++i) {
    city.send("order", "o" + std::to_string(i), "place", "{" + std::string(60'000, ' '), "flood");
  }
  city.send("order", "o1", "place", an_order, "shop.1");
  const auto before = city.records().size();
  city.node->run();
  CHECK(city.count_of("dead.bad_body") == large);
  CHECK(city.count_of("order.o1.placed") == 1);
  CHECK(city.records().size() <= before + 2);
  check_audit(city);
}

TEST_CASE("an id belongs to the entity that the command is for") {
  virtual_city city;
  city.start();
  city.tell("rider", "r1", "start_shift",
            R"({"vehicle":"VEHICLE_BICYCLE","capacity":1,"at":{"latitude":7.1,"longitude":-73.1}})",
            "shop.1");
  city.send("order", "o1", "place", an_order, "shop.1");
  city.send("order", "o2", "place", an_order, "shop.1");
  city.send("order", "o2", "place", an_order, "shop.1");
  city.node->run();
  for (const auto* order : {"o1", "o2"}) {
    CHECK(city.count_of("order." + std::string{order} + ".placed") == 1);
  }
  CHECK(city.count_of("order.o2.repeated") == 1);
  city.start();
  city.tell("order", "o1", "place", an_order, "shop.1");
  city.tell("order", "o2", "cancel", "{}", "shop.1");
  CHECK(city.count_of("order.o1.repeated") == 1);
  CHECK(city.count_of("order.o2.cancelled") == 0);
  CHECK(refused(city, refusal::id_reused).size() == 1);
  check_audit(city);
  check_decided_again(city);
}

TEST_CASE("an operator's command has no rate") {
  virtual_city city{slow_senders()};
  city.start();
  introduce(city, {"app"});
  for (int i = 0; i < 20; ++i) {
    city.send("order", "x", "place", an_order, "app." + std::to_string(i));
    city.send("zone", "z", i % 2 == 0 ? "pause.ops" : "resume.ops", "{}",
              "ops." + std::to_string(i));
  }
  city.node->run();
  CHECK(refused(city, refusal::too_many).size() == 15);
  CHECK(city.count_of("zone.z.paused") == 10);
  CHECK(city.count_of("zone.z.resumed") == 10);
  check_audit(city);
  check_decided_again(city);
}

/// A node that takes a millisecond for every command.
void start_slowly(virtual_city& city) {
  city.node = std::make_unique<testing::virtual_node>(testing::virtual_process{
      .streams = city.streams,
      .kept = city.kept,
      .clock = city.clock,
      .policy = city.policy,
      .deciding = [clock = city.clock](const command&) { clock->advance(1ms); }});
  city.node->run();
}

/// Placed orders among others' commands, about nine turns of them.
constexpr int backlog = 9 * static_cast<int>(limits::batch_commands);

void fill(virtual_city& city) {
  for (int i = 0; i < backlog; ++i) {
    const auto number = std::to_string(i);
    if (i % 64 == 0) {
      city.send("order", "o" + number, "place", an_order, "shop." + number);
    } else {
      city.send("rider", "r" + number, "end_shift", "{}", "app." + number);
    }
  }
}

TEST_CASE("a zone that stays behind refuses new orders and nothing else, until it has caught up") {
  policy policy;
  policy.shed_after = 2s;
  virtual_city city{policy};
  start_slowly(city);
  city.begin_shift("mover");
  fill(city);
  city.clock->advance(500ms);
  city.node->positions().publish("mover", {7.5, -73.1}, city.clock->now());
  city.node->run();

  const auto told = refused(city, refusal::overloaded);
  const auto all = city.announced();
  const auto placed =
      std::ranges::count_if(all, [](const std::string& name) { return name.ends_with(".placed"); });
  CHECK(placed + static_cast<long>(told.size()) == backlog / 64);
  // Behind after two seconds, and two seconds more until it is believed.
  CHECK(placed >= 4 * 1024 / 64);
  CHECK(told.size() >= 3 * 1024 / 64);
  for (const auto& e : told) {
    CHECK(std::get<command_refused>(e.body).verb == "place");
    CHECK(std::get<command_refused>(e.body).retry_after_ms == 2000);
  }
  // All the others were decided: there are no such riders.
  CHECK(refused(city, refusal::unknown_entity).size() + refused(city, refusal::off_shift).size() ==
        backlog - backlog / 64);
  CHECK(city.node->metrics().refused_overloaded == told.size());

  city.tell("order", told.front().entity.id, "place", an_order, told.front().command_id);
  CHECK(city.announced().back() != "order." + told.front().entity.id + ".refused");
  CHECK(city.count_of("order." + told.front().entity.id + ".placed") == 1);
  CHECK_FALSE(city.node->metrics().sheds_new_orders);
  check_audit(city);
  check_decided_again(city);
}

TEST_CASE("positions are dropped first, and counted") {
  policy policy;
  policy.shed_after = 12s;
  virtual_city city{policy};
  start_slowly(city);
  city.begin_shift("mover");
  fill(city);
  city.clock->advance(6s);
  // The limit for positions is passed from the first turn on, and believed after six seconds.
  auto moved = 0;
  while (city.node->step()) {
    if (city.node->metrics().sheds_positions && moved == 0) {
      city.node->positions().publish("mover", {7.5 + 0.01 * ++moved, -73.1}, city.clock->now());
    }
  }
  CHECK(moved == 1);
  CHECK(city.node->metrics().positions_shed == 1);
  CHECK(refused(city, refusal::overloaded).empty());
  const auto recorded = city.records();
  CHECK(std::ranges::none_of(recorded, [](const record& r) {
    return std::ranges::any_of(
        r.commands, [](const command& c) { return c.source == command_source::position; });
  }));
  city.clock->advance(1s);
  city.node->positions().publish("mover", {7.6, -73.1}, city.clock->now());
  city.node->run();
  CHECK(city.node->metrics().positions_shed == 1);
  check_audit(city);
}

TEST_CASE("a zone that was away catches up without refusing anything") {
  policy policy;
  policy.shed_after = 12s;
  virtual_city city{policy};
  start_slowly(city);
  fill(city);
  city.clock->advance(1h);
  city.node->run();
  CHECK(refused(city, refusal::overloaded).empty());
  CHECK(city.node->metrics().input_position == backlog);
}

TEST_CASE("a clock that is wrong sheds nothing") {
  policy policy;
  policy.shed_after = 2s;
  virtual_city city{policy};
  start_slowly(city);
  city.node->set_server_time(city.clock->now() - 1h);
  city.begin_shift("mover");
  REQUIRE(city.node->metrics().timers_suspended);
  fill(city);
  city.node->run();
  CHECK(refused(city, refusal::overloaded).empty());
  CHECK(city.node->metrics().input_position == backlog + 1);
}

TEST_CASE("what is too large or has a bad id becomes a dead letter that names the rule") {
  virtual_city city;
  city.start();
  const auto dead = [&] {
    const auto last = city.records().back();
    REQUIRE(last.dead_letters.size() == 1);
    return last.dead_letters.front();
  };
  city.tell("order", "o1", "cancel", "{}" + std::string(limits::command_bytes_max, ' '));
  CHECK(dead().reason == "too_large");
  CHECK(dead().detail == "body: must be at most 65536 bytes, is 65538");
  CHECK(dead().excerpt.size() == limits::dead_letter_excerpt_bytes);
  city.tell("order", std::string(65, 'a'), "cancel");
  CHECK(dead().reason == "bad_subject");
  CHECK(dead().detail.find("1 to 64 letters, digits, '-' or '_'") != std::string::npos);
  city.tell("order", "o1", "cancel", "{}", std::string(limits::command_id_bytes_max + 1, 'a'));
  CHECK(dead().reason == "bad_id");
  CHECK(dead().detail == "command id: must be at most 128 printable characters, no spaces");
  city.tell("order", "o1", "place", R"({"station":")" + std::string(65, 's') + R"("})");
  CHECK(dead().reason == "bad_field");

  // The longest that are allowed are not.
  city.tell("order", std::string(64, 'a'), "cancel",
            "{}" + std::string(limits::command_bytes_max - 2, ' '),
            std::string(limits::command_id_bytes_max, 'b'));
  CHECK(city.records().back().dead_letters.empty());
  CHECK(city.announced().back() == "order." + std::string(64, 'a') + ".refused");
  check_audit(city);
}

} // namespace
