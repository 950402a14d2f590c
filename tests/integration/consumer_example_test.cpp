#include "messages/nats/connection/api.hpp"
#include "tests/ctl/support.hpp"
#include "tests/integration/live_zone.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

/// The example of a downstream program (deploy/examples), against a live zone: every event is
/// handled at least once and has its effects once.
namespace {

using namespace dispatch;
using namespace dispatch::integration;

/// One use of the example, which may be killed and started again on its effects.
class consumer {
public:
  consumer(const live_zone& f, std::string use, std::vector<std::string> more = {})
      : f_(f), use_(std::move(use)), more_(std::move(more)) {
    start();
  }
  consumer(const consumer&) = delete;
  consumer& operator=(const consumer&) = delete;
  ~consumer() { kill(); }

  void start() {
    auto command = words();
    command.insert(command.end(), more_.begin(), more_.end());
    process_ = value_of(nats::process_handle::start(command, path(".log")));
  }
  void kill() {
    if (process_.runs()) {
      kill_at_once(process_);
    }
  }

  /// What the effects are: lines of two fields.
  std::multimap<std::string, std::string> effects() const {
    const auto file = path("." + std::to_string(reports_++));
    auto command = words();
    command.emplace_back("--report");
    auto report = value_of(nats::process_handle::start(command, file));
    REQUIRE(integration::wait_for_end(report) == 0);
    std::multimap<std::string, std::string> lines;
    std::ifstream text{file};
    for (std::string line; std::getline(text, line);) {
      const auto tab = line.find('\t');
      REQUIRE(tab != std::string::npos);
      lines.emplace(line.substr(0, tab), line.substr(tab + 1));
    }
    return lines;
  }

  /// Waits until every event is confirmed.
  void await_rest() const {
    await("the end of the events", [&] {
      const auto info =
          nats::api::call(*f_.where.on(), "CONSUMER.INFO.OUT_z." + use_, nlohmann::json::object());
      const auto known = info && info->error_code == 0;
      const auto state = known ? nlohmann::json::parse(info->body) : nlohmann::json::object();
      return known && state["num_pending"] == 0 && state["num_ack_pending"] == 0;
    });
  }

  std::string log() const {
    std::ifstream text{path(".log")};
    return {std::istreambuf_iterator<char>{text}, {}};
  }

private:
  std::filesystem::path path(const std::string& suffix) const {
    return f_.where.directory() / (use_ + suffix);
  }
  std::vector<std::string> words() const {
    return {
        EVENT_CONSUMER_PROGRAM, "--server",          f_.where.url(), "--zone", "z", "--as", use_,
        "--database",           path(".db").string()};
  }

  const live_zone& f_;
  std::string use_;
  std::vector<std::string> more_;
  nats::process_handle process_;
  mutable int reports_ = 0;
};

std::vector<std::string> given_up_ids(const live_zone& f, const std::string& consumer) {
  const auto listed = testing::run_ctl(
      {"dead", "list", "--consumer", consumer, "-z", "z", "--server", f.where.url(), "-o", "json"});
  CHECK_MESSAGE(listed.code == cli::exit_code::done, listed.err);
  std::vector<std::string> ids;
  for (const auto& one : nlohmann::json::parse(listed.out)) {
    CHECK(one["attempts"] >= 4);
    CHECK(one["error"].get<std::string>().starts_with("rehearsed failure"));
    CHECK(one["event"]["order_placed"].is_object());
    ids.push_back(one["subject"].get<std::string>());
  }
  return ids;
}

/// What is to be counted: all that was announced but the events of that order's placing.
std::multimap<std::string, std::string> expected_counts(live_zone& f, const std::string& without) {
  f.client->look();
  std::map<std::string, int> counts;
  for (const auto& e : f.client->events()) {
    const auto name = event_name(e.body);
    if (e.entity.id != without || name != "placed") {
      ++counts[std::string{to_string(e.entity.kind)} + "." + std::string{name}];
    }
  }
  std::multimap<std::string, std::string> lines;
  for (const auto& [name, times] : counts) {
    lines.emplace(name, std::to_string(times));
  }
  return lines;
}

TEST_CASE("a consumer that is killed again and again counts every event once") {
  live_zone f;
  consumer analytics{f,
                     "analytics",
                     {"--attempts", "4", "--first-pause-ms", "20", "--rehearse-failure",
                      "order.o3.placed=2", "--rehearse-failure", "order.o5.placed=0"}};
  constexpr int orders = 60;
  for (int i = 0; i < orders; ++i) {
    f.client->ask("order.o" + std::to_string(i) + ".place", order_body());
    if (i == 5) { // A consumer that is killed meanwhile has had its first attempt in silence.
      await("the first failure",
            [&] { return analytics.log().find("rehearsed failure 1") != std::string::npos; });
    }
    if (i % 15 == 7) {
      analytics.kill();
      f.client->ask("order.x" + std::to_string(i) + ".cancel");
      analytics.start();
    }
  }
  f.client->burial(f.client->publish("order.o1.explode", "{}").sequence);
  analytics.await_rest();
  const auto expected = expected_counts(f, "o5");
  CHECK(analytics.effects() == expected);
  CHECK(expected.find("order.placed")->second == std::to_string(orders - 1));
  const std::vector<std::string> hopeless{"dispatch.out.z.order.o5.placed"};
  CHECK(given_up_ids(f, "analytics") == hopeless);

  // All of it again, as after a consumer that was lost: nothing changes.
  analytics.kill();
  (void)value_of(nats::api::call_or_fail(*f.where.on(), "CONSUMER.DELETE.OUT_z.analytics",
                                         nlohmann::json::object()));
  analytics.start();
  analytics.await_rest();
  CHECK(analytics.effects() == expected);
  CHECK(given_up_ids(f, "analytics") == hopeless);
  f.check_well("after");
}

TEST_CASE("notices and bookings follow an order, beside each other") {
  live_zone f;
  consumer push{f, "push"};
  consumer billing{f, "billing"};
  f.client->ask("rider.r1.start_shift", shift_body());
  f.client->ask("order.o1.place", order_body());
  const auto offered = f.client->await_event("rider.r1.offer_received");
  const auto& route = offer_in(offered);
  f.client->ask("rider.r1.accept", nlohmann::json{{"offer", route.id}}.dump());
  for (const auto* verb : {"arrive", "pick_up", "arrive", "deliver"}) {
    f.client->ask(std::string{"rider.r1."} + verb, R"({"order":"o1"})");
  }
  f.client->await_event("order.o1.delivered");
  f.client->ask("rider.r1.end_shift");
  f.client->ask("order.o2.place", order_body());
  f.client->ask("order.o2.cancel");
  f.client->await_event("order.o2.refund_requested");
  push.await_rest();
  billing.await_rest();
  const std::multimap<std::string, std::string> booked{{"o1", "fee"}, {"o2", "refund"}};
  CHECK(billing.effects() == booked);
  const auto told = push.effects();
  CHECK(told.count("customer of o1") == 3);
  CHECK(told.count("rider r1") >= 1);
}

} // namespace
