#include "tests/support/virtual_city.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

/// A zone over in-memory ports: commands in, events out, through crashes and faults.
namespace {

using namespace dispatch;
using namespace std::chrono_literals;
using testing::virtual_city;

using names = std::vector<std::string>;

/// The announcements behind the first `skip`.
names since(const virtual_city& city, std::size_t skip) {
  auto all = city.announced();
  all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(skip));
  return all;
}

long count_of(const names& all, const std::string& name) { return std::ranges::count(all, name); }

/// A zone with one rider and one order, which the rider has been offered.
virtual_city city_with_offer() {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.place("o1");
  city.node->advance(2s);
  return city;
}

TEST_CASE("an order is placed, offered, accepted, picked up and delivered") {
  auto city = city_with_offer();
  CHECK(city.announced() == names{"zone.z.opened", "rider.r1.shift_started", "order.o1.placed",
                                  "order.o1.paid", "rider.r1.offer_received", "order.o1.offered"});
  const auto before = city.announced().size();
  city.tell("rider", "r1", "accept", R"({"offer":")" + city.offer_of("r1").id + R"("})");
  city.tell("rider", "r1", "arrive", R"({"order":"o1"})");
  city.tell("rider", "r1", "pick_up", R"({"order":"o1"})");
  city.tell("rider", "r1", "arrive", R"({"order":"o1"})");
  city.tell("rider", "r1", "deliver", R"({"order":"o1"})");
  CHECK(since(city, before) == names{"rider.r1.offer_accepted", "order.o1.assigned",
                                     "rider.r1.arrived", "rider.r1.order_collected",
                                     "order.o1.picked_up", "rider.r1.arrived",
                                     "rider.r1.order_handed_over", "order.o1.delivered"});
  CHECK_FALSE(city.node->halted());
  const auto& counted = city.node->metrics();
  CHECK(counted.commands == 7);
  CHECK(counted.events == city.events().size() - 1); // The opening is no turn.
  CHECK(counted.records == city.records().size() - 1);
  CHECK(counted.offers == 1);
}

TEST_CASE("an offer that nobody answers expires, and the order is undeliverable in the end") {
  auto city = city_with_offer();
  const auto before = city.announced().size();
  city.node->advance(60s);
  CHECK(since(city, before) == names{"rider.r1.offer_expired", "order.o1.offer_lapsed"});
  city.node->advance(2h);
  CHECK(city.announced().back() == "order.o1.refund_requested");
  CHECK(city.count_of("order.o1.undeliverable") == 1);
}

TEST_CASE("a deadline fires only after the commands that were stored before it") {
  auto city = city_with_offer();
  const auto offer = city.offer_of("r1").id;
  city.crash();
  city.send("rider", "r1", "accept", R"({"offer":")" + offer + R"("})");
  city.clock->advance(10min);
  city.start();
  city.node->advance(2s);
  CHECK(city.count_of("rider.r1.offer_accepted") == 1);
  CHECK(city.count_of("rider.r1.offer_expired") == 0);
}

TEST_CASE("a clock far off the server's suspends deadlines until it is right again") {
  auto city = city_with_offer();
  city.node->set_server_time(city.clock->now() - 1h);
  city.clock->advance(11s);
  city.begin_shift("r2", 8.0);
  REQUIRE(city.node->metrics().timers_suspended);
  city.node->advance(2min);
  CHECK(city.count_of("rider.r1.offer_expired") == 0);
  city.node->set_server_time(city.clock->now());
  city.begin_shift("r3", 8.0);
  CHECK_FALSE(city.node->metrics().timers_suspended);
  city.node->advance(1s);
  CHECK(city.count_of("rider.r1.offer_expired") == 1);
}

TEST_CASE("bad input becomes a dead letter and disturbs nobody") {
  virtual_city city;
  city.start();
  city.streams.in->publish("dispatch.in.z.order.o1.explode", "{}", city.clock->now());
  city.streams.in->publish("dispatch.in.z.order.o1.place", "{\"pick_up\":", city.clock->now());
  city.streams.in->publish("dispatch.in.other.order.o1.place", "{}", city.clock->now());
  city.place("o2");
  const auto all = city.announced();
  CHECK(count_of(all, "dead.unknown_verb") == 1);
  CHECK(count_of(all, "dead.bad_body") == 1);
  CHECK(count_of(all, "dead.bad_subject") == 1);
  CHECK(count_of(all, "order.o2.placed") == 1);
}

TEST_CASE("a command id takes effect once, another command under it is refused") {
  virtual_city city;
  city.start();
  const auto open = R"({"at":{"latitude":7.1,"longitude":-73.1}})";
  city.tell("station", "s1", "open", open, "up.1");
  city.tell("station", "s1", "open", open, "up.1");
  city.tell("station", "s1", "close", "{}", "up.1");
  CHECK(since(city, 1) == names{"station.s1.opened", "station.s1.repeated", "station.s1.refused"});

  SUBCASE("also after a restart") {
    city.start();
    city.tell("station", "s1", "open", open, "up.1");
    CHECK(city.announced().back() == "station.s1.repeated");
  }
}

