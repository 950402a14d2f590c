#include "tests/edge/edge.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

/// Who caused what: the traces of commands in events, and the environment of programs.
namespace {

using namespace dispatch;
using namespace dispatch::edge;

constexpr auto shift_trace = "00-11111111111111111111111111111111-1111111111111111-01";
constexpr auto order_trace = "00-22222222222222222222222222222222-2222222222222222-01";
constexpr auto accept_trace = "00-33333333333333333333333333333333-3333333333333333-01";

/// A zone whose node signs waybills.
struct signing_zone : live_zone {
  signing_zone() {
    node->kill();
    const auto key = (where.directory() / "waybill.pem").string();
    const auto made = testing::run_ctl({"waybill", "key", "generate", key});
    REQUIRE_MESSAGE(made.code == exit_code::done, made.err);
    node.emplace(where, dispatchd::settings{.arguments = {"--waybill-key", key}});
  }
};

TEST_CASE_FIXTURE(signing_zone, "every event that a command causes has the command's trace") {
  client->ask("rider.r1.start_shift", shift_body(), {.trace = shift_trace});
  client->ask("order.o1.place", order_body(), {.trace = order_trace});
  const auto offered = client->await_event("rider.r1.offer_received");
  client->ask("rider.r1.accept", R"({"offer":")" + offer_in(offered).id + R"("})",
              {.trace = accept_trace});
  client->await_event("rider.r1.waybill_received");
  for (const auto& e : client->events()) {
    if (e.entity.kind != entity_kind::zone) {
      CHECK_MESSAGE(!e.trace.empty(), e.entity.id, " ", event_name(e.body));
    }
  }
  CHECK(client->await_event("order.o1.placed").trace == order_trace);
  CHECK(client->await_event("order.o1.offered").trace == order_trace);
  CHECK(offered.trace == order_trace);
  CHECK(client->await_event("order.o1.assigned").trace == accept_trace);
}

/// How a small city of dispatch-sim ended in this environment, and what it told.
struct simulated {
  std::optional<int> status;
  std::string told;

  explicit simulated(const std::string& variable) {
    const testing::temporary_directory folder;
    const auto output = folder.path() / "output";
    auto simulation = value_of(nats::process_handle::start(
        {"/usr/bin/env", variable, DISPATCH_SIM_PROGRAM, "synthetic", "--orders", "3", "--couriers",
         "10", "--stations", "2", "--hours", "0.02", "--speed", "1500", "--keep",
         (folder.path() / "city").string()},
        output));
    status = status_within(simulation, 6 * soon);
    if (!status) {
      kill_at_once(simulation);
    }
    std::ifstream file{output};
    told.assign(std::istreambuf_iterator<char>(file), {});
  }
};

TEST_CASE("dispatch-sim drives its zone, whatever zone the environment names for operators") {
  const simulated city{"DISPATCH_ZONE=elsewhere"};
  REQUIRE_MESSAGE(city.status.has_value(), city.told);
  CHECK_MESSAGE(*city.status == 0, city.told);
}

TEST_CASE("a simulation in which nothing is decided says why, and ends") {
  const simulated city{"DISPATCH_RUN_ZONES=elsewhere,nowhere"};
  REQUIRE_MESSAGE(city.status.has_value(), city.told);
  CHECK(*city.status == static_cast<int>(exit_code::failed));
  CHECK_MESSAGE(city.told.find("decides nothing: no dispatchd answers") != std::string::npos,
                city.told);
}

} // namespace
