#include "persistence/sqlite/statement.hpp"
#include "tests/edge/configured_server.hpp"
#include "tests/edge/edge.hpp"

#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

/// Nodes whose zones do not work say so, and do what can be done.
namespace {

using namespace dispatch;
using namespace dispatch::edge;
using nlohmann::json;

constexpr auto all_rights = "dispatch:right";
constexpr auto node_rights = "node:right";

/// Two users, one of whom must not publish to this.
json users_but(const std::string& denied) {
  const json owner = {{"user", "dispatch"}, {"password", "right"}};
  json node = {{"user", "node"}, {"password", "right"}};
  if (!denied.empty()) {
    node["permissions"] = {{"publish", {{"deny", {denied}}}}};
  }
  return {{"authorization", {{"users", {owner, node}}}}};
}

/// A node that lacks a right, and a zone that it runs.
struct node_without_right {
  explicit node_without_right(const std::string& denied) : server{users_but(denied)} {
    REQUIRE(ctl({"zone", "create", "z"}).code == exit_code::done);
    node.emplace(server.url(node_rights), server.directory() / "data", dispatchd::settings{});
    REQUIRE(comes([&] { return node->log().find("zone opened") != std::string::npos; }));
  }

  ended ctl(std::vector<std::string> words) const {
    return edge::ctl(server.url(all_rights), std::move(words));
  }

  /// Whether the zone answers a command.
  bool answers() const {
    return ctl({"send", "station", "s1", "close", "--zone", "z", "--timeout", "500ms"}).code ==
           exit_code::not_found; // An outcome: there is no such station.
  }

  bool says(const std::string& words) const {
    return node->page("/readyz").find(words) != std::string::npos;
  }

  configured_server server;
  std::optional<dispatchd> node;
};

TEST_CASE("a zone whose store cannot be opened makes its node unready, and no other zone") {
  town f;
  std::filesystem::create_directory(f.where.data() / "second.db");
  CHECK(f.ctl({"zone", "create", "second"}).code == exit_code::done);
  const auto told = comes([&] {
    const auto page = f.node->page("/readyz");
    return page.find("zone second: cannot start the zone: ") != std::string::npos;
  });
  CHECK_MESSAGE(told, f.node->page("/readyz"));
  CHECK(f.answers());
  std::filesystem::remove(f.where.data() / "second.db");
  CHECK(comes([&] { return f.is_ready(); }, 4 * soon));
  f.check_untouched();
}

TEST_CASE("a zone that takes no commands makes its node unready, and is given up") {
  node_without_right f{"$JS.API.CONSUMER.CREATE.IN_z"};
  CHECK_FALSE(f.answers());
  CHECK_MESSAGE(comes([&] { return f.says("zone z: commands wait, and none is taken"); }, 4 * soon),
                f.node->page("/readyz"));
  CHECK(comes([&] { return f.node->log().find("given up") != std::string::npos; }, patience));
  CHECK(f.says("zone z: given up: commands wait"));
  f.server.restart(users_but(""));
  CHECK(comes([&] { return f.answers(); }, patience));
  CHECK(comes([&] { return f.says("ready\n"); }));
}

TEST_CASE("a zone whose log is full is not given up") {
  town f;
  f.where.create_zone([] {
    zone_definition full;
    full.name = "full";
    return full;
  }());
  zone_client client{f.where.on(), "full"};
  client.await_event("zone.full.opened");
  const auto log = wire::log_stream("dispatch", "full");
  const auto kept = value_of(nats::describe_stream(*f.where.on(), log));
  value_of(
      nats::resize_stream(*f.where.on(), log, static_cast<std::int64_t>(kept.state.bytes) + 1, {}));
  client.tell("order.o1.place", order_body());
  const auto told = comes(
      [&] {
        return f.node->page("/readyz").find(
                   "zone full: commands wait, and none is taken: its log") != std::string::npos;
      },
      4 * soon);
  CHECK_MESSAGE(told, f.node->page("/readyz"));
  CHECK(f.answers());
  value_of(nats::resize_stream(*f.where.on(), log, kept.settings.bytes_max, {}));
  CHECK(event_name(client.await_event("order.o1.placed").body) == "placed");
  f.check_untouched();
  CHECK(f.node->log().find("given up") == std::string::npos);
}

TEST_CASE("zones whose files are locked do not keep the others waiting") {
  town f;
  const std::array<std::string, 3> locked = {"l1", "l2", "l3"};
  std::vector<std::unique_ptr<sqlite::connection>> strangers;
  for (const auto& zone : locked) {
    REQUIRE(f.ctl({"zone", "create", zone}).code == exit_code::done);
    zone_client{f.where.on(), zone}.await_event("zone." + zone + ".opened");
  }
  for (const auto& zone : locked) {
    const auto file = f.where.data() / (zone + ".db");
    strangers.push_back(std::make_unique<sqlite::connection>(file, false));
    strangers.back()->run("BEGIN IMMEDIATE");
    zone_client{f.where.on(), zone}.tell("station.s1.close");
  }
  REQUIRE(comes([&] { return f.node->log().find("database is locked") != std::string::npos; }));
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i) {
    CHECK(f.answers());
  }
  CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds{2});
  for (auto& one : strangers) {
    one->run("ROLLBACK");
  }
  f.check_untouched();
}

TEST_CASE("a node that must not create the stream of positions says so, and goes on") {
  node_without_right f{"$JS.API.STREAM.CREATE.POS"};
  f.server.restart(users_but("$JS.API.STREAM.CREATE.POS"));
  CHECK(comes([&] { return f.answers(); }, 4 * soon));
  const auto told =
      comes([&] { return f.node->log().find("$JS.API.STREAM.CREATE.POS") != std::string::npos; },
            4 * soon);
  CHECK_MESSAGE(told, f.node->log());
  const auto sick = f.ctl({"doctor"});
  CHECK(sick.code == exit_code::failed);
  CHECK_MESSAGE(sick.shows("no rider's position counts"), sick.out);
}

} // namespace
