#include "messages/limits.hpp"
#include "messages/nats/ports/commit_log.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/integration/live_zone.hpp"

#include <algorithm>
#include <array>
#include <string>

/// What is remembered for long: deadlines that become due together, entities that sleep.
namespace {

using namespace dispatch;
using namespace dispatch::integration;
using namespace std::chrono_literals;

constexpr std::size_t orders = 5000;
constexpr auto wait_of_an_order = 5s;

/// How many records hold an event of this name; every one keeps to its limit.
std::size_t records_with(const live_zone& f, const std::string& name) {
  nats::nats_commit_log log(f.where.on(), wire::log_stream("dispatch", "z"), "unused");
  std::size_t count = 0;
  const auto last = value_of(log.state()).last_sequence;
  value_of(log.scan(1, last, [&](std::uint64_t, std::string_view bytes) {
    CHECK(bytes.size() <= limits::record_bytes_hard_max);
    const auto r = value_of(wire::decode_record(bytes));
    count +=
        std::ranges::any_of(r.events, [&](const event& e) { return event_name(e.body) == name; });
    return true;
  }));
  return count;
}

TEST_CASE("5,000 orders that nobody can carry end together, each with its refund") {
  auto definition = quick_zone();
  definition.policy.max_wait = wait_of_an_order;
  live_zone f(definition);
  const auto body = order_body();
  for (std::size_t i = 0; i < orders; ++i) {
    f.client->tell("order.o" + std::to_string(i) + ".place", body);
  }
  f.client->tell("order.unpaid.place", order_body(false));
  f.client->await_count("placed", orders + 1);
  const auto last_deadline = f.client->events().back().at + wait_of_an_order;
  f.node->kill();
  await("the last deadline", [&] {
    return std::chrono::floor<duration>(std::chrono::system_clock::now()) > last_deadline;
  });

  f.restart();
  f.client->await_count("refund_requested", orders);
  const auto count = [&](std::string_view name) {
    return std::ranges::count(f.client->events(), name,
                              [](const event& e) { return event_name(e.body); });
  };
  CHECK(count("undeliverable") == orders);
  CHECK(count("refund_requested") == orders);
  CHECK(records_with(f, "undeliverable") >= orders / limits::batch_deadlines);
  CHECK(event_name(f.client->ask("order.unpaid.cancel").body) == "cancelled");
  f.check_well("after");
}

TEST_CASE("entities come back from the store after a restart as they were") {
  live_zone f;
  f.client->ask("station.s1.open", R"({"at":{"latitude":7.1,"longitude":-73.1}})");
  f.client->ask("rider.r1.start_shift", shift_body());
  f.client->ask("order.o1.place", order_body());
  const auto asked = offer_in(f.client->await_event("rider.r1.offer_received"));
  f.client->ask("order.o2.place", order_body(false));
  std::size_t openings = 1;
  const auto restart_and_compare = [&](const std::string& kind, const std::string& id) {
    const auto before = f.client->admin("get", {{"kind", kind}, {"id", id}});
    f.node->kill();
    f.restart();
    f.client->await_event("zone.z.opened", ++openings);
    CHECK(f.client->admin("get", {{"kind", kind}, {"id", id}}) == before);
    CHECK(f.client->admin("zone")["metrics"]["actors"] == 0);
  };
  restart_and_compare("rider", "r1");
  f.client->ask("rider.r1.accept", R"({"offer":")" + asked.id + R"("})");
  f.client->await_event("order.o1.assigned");
  restart_and_compare("order", "o1");
  const auto arrive = R"({"order":"o1"})";
  CHECK(event_name(f.client->ask("rider.r1.arrive", arrive).body) == "arrived");
  restart_and_compare("rider", "r1");
  CHECK(event_name(f.client->ask("rider.r1.pick_up", arrive).body) == "order_collected");
  f.client->await_event("order.o1.picked_up");
  restart_and_compare("order", "o2");
  CHECK(event_name(f.client->ask("order.o2.cancel").body) == "cancelled");
  CHECK(refusal_in(f.client->ask("order.o1.pay")) == refusal::wrong_status);
  f.client->ask("rider.r1.arrive", arrive);
  restart_and_compare("station", "s1");
  CHECK(event_name(f.client->ask("rider.r1.deliver", arrive).body) == "order_handed_over");
  f.client->await_event("order.o1.delivered");
  restart_and_compare("order", "o1");
  const auto life = f.client->admin("history", {{"kind", "order"}, {"id", "o1"}});
  CHECK(life["entries"].back()["event"] == "delivered");
  f.check_well("o3");
}

} // namespace
