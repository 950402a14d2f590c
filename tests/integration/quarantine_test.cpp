#include "messages/limits.hpp"
#include "tests/ctl/support.hpp"
#include "tests/integration/deciding.hpp"
#include "tests/integration/live_zone.hpp"

#include <doctest/doctest.h>

#include <string>

/// A command that kills every dispatchd which decides it.
namespace {

using namespace dispatch;
using namespace dispatch::integration;

constexpr auto deadly = "command=shop.deadly";

/// Restarts nodes in turns, each when it has died, until one has buried the command. Returns how
/// many died.
int restart_until_buried(live_zone& f, const std::vector<std::string>& nodes,
                         std::uint64_t sequence) {
  constexpr int most = 20;
  for (int deaths = 0; deaths < most; ++deaths) {
    f.node.emplace(f.where, dispatchd::settings{
                                .failpoint = deadly,
                                .node = nodes[static_cast<std::size_t>(deaths) % nodes.size()]});
    auto buried = false;
    await("the end of dispatchd, or of the command", [&] {
      f.client->look();
      buried = f.client->dead_letters().contains(sequence);
      return buried || f.node->has_ended();
    });
    if (buried) {
      return deaths;
    }
    CHECK(f.node->wait_for_end() == status_of_killed);
  }
  FAIL("the zone does not get past the command");
  return most;
}

TEST_CASE("a command that kills the process is quarantined, and the zone goes on") {
  std::vector<std::string> nodes;
  SUBCASE("on one node") { nodes = {"a"}; }
  SUBCASE("on two nodes that take the zone over from each other") { nodes = {"a", "b"}; }

  live_zone f;
  CHECK(event_name(f.client->ask("order.before.place", order_body()).body) == "placed");
  f.node->kill();
  f.client->tell("order.first.place", order_body());
  const auto ack = f.client->publish("order.bad.place", order_body(), {.id = "shop.deadly"});
  REQUIRE(ack.error_code == 0);
  const auto behind = f.client->tell("order.behind.place", order_body());

  const auto deaths = restart_until_buried(f, nodes, ack.sequence);
  MESSAGE("processes that died: " << deaths);
  CHECK(deaths >= static_cast<int>(limits::openings_before_care));
  // Each node notes the command for itself; an input that is taken before it begins the count anew.
  CHECK(deaths <= static_cast<int>(2 * limits::openings_before_care + 2 * nodes.size()));

  const auto& letter = f.client->burial(ack.sequence);
  CHECK(letter.reason == "quarantined");
  CHECK(letter.subject == "dispatch.in.z.order.bad.place");
  CHECK(letter.excerpt == order_body());
  CHECK(event_name(f.client->outcome(behind).body) == "placed");

  const auto listed = testing::run_ctl({"dead", "list", "--server", f.where.url()});
  CHECK_MESSAGE(listed.shows("quarantined"), listed.err);
  CHECK(listed.shows("the process died while it was being decided"));
  f.check_well("after");
  CHECK(f.node->stop() == 0);
  const auto difference = difference_when_decided_again(quick_zone(), stored_log(f.where, "z"), 2);
  CHECK_MESSAGE(!difference, difference.value_or(""));
}

} // namespace
