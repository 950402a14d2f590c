#include "messages/nats/connection/api.hpp"
#include "tests/integration/deciding.hpp"
#include "tests/integration/live_zone.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

/// A zone that protects itself: from a sender beyond its rate, and from a backlog.
namespace {

using namespace dispatch;
using namespace dispatch::integration;
using namespace std::chrono_literals;

/// Publishes without waiting for the stream's answers.
class publisher {
public:
  explicit publisher(const live_zone& f) {
    nats::connection_settings settings;
    settings.url = f.where.url();
    on_ = value_of(nats::connection::open(std::move(settings)));
  }

  void publish(const std::string& what, const std::string& id, const std::string& body) {
    const std::vector<nats::header> headers = {{"Nats-Msg-Id", id.c_str()}};
    const auto subject = "dispatch.in.z." + what;
    while (!on_->publish(subject.c_str(), nullptr, headers, body)) {
      std::this_thread::yield();
    }
  }

private:
  std::shared_ptr<nats::connection> on_;
};

void check_end(live_zone& f) {
  f.check_well("after");
  CHECK(f.node->stop() == 0);
  const auto difference = difference_when_decided_again(quick_zone(), stored_log(f.where, "z"), 2);
  CHECK_MESSAGE(!difference, difference.value_or(""));
}

TEST_CASE("a sender at ten times its rate gets too_many, and nobody else notices") {
  auto definition = quick_zone();
  definition.policy.intake_per_s = 100;
  definition.policy.intake_burst = 100;
  live_zone f{definition};
  for (const std::string sender : {"loud", "calm"}) {
    f.client->ask("order.of-" + sender + ".place", order_body(), {.id = sender + ".first"});
  }
  f.node->kill();
  f.restart(); // The next owner knows them, and their buckets are full.
  publisher loud{f};
  constexpr int seconds = 2;
  constexpr int commands = 1000 * seconds;
  const auto begin = std::chrono::steady_clock::now();
  std::thread flood{[&] {
    for (int i = 0; i < commands; ++i) {
      std::this_thread::sleep_until(begin + i * 1ms);
      loud.publish("order.loud" + std::to_string(i) + ".place", "loud." + std::to_string(i),
                   order_body());
    }
  }};
  for (int i = 0; i < 50; ++i) {
    const auto id = "calm." + std::to_string(i);
    CHECK(event_name(
              f.client->ask("order.calm" + std::to_string(i) + ".place", order_body(), {.id = id})
                  .body) == "placed");
  }
  flood.join();
  int placed = 0;
  int too_many = 0;
  for (int i = 0; i < commands; ++i) {
    const auto& told = f.client->outcome("loud." + std::to_string(i));
    if (const auto* refused = std::get_if<command_refused>(&told.body)) {
      CHECK(refused->code == refusal::too_many);
      CHECK(refused->retry_after_ms >= 1);
      CHECK(refused->retry_after_ms <= 10);
      ++too_many;
    } else {
      ++placed;
    }
  }
  MESSAGE("of " << commands << " commands " << placed << " were taken, " << too_many << " refused");
  CHECK(placed >= 100 + 100 * seconds - 10);
  CHECK(too_many > commands / 2);
  const auto page = f.node->page("/metrics");
  CHECK(page.find("dispatch_refused_too_many_total{zone=\"z\"} " + std::to_string(too_many)) !=
        std::string::npos);
  // Refused is not decided: the same command, sent again until there is room, takes effect.
  std::string_view outcome;
  for (int i = 0; i < 1000 && outcome != "placed"; ++i) {
    const auto id = "loud.late" + std::to_string(i);
    outcome = event_name(f.client->ask("order.late.place", order_body(), {.id = id}).body);
  }
  CHECK(outcome == "placed");
  check_end(f);
}

TEST_CASE("a zone that stays behind refuses new orders alone, until it has caught up") {
  auto definition = quick_zone();
  definition.policy.shed_after = 1s;
  live_zone f{definition};
  f.node->kill();
  publisher shop{f};
  constexpr int backlog = 250'000;
  constexpr int every = 10;
  for (int i = 0; i < backlog; ++i) {
    const auto number = std::to_string(i);
    if (i % every == 0) {
      shop.publish("order.o" + number + ".place", "shop." + number, order_body());
    } else {
      shop.publish("order.x" + number + ".cancel", "app." + number, "{}");
    }
  }
  // What a busy machine loses on the way is no part of the backlog; what is stored is.
  shop.publish("order.last.cancel", "app.last", "{}");
  await("the backlog", [&] {
    const auto last =
        nats::api::last_message_on(*f.where.on(), "IN_z", "dispatch.in.z.order.last.*");
    if (last && !*last) {
      shop.publish("order.last.cancel", "app.last", "{}");
    }
    return last && *last;
  });
  f.restart();
  f.client->outcome("app.last");
  // A publisher that was connected anew leaves bytes in its old connection, which the server may
  // store behind `last`.
  const auto next = f.client->publish("order.next.place", order_body());
  const auto stored = next.sequence - 1;
  REQUIRE(stored > backlog / 2);
  CHECK(event_name(f.client->outcome(std::to_string(next.sequence)).body) == "placed");
  int placed = 0;
  int refused = 0;
  std::uint64_t others = 0;
  for (const auto& e : f.client->events()) {
    if (e.command_id.starts_with("shop.")) {
      const auto code = refusal_in(e);
      CHECK((code == refusal::none || code == refusal::overloaded));
      placed += event_name(e.body) == "placed" ? 1 : 0;
      refused += code == refusal::overloaded ? 1 : 0;
    } else if (e.command_id.starts_with("app.")) {
      // `last` may have been stored, and sent again before the server said so.
      CHECK((refusal_in(e) == refusal::unknown_entity || event_name(e.body) == "command_repeated"));
      ++others;
    }
  }
  MESSAGE(placed << " orders were taken, " << refused << " refused");
  CHECK(static_cast<std::uint64_t>(placed + refused) + others == stored);
  CHECK(placed > 0); // First it tries to catch up.
  CHECK(refused > 0);
  check_end(f);
}

} // namespace
