#include "messages/limits.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/ctl/support.hpp"
#include "tests/integration/deciding.hpp"
#include "tests/integration/live_zone.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

/// More comes in than the zone, or a stream, can take: it shows as lag, says what helps, and
/// recovers.
namespace {

using namespace dispatch;
using namespace dispatch::integration;
using testing::run_ctl;

constexpr int riders = 600;

std::string rider_id(int i) { return "r" + std::to_string(i); }

/// Positions of all riders, each time in another cell, as fast as the server takes them.
class flood {
public:
  explicit flood(const live_zone& f) {
    nats::connection_settings settings;
    settings.url = f.where.url();
    on_ = value_of(nats::connection::open(std::move(settings)));
  }
  ~flood() { stop(); }

  void begin() {
    thread_ = std::thread([this] {
      const wire::subjects names;
      for (int round = 0; !stopping_; ++round) {
        const place at{7.1 + 0.01 * (round % 50), -73.1};
        const auto body = wire::encode_position(at, wire::encoding::json);
        for (int i = 0; i < riders; ++i) {
          (void)on_->publish(names.position("z", rider_id(i)).c_str(), nullptr, {}, body);
          ++published;
        }
      }
    });
  }
  void stop() {
    stopping_ = true;
    if (thread_.joinable()) {
      thread_.join();
    }
  }

  std::atomic<std::uint64_t> published{0};

private:
  std::shared_ptr<nats::connection> on_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

/// Milliseconds from publish to outcome, sorted.
std::vector<double> latencies(live_zone& f, const std::string& prefix, int commands) {
  std::vector<double> spans;
  for (int i = 0; i < commands; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    CHECK(event_name(f.client->ask("order." + prefix + std::to_string(i) + ".cancel").body) ==
          "refused");
    spans.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
            .count());
  }
  std::ranges::sort(spans);
  return spans;
}

TEST_CASE("a flood of rider positions keeps no command waiting") {
  live_zone f;
  for (int i = 0; i < riders; ++i) {
    f.client->tell("rider." + rider_id(i) + ".start_shift", shift_body());
  }
  f.client->await_count("shift_started", riders);
  constexpr int commands = 50;
  const auto quiet = latencies(f, "quiet", commands);
  flood positions{f};
  positions.begin();
  await("the flood", [&] { return positions.published > 10 * riders; });
  const auto flooded = latencies(f, "flooded", commands);
  positions.stop();
  MESSAGE("outcome after, in ms: quiet p50 "
          << quiet[commands / 2] << ", max " << quiet.back() << "; flooded p50 "
          << flooded[commands / 2] << ", max " << flooded.back() << "; "
          << positions.published.load() << " positions published");
  std::size_t recorded = 0;
  for (const auto& bytes : stored_log(f.where, "z")) {
    const auto r = value_of(wire::decode_record(bytes));
    const auto moved = static_cast<std::size_t>(
        std::ranges::count(r.commands, command_source::position, &command::source));
    CHECK(moved <= limits::batch_positions);
    CHECK(bytes.size() <= limits::record_bytes_hard_max);
    recorded += moved;
  }
  CHECK(recorded > 2 * limits::batch_positions);
  MESSAGE(recorded << " positions recorded");
  f.check_well("after");
}

/// A zone that nobody runs yet, with an output stream that refuses instead of discarding.
struct narrow_output {
  narrow_output() {
    where.create_zone(quick_zone());
    auto settings = nats::zone_streams("dispatch", "z", {}).back();
    value_of(nats::delete_stream(*where.on(), settings.name));
    settings.when_full = nats::discard::new_messages;
    settings.bytes_max = 32 * 1024;
    value_of(nats::create_stream(*where.on(), settings));
  }
  site where;
};

nlohmann::json metrics_of(zone_client& client) { return client.admin("zone")["metrics"]; }

/// Tells commands until the zone takes no more of them, and some that wait. Returns their ids.
std::vector<std::string> tell_until(zone_client& client, const std::function<bool()>& stalled) {
  constexpr int most = 20'000;
  constexpr int waiting = 100;
  std::vector<std::string> ids;
  while (!stalled()) {
    REQUIRE(ids.size() < most);
    for (int i = 0; i < 10; ++i) {
      ids.push_back(client.tell("station.s.close"));
    }
  }
  for (int i = 0; i < waiting; ++i) {
    ids.push_back(client.tell("station.s.close"));
  }
  return ids;
}

/// The doctor names the stream and what helps; with that done, everything is answered.
void check_recovers(const site& where, zone_client& client, const std::vector<std::string>& ids,
                    const std::string& state, const std::string& option) {
  const auto before = client.admin("zone");
  const auto sick = run_ctl({"doctor", "--server", where.url()});
  CHECK(sick.code == cli::exit_code::failed);
  CHECK_MESSAGE(sick.shows("dispatchctl zone resize z " + option), sick.out);
  const auto listed = run_ctl({"zone", "list", "-o", "json", "--server", where.url()});
  const auto zone = nlohmann::json::parse(listed.out)[0];
  CHECK(zone["state"] == state);
  CHECK(zone["lag"] >= 100);
  CHECK(client.admin("zone")["record"] == before["record"]);

  const auto resized = run_ctl({"zone", "resize", "z", option, "64MiB", "--server", where.url()});
  CHECK_MESSAGE(resized.code == cli::exit_code::done, resized.err);
  for (const auto& id : ids) {
    CHECK(refusal_in(client.outcome(id)) == refusal::unknown_entity);
  }
  await("the end of the stall", [&] {
    return !metrics_of(client)["log_full"].get<bool>() &&
           client.admin("zone")["record"] == metrics_of(client)["announced_record"];
  });
  const auto audited = audit_running(*where.on(), "z");
  CHECK_MESSAGE(audited.clean(), audit::to_text(audited));
}

TEST_CASE("a full log stops the zone until it is given room") {
  live_zone f;
  f.client->ask("station.s.close");
  const auto log = value_of(nats::describe_stream(*f.where.on(), "LOG_z"));
  value_of(nats::resize_stream(*f.where.on(), "LOG_z",
                               static_cast<std::int64_t>(log.state.bytes) + 16 * 1024,
                               log.settings.age_max));
  const auto ids =
      tell_until(*f.client, [&] { return metrics_of(*f.client)["log_full"].get<bool>(); });
  CHECK(f.node->page("/metrics").find("dispatch_zone_log_full{zone=\"z\"} 1") != std::string::npos);
  check_recovers(f.where, *f.client, ids, "log full", "--log-bytes");
}

TEST_CASE("an output stream that takes no more stops the zone until it is given room") {
  narrow_output f;
  dispatchd node(f.where);
  zone_client client(f.where.on(), "z");
  client.ask("station.s.close");
  const auto ids = tell_until(client, [&] {
    const auto status = client.admin("zone");
    return status["record"].get<std::uint64_t>() >
           status["metrics"]["announced_record"].get<std::uint64_t>() +
               limits::unannounced_records_max;
  });
  check_recovers(f.where, client, ids, "not announcing", "--out-bytes");
}

} // namespace