TEST_CASE("an unknown order is refused and not remembered") {
  virtual_city city;
  city.start();
  city.tell("order", "ghost", "pay");
  CHECK(city.announced().back() == "order.ghost.refused");
  CHECK_FALSE(city.kept->get({entity_kind::order, "ghost"})->has_value());
  CHECK(city.node->metrics().actors == 0);
}

TEST_CASE("an operator assigns by hand") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.tell("zone", "z", "pause.ops", R"({"reason":"storm"})");
  city.place("o1");
  city.node->advance(5s);
  CHECK(city.count_of("order.o1.offered") == 0);
  city.tell("order", "o1", "assign.ops", R"({"rider":"r1"})");
  city.node->advance(2s);
  CHECK(city.announced().back() == "order.o1.assigned");
  city.place("o2");
  city.tell("order", "o2", "assign.ops", R"({"rider":"nobody"})");
  CHECK(city.announced().back() == "order.o2.refused");
  city.tell("rider", "r1", "start_break");
  city.tell("order", "o2", "assign.ops", R"({"rider":"r1"})");
  city.node->advance(2s);
  CHECK(city.announced().back() == "order.o2.assignment_refused");
  city.tell("order", "o2", "assign", R"({"rider":"r1"})");
  CHECK(city.announced().back() == "order.o2.refused");
}

TEST_CASE("a crash at any time loses nothing and repeats nothing") {
  const auto play = [](int crash_after) {
    virtual_city city;
    city.start();
    int step = 0;
    const auto maybe_crash = [&] {
      if (++step == crash_after) {
        city.start();
      }
    };
    city.begin_shift("r1");
    maybe_crash();
    city.place("o1");
    maybe_crash();
    city.node->advance(2s);
    maybe_crash();
    city.tell("rider", "r1", "accept", R"({"offer":")" + city.offer_of("r1").id + R"("})");
    maybe_crash();
    city.tell("rider", "r1", "arrive", R"({"order":"o1"})");
    maybe_crash();
    auto all = city.announced();
    std::erase(all, "zone.z.opened");
    return all;
  };
  const auto undisturbed = play(0);
  for (int crash_after = 1; crash_after <= 5; ++crash_after) {
    CAPTURE(crash_after);
    CHECK(play(crash_after) == undisturbed);
  }
}

TEST_CASE("appends whose outcome is unknown are resolved by reading") {
  using memory::fault;
  const auto what = {fault::lose_request, fault::lose_answer, fault::delay, fault::full};
  for (const auto f : what) {
    CAPTURE(static_cast<int>(f));
    virtual_city city;
    city.start();
    city.streams.log->inject({f});
    city.begin_shift("r1");
    city.streams.log->release_delayed();
    city.node->advance(3s);
    CHECK(city.count_of("rider.r1.shift_started") == 1);
    city.place("o1");
    CHECK(city.count_of("order.o1.placed") == 1);
    CHECK_FALSE(city.node->halted());
  }
}

TEST_CASE("announcements whose outcome is unknown are neither lost nor repeated") {
  using memory::fault;
  const auto what = {fault::lose_request, fault::lose_answer, fault::delay, fault::full};
  for (const auto f : what) {
    CAPTURE(static_cast<int>(f));
    virtual_city city;
    city.start();
    city.streams.out->inject({fault::none, f});
    city.place("o1");
    city.streams.out->release_delayed();
    city.node->advance(3s);
    city.place("o2");
    city.node->advance(3s);
    CHECK(city.announced() == names{"zone.z.opened", "order.o1.placed", "order.o1.paid",
                                    "order.o2.placed", "order.o2.paid"});
  }
}

TEST_CASE("a former owner is fenced by the next one") {
  virtual_city city;
  city.start();
  auto former = std::move(city.node);
  city.node = std::make_unique<testing::virtual_node>(city.streams,
                                                      std::make_shared<memory_store>(), city.clock);
  city.place("o1");
  former->run();
  former->advance(1s);
  CHECK(former->halted());
  CHECK(former->cause().find("fenced") != std::string::npos);
  CHECK_FALSE(city.node->halted());
  CHECK(city.count_of("order.o1.placed") == 1);
}

TEST_CASE("a missing store is rebuilt from the log") {
  auto city = city_with_offer();
  const auto state_of = [&](const std::string& id) {
    return (*city.kept->get({entity_kind::order, id}))->snapshot;
  };
  const auto before = state_of("o1");
  city.crash();
  city.kept = std::make_shared<memory_store>();
  city.start();
  CHECK(state_of("o1") == before);
  city.tell("rider", "r1", "accept", R"({"offer":")" + city.offer_of("r1").id + R"("})");
  CHECK(city.announced().back() == "order.o1.assigned");
}

