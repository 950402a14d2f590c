#include "cmd/client/ask.hpp"
#include "messages/nats/stream_admin.hpp"
#include "messages/wire/codec.hpp"
#include "messages/wire/subjects.hpp"
#include "tests/ctl/support.hpp"
#include "tests/integration/live_zone.hpp"

#include <doctest/doctest.h>

#include <string>

/// Where riders are, which no stream on disk keeps.
namespace {

using namespace dispatch;
using namespace dispatch::integration;
using cli::exit_code;
using testing::run_ctl;

const place elsewhere{7.2, -73.0};

/// A rider at work.
struct working_rider : live_zone {
  explicit working_rider(const zone_definition& definition = quick_zone()) : live_zone(definition) {
    client->ask("rider.r1.start_shift", shift_body());
  }

  /// Whether the stream of positions took it.
  bool tell(const place& at) const {
    const auto body = wire::encode_position(at, wire::encoding::json);
    const auto ack =
        where.on()->publish_stored(wire::subjects{}.position("z", "r1"), {}, body, soon);
    return ack && ack->error_code == 0;
  }

  /// As the zone knows it; 0 while no node answers for the zone.
  double latitude() const {
    const auto answer =
        client::ask(*where.on(), "dispatch", "z", "get", {{"kind", "rider"}, {"id", "r1"}}, soon);
    if (!answer) {
      REQUIRE(nats::is_unserved(answer.error()));
      return 0.0;
    }
    return answer->at("state").at("at").at("latitude");
  }

  testing::ended doctor() const { return run_ctl({"doctor", "--server", where.url()}); }
};

TEST_CASE_FIXTURE(working_rider, "positions go on when the nats-server was killed") {
  REQUIRE(tell({7.15, -73.1}));
  await("the first position", [&] { return latitude() == doctest::Approx(7.15); });
  where.kill_server();
  await("a stream that takes positions", [&] { return tell(elsewhere); });
  await("a position after the kill",
        [&] { return latitude() == doctest::Approx(elsewhere.latitude); });
  CHECK(doctor().code == exit_code::done);
}

TEST_CASE("riders at work of whom no position comes are told of") {
  auto definition = quick_zone();
  definition.policy.position_freshness = std::chrono::seconds{1};
  working_rider f{definition};
  CHECK(f.node->page("/metrics").find("dispatch_riders_at_work{zone=\"z\"} 1") !=
        std::string::npos);
  const auto says_so = [&] { return f.doctor().shows("no rider's position came"); };
  await("doctor to tell of the silence", says_so);
  CHECK(f.doctor().code == exit_code::failed);
  const auto silence = std::string{"dispatch_position_silence_seconds{zone=\"z\"} "};
  const auto page = f.node->page("/metrics");
  REQUIRE(page.find(silence) != std::string::npos);
  CHECK(std::stod(page.substr(page.find(silence) + silence.size())) >= 5.0);

  REQUIRE(f.tell(elsewhere));
  await("doctor to be content", [&] { return !says_so(); });
  f.client->ask("rider.r1.end_shift");
  await("nobody at work", [&] {
    return f.node->page("/metrics").find("dispatch_riders_at_work{zone=\"z\"} 0") !=
           std::string::npos;
  });
}

TEST_CASE_FIXTURE(working_rider, "positions that cannot be read are counted and told of") {
  const auto subject = wire::subjects{}.position("z", "r1");
  for (const std::string body :
       {"garbage", R"({"at":{"latitude":95,"longitude":1}})", R"({"lat":7.1,"lon":-73.1})"}) {
    value_of(where.on()->publish_stored(subject, {}, body, soon));
    await("its reason", [&] { return doctor().shows(subject); });
  }
  await("the count", [&] {
    return node->page("/metrics").find("dispatch_positions_unreadable_total{zone=\"z\"} 3") !=
           std::string::npos;
  });
  CHECK(doctor().code == exit_code::done); // A warning.
  const auto line = "a position cannot be read, and does not count: " + subject;
  const auto log = node->log();
  CHECK(log.find(line) != std::string::npos);
  CHECK(log.find(line) == log.rfind(line));
}

TEST_CASE_FIXTURE(working_rider, "a stream of positions that is gone is told of") {
  node->kill();
  value_of(nats::delete_stream(*where.on(), wire::position_stream("dispatch")));
  CHECK(doctor().shows("POS"));
  restart();
  await("the stream", [&] { return tell(elsewhere); });
}

} // namespace
