#include "tests/ctl/support.hpp"
#include "tests/integration/deciding.hpp"
#include "tests/integration/live_zone.hpp"
#include "tests/support/osrm_server.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>

/// A real dispatchd that asks a routing engine over HTTP.
namespace {

using namespace dispatch;
using namespace dispatch::integration;
using cli::exit_code;
using testing::osrm_server;

zone_definition routed_zone() {
  auto definition = quick_zone();
  definition.policy.routed = true;
  return definition;
}

/// A river runs east of the order's station: whoever comes from there takes a quarter of an hour.
struct zone_at_a_river : live_zone {
  zone_at_a_river() : live_zone(routed_zone()) {
    engine.lay([](const std::string&, const place& from, const place& to) {
      return from.longitude > station.longitude + 0.0005 ? 900.0 : osrm_server::straight(from, to);
    });
    node->kill();
    restart();
  }

  void restart(const std::string& failpoint = {}) {
    node.emplace(where, dispatchd::settings{.failpoint = failpoint,
                                            .arguments = {"--routing-engine", engine.url()}});
  }

  void begin_shift(const std::string& rider, double east) {
    client->ask(
        "rider." + rider + ".start_shift",
        R"({"vehicle":"VEHICLE_MOTORCYCLE","capacity":1,"at":{"latitude":7.1,"longitude":)" +
            std::to_string(station.longitude + east) + "}}");
  }

  /// Places an order and waits until a rider is asked.
  std::string asked_for(const std::string& order) {
    client->ask("order." + order + ".place", R"({"station":"s1","prepaid":true,)"
                                             R"("pick_up":{"latitude":7.1,"longitude":-73.1},)"
                                             R"("drop_off":{"latitude":7.1,"longitude":-73.11}})");
    const auto offered = client->await_event("order." + order + ".offered");
    return std::get<order_offered>(std::get<order_event>(offered.body)).rider;
  }

  std::string explained(const std::string& order) {
    const auto told =
        testing::run_ctl({"order", "explain", order, "--server", where.url(), "--zone", "z"});
    CHECK_MESSAGE(told.code == exit_code::done, told.err);
    return told.out;
  }

  /// The streams are in order, and the log decided again without an engine is the same.
  void check_at_rest() {
    CHECK(node->stop() == 0);
    const auto audited = audit_at_rest(*where.on(), "z");
    CHECK_MESSAGE(audited.clean(), audit::to_text(audited));
    const auto difference = difference_when_decided_again(routed_zone(), stored_log(where, "z"), 2);
    CHECK_MESSAGE(!difference, difference.value_or(""));
  }

  static constexpr place station{7.1, -73.1};
  osrm_server engine;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a routing engine knows of the river, and without it the nearer rider is asked") {
  zone_at_a_river f;
  f.begin_shift("beyond", 0.002);
  f.begin_shift("here", -0.01);
  CHECK(f.asked_for("o1") == "here");
  CHECK(f.engine.requests() >= 1);
  CHECK(contains(f.engine.last_request(), "/table/v1/driving/"));
  const auto routed = f.explained("o1");
  CHECK_MESSAGE(contains(routed, "engine"), routed);

  f.engine.be(osrm_server::mood::fails);
  f.begin_shift("beyond2", 0.003);
  f.begin_shift("here2", -0.02);
  CHECK(f.asked_for("o2") == "beyond2"); // Of all there, nothing is known of this one's way.
  f.check_at_rest();
}

TEST_CASE("an engine that does not answer at all leaves estimates, which the decision says") {
  zone_at_a_river f;
  f.engine.be(osrm_server::mood::is_slow);
  f.begin_shift("beyond", 0.002);
  f.begin_shift("here", -0.01);
  CHECK(f.asked_for("o1") == "beyond");
  const auto estimated = f.explained("o1");
  CHECK_MESSAGE(contains(estimated, "estimated from straight distances"), estimated);
  f.engine.be(osrm_server::mood::answers);
  f.check_at_rest();
}

TEST_CASE("death between the engine's answer and the record of it puts no order off") {
  zone_at_a_river f;
  f.node->kill();
  f.restart("travel_answered");
  f.begin_shift("beyond", 0.002);
  f.begin_shift("here", -0.01);
  f.client->tell("order.o1.place", R"({"station":"s1","prepaid":true,)"
                                   R"("pick_up":{"latitude":7.1,"longitude":-73.1},)"
                                   R"("drop_off":{"latitude":7.1,"longitude":-73.11}})");
  CHECK(f.node->wait_for_end() == status_of_killed);
  f.restart();
  const auto offered = f.client->await_event("order.o1.offered");
  CHECK(std::get<order_offered>(std::get<order_event>(offered.body)).rider == "here");
  f.check_at_rest();
}

} // namespace