TEST_CASE("a store that lost its newest records catches up") {
  auto city = city_with_offer();
  city.crash();
  city.kept->lose_last(3);
  city.start();
  city.tell("rider", "r1", "accept", R"({"offer":")" + city.offer_of("r1").id + R"("})");
  CHECK(city.announced().back() == "order.o1.assigned");
}

TEST_CASE("streams that contradict the store halt the zone and say so") {
  auto city = city_with_offer();
  city.crash();
  std::string expected;
  SUBCASE("the log lost records and was continued") {
    city.streams.log->truncate(2);
    city.streams.log->write({"dispatch.log.z", "other", "other record", "other"}, 2, {});
    expected = "the log forked";
  }
  SUBCASE("the input stream was recreated") {
    city.streams.in->recreate(city.clock->now());
    expected = "the input stream was recreated";
  }
  SUBCASE("the input stream was recreated and filled again") {
    city.streams.in->recreate(city.clock->now());
    for (int i = 0; i < 10; ++i) {
      city.send("order", "x" + std::to_string(i), "pay");
    }
    expected = "the input stream was recreated";
  }
  SUBCASE("the input stream was purged") {
    for (int i = 0; i < 10; ++i) {
      city.send("order", "x" + std::to_string(i), "pay");
    }
    city.streams.in->purge_before(8);
    expected = "the input stream was purged";
  }
  city.start();
  CHECK(city.node->halted());
  CHECK(city.node->cause().find(expected) != std::string::npos);
}

TEST_CASE("a zone goes on behind commands that were lost, once an operator has accepted it") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.crash();
  city.send("order", "lost", "pay");
  city.streams.in->purge_before(city.send("order", "lost", "ready") + 1);
  const auto lost = city.streams.in->state().last_sequence;
  const auto accept = [&](std::uint64_t last) {
    city.send("zone", "z", "accept_loss.jane", R"({"last":")" + std::to_string(last) + R"("})");
    city.start();
  };
  city.start();
  REQUIRE(city.node->halted());
  accept(lost - 1);
  REQUIRE(city.node->halted());
  accept(lost);
  REQUIRE(city.node->running());
  CHECK(city.count_of("zone.z.input_loss_accepted") == 2);
  city.begin_shift("r2");
  city.start();
  CHECK(city.node->running());
  CHECK(city.count_of("rider.r2.shift_started") == 1);
}

TEST_CASE("a zone stands before a hole in its input until an operator has accepted it") {
  virtual_city city;
  city.start();
  city.begin_shift("r1");
  city.crash();
  city.send("order", "kept", "pay");
  const auto lost = city.send("order", "lost", "pay");
  city.send("order", "behind", "pay");
  city.streams.in->erase(lost);
  const auto last_lost = city.send("order", "lost", "ready");
  city.streams.in->erase(last_lost);
  city.start(); // Takes what is before the hole, and is opened anew.
  city.start();
  REQUIRE(city.node->halted());
  const auto records = city.streams.log->all().size();
  const auto hole = std::to_string(lost);
  CHECK(city.node->cause().find("from sequence " + hole + " to " + hole) != std::string::npos);
  CHECK(city.node->cause().find("zone accept-loss z --input") != std::string::npos);
  city.start();
  REQUIRE(city.node->halted());
  CHECK(city.streams.log->all().size() == records);
  city.send("zone", "z", "accept_loss.jane", R"({"last":")" + std::to_string(last_lost) + R"("})");
  city.start();
  city.start(); // Behind the second hole.
  REQUIRE(city.node->running());
  CHECK(city.count_of("zone.z.input_loss_accepted") == 1);
  CHECK(city.count_of("order.behind.refused") == 1);
}

TEST_CASE("recorded commands, decided again, give the same bytes") {
  auto city = city_with_offer();
  city.tell("rider", "r1", "accept", R"({"offer":")" + city.offer_of("r1").id + R"("})");
  city.place("o2");
  city.start();
  city.streams.in->publish("dispatch.in.z.order.o1.explode", "{}", city.clock->now());
  city.tell("order", "o2", "cancel", "{}", "up.7");
  city.tell("order", "o2", "cancel", "{}", "up.7");
  city.node->advance(2min);
  const auto original = city.streams.log->all();
  REQUIRE(original.size() >= 8);

  testing::city_streams empty;
  testing::virtual_node again{empty, std::make_shared<memory_store>(), city.clock, {}, true};
  for (const auto& r : city.records()) {
    again.tell({std::make_shared<const record>(r)});
  }
  CHECK_MESSAGE(!again.halted(), again.cause());
  const auto repeated = empty.log->all();
  REQUIRE(repeated.size() == original.size());
  for (std::size_t i = 0; i < original.size(); ++i) {
    CAPTURE(i);
    CHECK(repeated[i].body == original[i].body);
  }
}

} // namespace
